"""Gates: taken in order, none skipped; better evidence never harms, and whoever waits waits for something."""

import dataclasses
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programmes.gates import Endorsed, Evidence, Kind, Outcome, Rule, judge, needs_another, walk

SCORED = (Kind.WRITTEN, Kind.INTERVIEW)
AUTOMATIC = (Kind.PREREQUISITE, Kind.LEVEL, Kind.CAREER_STAGE)
STAGES = ("trainee", "experienced", "senior")
PROGRAMMES = ("", "first-steps", "leading-teams")
# From worst to best, and in this order a gate only ever passes more.
ORDER = {Outcome.FAILED: 0, Outcome.WAITING: 1, Outcome.PASSED: 2}
# How long an example takes says more about the machine than about the rule.
UNHURRIED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

TOTALS = st.lists(st.integers(0, 30), max_size=5)


@st.composite
def rules(draw, kinds=tuple(Kind), key=None):
    return Rule(
        key=draw(st.integers(1, 3)) if key is None else key,
        kind=draw(st.sampled_from(kinds)),
        wanted="it",
        tier=draw(st.integers(1, 5)),
        programme=draw(st.sampled_from(PROGRAMMES)),
        domain=draw(st.integers(1, 3)),
        minimum_level=draw(st.integers(1, 5)),
        career_stages=draw(st.frozensets(st.sampled_from(STAGES), min_size=1)),
        assessors=draw(st.integers(2, 4)),
        spread_limit=draw(st.integers(0, 10)),
        pass_mark=draw(st.integers(0, 20)),
    )


@st.composite
def paths(draw):
    """The gates of a version, each with a key of its own."""
    return [draw(rules(key=key)) for key in range(1, draw(st.integers(0, 6)) + 1)]


@st.composite
def evidences(draw, decided=True):
    keys = st.integers(1, 6)
    return Evidence(
        completed=draw(st.dictionaries(st.sampled_from(PROGRAMMES[1:]), st.integers(1, 5))),
        recognised_tier=draw(st.integers(0, 5)),
        levels=draw(st.dictionaries(st.integers(1, 3), st.integers(0, 60))),
        career_stage=draw(st.sampled_from(("", *STAGES))),
        endorsement=draw(st.none() | st.builds(Endorsed, st.booleans(), st.booleans())),
        totals=draw(st.dictionaries(keys, TOTALS)),
        expected=draw(st.dictionaries(keys, st.integers(0, 5))),
        closed=draw(st.booleans()),
        decided=draw(
            st.dictionaries(keys, st.tuples(st.sampled_from((Outcome.PASSED, Outcome.FAILED)), st.just("So.")))
        )
        if decided
        else {},
    )


@st.composite
def better(draw, evidence):
    """The same, or better in every way that one can be better."""
    levels = {key: min(60, held + draw(st.integers(0, 60))) for key, held in evidence.levels.items()}
    endorsement = evidence.endorsement
    if draw(st.booleans()):
        endorsement = Endorsed(endorsed=True, protected_time=True)
    return dataclasses.replace(
        evidence,
        completed=dict(evidence.completed) | draw(st.dictionaries(st.just("another"), st.integers(1, 5))),
        recognised_tier=draw(st.integers(evidence.recognised_tier, 5)),
        levels=draw(st.dictionaries(st.integers(1, 3), st.integers(0, 60))) | levels,
        endorsement=endorsement,
        # Every assessor gives so many points more: the spread stays what it was.
        totals={
            key: [total + more for total in totals]
            for key, totals in evidence.totals.items()
            for more in [draw(st.integers(0, 20))]
        },
    )


@UNHURRIED
@given(paths(), evidences())
def test_no_gate_is_judged_behind_one_that_is_not_passed(path, evidence):
    verdicts = walk(path, evidence)
    assert [verdict.gate for verdict in verdicts] == [rule.key for rule in path]
    outcomes = [verdict.outcome for verdict in verdicts]
    passed = next((n for n, outcome in enumerate(outcomes) if outcome != Outcome.PASSED), len(outcomes))
    assert all(outcome == Outcome.NOT_REACHED for outcome in outcomes[passed + 1 :])
    assert Outcome.NOT_REACHED not in outcomes[: passed + 1]


@UNHURRIED
@given(paths(), evidences())
def test_every_verdict_has_a_reason_in_words(path, evidence):
    for verdict in walk(path, evidence):
        assert verdict.reason.endswith(".")
        assert "  " not in verdict.reason


@UNHURRIED
@given(st.data(), rules(), evidences(decided=False))
def test_better_evidence_never_makes_a_verdict_worse(data, rule, evidence):
    before = judge(rule, evidence).outcome
    after = judge(rule, data.draw(better(evidence))).outcome
    assert ORDER[after] >= ORDER[before]


@UNHURRIED
@given(st.data(), paths(), evidences(decided=False))
def test_better_evidence_never_takes_anybody_less_far(data, path, evidence):
    def passed(known):
        return sum(verdict.outcome == Outcome.PASSED for verdict in walk(path, known))

    assert passed(data.draw(better(evidence))) >= passed(evidence)


@UNHURRIED
@given(rules(), evidences(decided=False))
def test_a_gate_waits_only_where_something_can_still_come(rule, evidence):
    if judge(rule, evidence).outcome != Outcome.WAITING:
        return
    assert rule.kind not in AUTOMATIC
    if rule.kind == Kind.ENDORSEMENT:
        assert evidence.endorsement is None
        assert not evidence.closed
        return
    totals = list(evidence.totals.get(rule.key, ()))
    expected = max(rule.assessors, evidence.expected.get(rule.key, 0))
    # What is missing, and one more where they differ, ends the waiting.
    totals += [10] * (expected - len(totals) + 1)
    whole = dataclasses.replace(evidence, totals={rule.key: totals}, expected={rule.key: len(totals)})
    assert judge(rule, whole).outcome != Outcome.WAITING


