"""What rules a pair out, and that its reasons add up to its score; beside a plain definition, one pair at a time."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentoring.fit import NEVER, Fit
from mentoring.people import Mentee, Mentor, fingerprint
from mentoring.points import Part, Rule, Weights

W = Weights()
MENTEE = Mentee(1, 1, "mentor", 1, "Y56", "nurse", "acute", 5, {"A": 1})
MENTOR = Mentor(9, frozenset({"mentor"}), 2, "Y56", "doctor", "community", 7, frozenset({"A"}))


def changed(one, **changes):
    fields = {name: getattr(one, name) for name in one.__slots__} | changes
    return type(one)(**fields)


def score(mentee, mentor, **options):
    return int(Fit([mentee], [mentor], **options).scores(np.array([0]))[0, 0])


WORDS = st.sampled_from(["", "a", "b"])
SETS = st.frozensets(st.sampled_from(["a", "b"]))
MENTEES = st.builds(
    Mentee,
    st.just(0),
    st.just(0),
    kind=st.sampled_from(["mentor", "reverse", "manager"]),
    organisation=st.integers(1, 2),
    region=WORDS,
    profession=WORDS,
    sector=st.sampled_from(["a", "b"]),
    rank=st.integers(0, 3),
    needs=st.dictionaries(st.sampled_from(["A", "B", "C"]), st.integers(1, 3)),
    mix=st.sampled_from(["any", "same", "other"]),
    wanted_sector=WORDS,
    meeting=st.sampled_from(["either", "remote", "person"]),
    language=WORDS,
    barred=st.frozensets(st.integers(0, 3)),
)
MENTORS = st.builds(
    Mentor,
    st.just(0),
    kinds=st.frozensets(st.sampled_from(["mentor", "reverse", "manager"]), min_size=1),
    organisation=st.integers(1, 2),
    region=WORDS,
    profession=WORDS,
    sector=st.sampled_from(["a", "b"]),
    rank=st.integers(0, 3),
    strengths=st.frozensets(st.sampled_from(["A", "B", "C"])),
    mix=st.sampled_from(["", "same", "other"]),
    sectors=SETS,
    meeting=st.sampled_from(["either", "remote", "person"]),
    languages=SETS,
)


def plain_points(mentee, mentor):
    """What a person would write down for one pair."""
    known = "" not in (mentee.profession, mentor.profession)
    alike = known and mentee.profession == mentor.profession
    apart = known and mentee.profession != mentor.profession
    return {
        Part.NEED: W.need * sum(weight for code, weight in mentee.needs.items() if code in mentor.strengths),
        Part.MIX: W.mix * ((mentee.mix == "same" and alike) or (mentee.mix == "other" and apart)),
        Part.SECTOR: W.sector * (mentee.wanted_sector != "" and mentee.wanted_sector == mentor.sector),
        Part.LANGUAGE: W.language * (mentee.language in mentor.languages),
        Part.WISH: W.wish
        * ((mentor.mix == "same" and alike) or (mentor.mix == "other" and apart) or mentee.sector in mentor.sectors),
        Part.NEAR: W.near * (mentee.region != "" and mentee.region == mentor.region),
        Part.OUTSIDE: W.outside * (mentee.organisation != mentor.organisation),
    }


def plain_rule(mentee, mentor, minimum):
    """The first rule that rules the pair out, or none."""
    if mentee.kind not in mentor.kinds:
        return Rule.KIND
    if mentor.key in mentee.barred:
        return Rule.BARRED
    junior = mentor.rank > mentee.rank if mentee.kind == "reverse" else mentor.rank < mentee.rank
    if mentee.kind != "manager" and mentee.rank and mentor.rank and junior:
        return Rule.GRADE
    ways = {mentee.meeting, mentor.meeting}
    near = mentee.region != "" and mentee.region == mentor.region
    if "person" in ways and ("remote" in ways or not near):
        return Rule.TRAVEL
    return Rule.QUALITY if sum(plain_points(mentee, mentor).values()) < minimum else None


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    mentees=st.lists(MENTEES, min_size=1, max_size=4),
    mentors=st.lists(MENTORS, min_size=1, max_size=4),
    minimum=st.integers(0, 60),
)
def test_many_pairs_at_once_are_what_each_is_alone(mentees, mentors, minimum):
    mentees = [changed(one, key=key) for key, one in enumerate(mentees)]
    mentors = [changed(one, key=key) for key, one in enumerate(mentors)]
    fit = Fit(mentees, mentors, minimum=minimum)
    scores = fit.scores(np.arange(len(mentees)))
    for row, mentee in enumerate(mentees):
        ruled_out = set()
        for column, mentor in enumerate(mentors):
            points, rule = plain_points(mentee, mentor), plain_rule(mentee, mentor, minimum)
            assert fit.reasons(mentee.key, mentor.key) == {part: value for part, value in points.items() if value}
            assert scores[row, column] == (sum(points.values()) if rule is None else NEVER)
            if rule is not None:
                ruled_out.add(rule)
        assert fit.ruled_out(mentee.key) == ruled_out


@pytest.mark.parametrize(
    ("mentee", "mentor"),
    [
        ({"kind": "coach"}, {}),
        ({"barred": frozenset({9})}, {}),
        ({"rank": 8}, {}),
        ({"kind": "reverse"}, {"kinds": frozenset({"reverse"})}),
        ({"meeting": "remote"}, {"meeting": "person"}),
        ({"meeting": "person"}, {"region": "Y60"}),
        ({"meeting": "person", "region": ""}, {"region": ""}),
    ],
)
def test_a_pair_that_a_rule_forbids_never_scores(mentee, mentor):
    assert score(changed(MENTEE, **mentee), changed(MENTOR, **mentor)) == NEVER


@pytest.mark.parametrize(
    ("mentee", "mentor"),
    [
        ({"kind": "reverse", "rank": 8}, {"kinds": frozenset({"reverse"})}),
        ({"kind": "manager", "rank": 8}, {"kinds": frozenset({"manager"})}),
        ({"rank": 0}, {}),
        ({"rank": 8}, {"rank": 0}),
        ({"meeting": "remote"}, {"region": "Y60"}),
        ({"needs": {}}, {"region": "Y60", "organisation": 1}),
    ],
)
def test_whoever_can_be_paired_is_never_left_out_for_a_score_of_nothing(mentee, mentor):
    assert score(changed(MENTEE, **mentee), changed(MENTOR, **mentor)) >= 0


@pytest.mark.parametrize("mix", ["same", "other"])
def test_what_is_not_known_of_somebody_earns_nothing(mix):
    for mentee, mentor in (("", "nurse"), ("nurse", ""), ("", "")):
        fit = Fit(
            [changed(MENTEE, profession=mentee, region="", mix=mix)],
            [changed(MENTOR, profession=mentor, region="", mix=mix)],
        )
        assert fit.reasons(1, 9).keys() == {Part.NEED, Part.OUTSIDE}


def test_a_round_can_ask_for_a_minimum():
    points = score(MENTEE, MENTOR)
    assert score(MENTEE, MENTOR, minimum=points) == points
    assert score(MENTEE, MENTOR, minimum=points + 1) == NEVER


def test_the_highest_score_there_can_be_fits_its_type():
    most = Weights(**{part.value: 100 for part in Part})
    needs = {str(number): 3 for number in range(9)}
    mentee = changed(MENTEE, needs=needs, mix="other", wanted_sector="community", language="cy")
    mentor = changed(MENTOR, strengths=frozenset(needs), languages=frozenset({"cy"}), mix="other")
    assert score(mentee, mentor, weights=most) == 9 * 3 * 100 + 6 * 100


@pytest.mark.parametrize("weight", [-1, 101])
def test_a_weight_outside_its_range_is_refused(weight):
    with pytest.raises(ValueError, match="between 0 and 100"):
        Weights(mix=weight)


def test_nobody_at_all_is_a_round_too():
    assert Fit([], []).scores(np.arange(0)).shape == (0, 0)


def test_wish_for_somebody_alike_earns_no_points_and_needs_both():
    both, other = frozenset({"x", "y"}), frozenset({"z"})
    mentees = [changed(MENTEE, alike=both), changed(MENTEE, key=2)]
    mentors = [changed(MENTOR, key=key, alike=alike) for key, alike in ((11, both), (12, other), (13, frozenset()))]
    fit = Fit(mentees, mentors)
    rows, columns = np.repeat([0, 1], 3), np.tile([0, 1, 2], 2)
    assert fit.wished(rows, columns).tolist() == [True, False, False, False, False, False]
    assert len(set(fit.scores(np.array([0, 1])).ravel().tolist())) == 1
    assert fit.reasons(1, 11) == fit.reasons(1, 12) == fit.reasons(2, 11)


OTHERWISE = {
    "kind": "coach", "organisation": 3, "region": "Y60", "profession": "midwife", "sector": "mental", "rank": 6,
    "needs": {"B": 1}, "mix": "same", "wanted_sector": "acute", "meeting": "remote", "language": "cy",
    "kinds": frozenset({"coach"}), "strengths": frozenset({"B"}), "sectors": frozenset({"acute"}),
    "languages": frozenset({"cy"}),
}  # fmt: skip


@pytest.mark.parametrize("whose", [MENTEE, MENTOR])
def test_a_change_of_anything_that_points_and_rules_look_at_is_noticed(whose):
    """All but the keys, and what must tell nobody anything: whom they must not have, and the unseen wish."""
    names = set(whose.__slots__) - {"key", "person", "barred", "alike"}
    prints = {fingerprint(MENTEE, MENTOR)}
    for name in names:
        other = changed(whose, **{name: OTHERWISE[name]})
        prints.add(fingerprint(other, MENTOR) if whose is MENTEE else fingerprint(MENTEE, other))
    assert len(prints) == len(names) + 1
    unseen = changed(MENTEE, barred=frozenset({3}), alike=frozenset({"x"})), changed(MENTOR, alike=frozenset({"x"}))
    assert fingerprint(*unseen) == fingerprint(MENTEE, MENTOR)


def test_the_order_of_what_somebody_has_several_of_changes_nothing():
    for order in (["A", "B", "C"], ["C", "A", "B"]):
        mentee, mentor = changed(MENTEE, needs=dict.fromkeys(order, 1)), changed(MENTOR, strengths=frozenset(order))
        assert fingerprint(mentee, mentor) == "8f14ec70dbe3ad0f"
