"""Places go to the best who fit; nobody is passed over except through a limit."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from programmes.ranking import Candidate, Holder, Limit, lot, order, place

REGIONS, PROFESSIONS = ["Y56", "Y62"], ["doctor", "nurse", "midwife"]
COHORT = "6f1c"

holders = st.builds(Holder, region=st.sampled_from(REGIONS), profession=st.sampled_from(PROFESSIONS))
limits = st.one_of(
    st.builds(Limit, kind=st.just("region"), value=st.sampled_from(REGIONS), places=st.integers(0, 4)),
    st.builds(Limit, kind=st.just("profession"), value=st.sampled_from(PROFESSIONS), places=st.integers(0, 4)),
)
points = st.integers(0, 3)


@st.composite
def candidates(draw):
    number = draw(st.integers(0, 12))
    return [
        Candidate(
            key,
            f"A-{key}",
            draw(points),
            draw(points),
            draw(st.sampled_from(REGIONS)),
            draw(st.sampled_from(PROFESSIONS)),
        )
        for key in range(number)
    ]


def counted(limit, people):
    """How many of these count towards a limit."""
    return sum(getattr(one, limit.kind) == limit.value for one in people)


@given(candidates(), st.integers(0, 8), st.lists(limits, max_size=3), st.lists(holders, max_size=4))
def test_places_and_limits_are_never_exceeded(people, capacity, bounds, held):
    placed = place(order(COHORT, people), capacity=capacity, limits=bounds, holders=held)
    winners = [one for one in people if one.key in placed.offered]
    assert len(winners) <= max(0, capacity - len(held))
    for limit in bounds:
        assert counted(limit, winners) == 0 or counted(limit, [*winners, *held]) <= limit.places
    assert sorted([*placed.offered, *placed.waiting]) == [one.key for one in people]


@given(candidates(), st.integers(0, 8), st.lists(limits, max_size=3), st.lists(holders, max_size=4))
def test_nobody_is_passed_over_except_through_a_limit(people, capacity, bounds, held):
    ordered = order(COHORT, people)
    placed = place(ordered, capacity=capacity, limits=bounds, holders=held)
    rank = {one.key: at for at, one in enumerate(ordered)}
    for one in ordered:
        after = [other for other in placed.offered if rank[other] > rank[one.key]]
        if one.key in placed.waiting and after:
            limit = placed.because[one.key]
            before = [other for other in ordered if other.key in placed.offered and rank[other.key] < rank[one.key]]
            assert getattr(one, limit.kind) == limit.value
            assert counted(limit, [*before, *held]) >= limit.places


@given(candidates(), st.randoms(use_true_random=False))
def test_the_order_is_the_same_however_people_come(people, chance):
    assert order(COHORT, chance.sample(people, len(people))) == order(COHORT, people)


@given(candidates(), st.integers(1, 8))
def test_whoever_waits_waits_in_order(people, capacity):
    ordered = order(COHORT, people)
    placed = place(ordered, capacity=capacity)
    assert [*placed.offered, *placed.waiting] == [one.key for one in ordered]


def test_the_interview_counts_before_the_written_application():
    people = [Candidate(1, "A-1", interview=500, written=900), Candidate(2, "A-2", interview=501, written=100)]
    assert [one.key for one in order(COHORT, people)] == [2, 1]


def test_equals_are_parted_by_the_lot_that_the_page_states():
    people = [Candidate(key, f"A-{key}", interview=500, written=500) for key in range(20)]
    drawn = sorted(people, key=lambda one: hashlib.sha256(f"{COHORT}\n{one.reference}".encode()).hexdigest())
    assert order(COHORT, people) == drawn
    assert lot(COHORT, "A-1") != lot("another cohort", "A-1")


def test_somebody_held_back_by_a_limit_waits_and_the_next_is_offered_the_place():
    people = [
        Candidate(1, "A-1", 900, profession="doctor"),
        Candidate(2, "A-2", 800, profession="doctor"),
        Candidate(3, "A-3", 700, profession="nurse"),
        Candidate(4, "A-4", 600, profession="nurse"),
    ]
    limit = Limit("profession", "doctor", 1)
    placed = place(order(COHORT, people), capacity=2, limits=[limit])
    assert (placed.offered, placed.waiting) == ((1, 3), (2, 4))
    assert placed.because == {2: limit, 4: None}