@UNHURRIED
@given(rules(), evidences(), st.sampled_from((Outcome.PASSED, Outcome.FAILED)))
def test_what_was_decided_stands_whatever_is_known_now(rule, evidence, outcome):
    known = dataclasses.replace(evidence, decided={rule.key: (outcome, "Because.")})
    assert (judge(rule, known).outcome, judge(rule, known).reason) == (outcome, "Because.")


@UNHURRIED
@given(rules(SCORED), evidences(decided=False))
def test_nobody_passes_or_fails_before_all_scores_are_in(rule, evidence):
    if len(evidence.totals.get(rule.key, ())) < max(rule.assessors, evidence.expected.get(rule.key, 0)):
        assert judge(rule, evidence).outcome == Outcome.WAITING
        assert judge(rule, evidence).points is None


@UNHURRIED
@given(st.permutations([3, 5, 9]))
def test_the_order_in_which_assessors_submit_does_not_matter(totals):
    rule = Rule(1, Kind.WRITTEN, assessors=3, spread_limit=9, pass_mark=6)
    verdict = judge(rule, Evidence(totals={1: totals}, expected={1: 3}))
    assert (verdict.outcome, verdict.points) == (Outcome.FAILED, Fraction(17, 3))


def scored(totals, *, expected=2, spread=3, mark=4):
    rule = Rule(1, Kind.WRITTEN, assessors=2, spread_limit=spread, pass_mark=mark)
    return judge(rule, Evidence(totals={1: totals}, expected={1: expected}))


@pytest.mark.parametrize(
    ("totals", "expected", "outcome"),
    [
        ([], 0, Outcome.WAITING),
        ([4], 2, Outcome.WAITING),
        ([4, 4], 2, Outcome.PASSED),
        ([4, 3], 2, Outcome.FAILED),  # 3.5 of 4
        ([5, 3], 2, Outcome.PASSED),  # exactly the mark
        ([6, 3], 2, Outcome.PASSED),  # they differ by exactly the limit
        ([7, 3], 2, Outcome.WAITING),  # by one more: a third reads it
        ([7, 3], 3, Outcome.WAITING),  # the third is asked and has not submitted
        ([7, 3, 1], 3, Outcome.FAILED),  # 3.67: the third settles it, however far apart
        ([9, 0, 3], 3, Outcome.PASSED),
    ],
)
def test_scores_at_their_boundaries(totals, expected, outcome):
    assert scored(totals, expected=expected).outcome == outcome


@pytest.mark.parametrize(
    ("held", "outcome", "words"),
    [
        (None, Outcome.FAILED, "none is agreed"),
        (35, Outcome.FAILED, "is 2.9;"),
        (36, Outcome.PASSED, "is 3;"),
        (37, Outcome.PASSED, "is 3.1;"),
    ],
)
def test_level_at_its_boundary(held, outcome, words):
    rule = Rule(1, Kind.LEVEL, wanted="“Setting direction”", domain=7, minimum_level=3)
    verdict = judge(rule, Evidence(levels={} if held is None else {7: held}))
    assert verdict.outcome == outcome
    assert words in verdict.reason


@pytest.mark.parametrize(
    ("rule", "evidence", "outcome"),
    [
        ({"tier": 2}, {}, Outcome.FAILED),
        ({"tier": 2}, {"completed": {"any": 1}}, Outcome.FAILED),
        ({"tier": 2}, {"completed": {"any": 2}}, Outcome.PASSED),
        ({"tier": 2}, {"completed": {"any": 3}}, Outcome.PASSED),
        ({"tier": 2}, {"recognised_tier": 1}, Outcome.FAILED),
        ({"tier": 2}, {"recognised_tier": 2}, Outcome.PASSED),
        # A named programme is not stood in for by another of its tier, but by what was recognised as equal to it.
        ({"tier": 2, "programme": "this"}, {"completed": {"other": 5}}, Outcome.FAILED),
        ({"tier": 2, "programme": "this"}, {"completed": {"this": 2}}, Outcome.PASSED),
        ({"tier": 2, "programme": "this"}, {"recognised_tier": 2}, Outcome.PASSED),
    ],
)
def test_prerequisite_at_its_boundaries(rule, evidence, outcome):
    assert judge(Rule(1, Kind.PREREQUISITE, wanted="it", **rule), Evidence(**evidence)).outcome == outcome


@pytest.mark.parametrize(
    ("said", "closed", "outcome"),
    [
        (None, False, Outcome.WAITING),
        (None, True, Outcome.FAILED),
        (Endorsed(True, True), True, Outcome.PASSED),
        (Endorsed(True, False), False, Outcome.FAILED),
        (Endorsed(False, False), False, Outcome.FAILED),
    ],
)
def test_endorsement_needs_protected_time_and_to_come_in_time(said, closed, outcome):
    assert judge(Rule(1, Kind.ENDORSEMENT), Evidence(endorsement=said, closed=closed)).outcome == outcome


@UNHURRIED
@given(st.lists(st.integers(0, 30), min_size=1, max_size=6), st.integers(2, 5), st.integers(0, 10))
def test_another_assessor_is_needed_once_at_most(totals, assessors, limit):
    asked = needs_another(totals, assessors=assessors, spread_limit=limit)
    assert asked == (len(totals) == assessors and max(totals) - min(totals) > limit)
    assert not (asked and needs_another([*totals, 0], assessors=assessors, spread_limit=limit))
