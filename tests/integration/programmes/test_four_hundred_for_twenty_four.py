"""The proof: five gates, 400 applicants, 24 places, from opening to certificates, many people at each step at once."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from django.db import connection
from django.utils import timezone

from programmes import ranking, selection
from programmes.actions import (
    applying,
    assigning,
    cohorts,
    completing,
    endorsing,
    feedback,
    offering,
    scoring,
    taking_part,
)
from programmes.fields import Attended, GateKind, GateOutcome, MilestoneResult, Tier
from programmes.models import (
    Application,
    ApplicationTransition,
    Certificate,
    CohortAssessor,
    Endorsement,
    Enrolment,
    Equivalence,
    GateResult,
    Reading,
    Score,
)
from programmes.states import ApplicationState, CohortState, EquivalenceState
from programmes.verifying import verified
from registry.accounts.models import RoleGrant, User
from registry.accounts.roles import Level, Role
from registry.clinicians.models import Clinician
from registry.kernel.errors import RegistryError, WrongState
from registry.kernel.permissions import Permission as P
from registry.standing.models import Standing
from tests.factories import programmes
from tests.factories.people import clinician_user, grant, user_with
from tests.factories.programmes_taking_part import session

pytestmark = pytest.mark.django_db(transaction=True)

APPLICANTS, PLACES, THREADS = 400, 24, 8
A = ApplicationState
PROFESSIONS = ("nurse", "doctor", "midwife", "pharmacist", "paramedic")


def in_threads(act, items):
    """Call `act` for each item, eight at a time, each thread with a connection of its own; what each answered."""
    items = list(items)

    def run(part):
        try:
            return [_answer(act, item) for item in part]
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(run, [items[start::THREADS] for start in range(THREADS)]))
    results = [result for part in parts for result in part]
    faults = [one for one in results if isinstance(one, Exception) and not isinstance(one, RegistryError)]
    assert faults == []
    return results


def _answer(act, item):
    try:
        return act(item)
    except Exception as error:  # noqa: BLE001 (whoever asked looks at it)
        return error


class Watcher(threading.Thread):
    """Looks again and again, as a lead and at the table itself, for what must never be, until it is told to stop."""

    def __init__(self, cohort, lead):
        super().__init__(daemon=True)
        self.cohort, self.lead = cohort, lead
        self.over, self.looks, self.seen = threading.Event(), 0, []

    def run(self):
        try:
            while not self.over.wait(0.05):
                self.look()
        finally:
            connection.close()

    def look(self):
        offered = Application.objects.filter(cohort=self.cohort, state=A.OFFERED)
        held = Enrolment.objects.filter(cohort=self.cohort, state="enrolled")
        taken = offered.values("clinician").union(held.values("clinician")).count()
        if taken > PLACES:
            self.seen.append(f"{taken} places are taken")
        # One statement, so that nobody submits between two looks.
        early = Score.visible_to(self.lead, P.PROGRAMME_MANAGE).filter(
            reading__application__readings__in=Reading.objects.standing()
            .exclude(conflict=True)
            .filter(submitted_at__isnull=True, gate__kind=GateKind.WRITTEN),
            reading__gate__kind=GateKind.WRITTEN,
        )
        if early.exists():
            self.seen.append("a score is seen before all are in")
        self.looks += 1

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        self.join(timeout=60)
        assert self.looks > 0
        assert self.seen == []


@pytest.fixture
def leads(trust):
    return [user_with(Role.PROGRAMME_LEAD, trust) for _ in range(2)]


@pytest.fixture
def managers(trust):
    return [clinician_user(trust) for _ in range(4)]


@pytest.fixture
def people(trust, managers):
    """Applicants as they are, with an account, a manager, and earlier learning that is recognised."""
    users = User.objects.bulk_create(
        User(email=f"applicant{number}@trust.example", name=f"Applicant {number}", password="!")
        for number in range(APPLICANTS)
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role=Role.CLINICIAN, level=Level.ORGANISATION, organisation=trust) for user in users
    )
    made = Clinician.objects.bulk_create(
        Clinician(
            user=user,
            organisation=trust,
            staff_number=f"A{number}",
            given_name="Ann",
            family_name=f"Applicant{number}",
            profession=PROFESSIONS[number % len(PROFESSIONS)],
            sector="acute",
            career_stage="experienced",
            line_manager=managers[number % len(managers)],
        )
        for number, user in enumerate(users)
    )
    Equivalence.objects.bulk_create(
        Equivalence(
            clinician=one,
            organisation=trust,
            tier=Tier.FIRST,
            title="MBA in health",
            year=2019,
            evidence="Finance.",
            state=EquivalenceState.RECOGNISED,
            decided_at=timezone.now(),
            decided_by=managers[0].user,
            decision_reason="Equal.",
        )
        for one in made
    )
    return made


@pytest.fixture
def cohort(trust, leads, managers):
    version = programmes.draft_version(programmes.ProgrammeFactory(organisation=trust))
    programmes.gate(version, GateKind.PREREQUISITE, prerequisite_tier=Tier.FIRST)
    programmes.gate(version, GateKind.CAREER_STAGE, career_stages=["experienced"])
    programmes.gate(version, GateKind.ENDORSEMENT)
    programmes.gate(version, GateKind.WRITTEN, pass_mark=5, spread_limit=4)
    programmes.gate(version, GateKind.INTERVIEW, pass_mark=3, spread_limit=4)
    cohort = programmes.cohort(
        programmes.published(version, leads[0]),
        state=CohortState.DRAFT,
        capacity=PLACES,
        opens_on=programmes.in_days(0),
    )
    # Two of the managers assess as well: they never read what their own people wrote.
    for clinician in managers[:2]:
        grant(clinician.user, Role.ASSESSOR, trust)
    readers = [clinician.user for clinician in managers[:2]]
    readers += [user_with(Role.ASSESSOR, trust) for _ in range(8)]
    for user in readers:
        CohortAssessor.objects.create(cohort=cohort, user=user, most=200)
    return cohort


def apply_all(cohort, people):
    """Everybody applies at once, twenty of them twice."""
    asked = {one.pk: "What I did." for one in applying.criteria(cohort)}

    def send(clinician):
        return applying.send(cohort=cohort, clinician=clinician, answers=asked, by=clinician.user)

    results = in_threads(send, [*people, *people[:20]])
    assert sum(isinstance(one, WrongState) for one in results) == 20
    assert Application.objects.filter(cohort=cohort, state=A.SUBMITTED).count() == APPLICANTS


def endorse_all(cohort):
    """Managers answer at once; every second applicant is endorsed."""

    def answer(row):
        endorsed = row.application.clinician_id % 2 == 0
        return endorsing.answer(
            endorsement=row,
            endorsed=endorsed,
            protected_time=endorsed,
            reason="" if endorsed else "Not this year.",
            by=row.manager,
        )

    asked = Endorsement.objects.select_related("application__clinician", "manager")
    in_threads(answer, asked.filter(application__cohort=cohort))


def score_all(gate, chance):
    """Assessors score at once until nothing is left: some declare a conflict, some give very different points."""

    def score(reading):
        user = reading.assessor
        if reading.conflict is None:
            conflict = reading.pk % 41 == 0
            scoring.declare(reading=reading, conflict=conflict, reason="I know them." * conflict, by=user)
            if conflict:
                return
        worth = chance[reading.application_id]
        given = {
            criterion.pk: (min(3, max(0, worth + (reading.pk + number) % 3 - 1)), "")
            for number, criterion in enumerate(gate.criteria.all())
        }
        scoring.submit(reading=reading, given=given, by=user)

    while waiting := list(
        Reading.objects.to_score().filter(gate=gate).select_related("assessor", "application", "gate")
    ):
        in_threads(score, waiting)


def withdraw_some(cohort, number):
    """So many who are still in the selection take their application back, all at once."""
    rows = Application.objects.in_selection().filter(cohort=cohort).select_related("clinician__user").order_by("pk")
    in_threads(lambda row: applying.withdraw(application=row, by=row.clinician.user), rows[:number])


def answer_all(cohort, chance):
    """Whoever is offered a place answers at once, again and again, until nobody has an offer."""

    def answer(row):
        draw = chance[row.pk] + row.pk
        if draw % 4 == 0:
            return offering.decline(application=row, by=row.clinician.user)
        if draw % 7 == 0:
            return applying.withdraw(application=row, by=row.clinician.user)
        return offering.accept(application=row, expectations=True, by=row.clinician.user)

    offered = Application.objects.filter(cohort=cohort, state=A.OFFERED).select_related("clinician__user")
    while rows := list(offered.all()):
        in_threads(answer, rows)


def assert_no_gate_was_skipped(cohort):
    """Whoever has a result at a gate passed each gate before it; whoever was offered a place passed all."""
    gates = list(cohort.version.gates.all())
    passed = {
        gate.pk: set(
            GateResult.objects.filter(gate=gate, outcome=GateOutcome.PASSED).values_list("application", flat=True)
        )
        for gate in gates
    }
    for before, gate in pairwise(gates):
        assert set(GateResult.objects.filter(gate=gate).values_list("application", flat=True)) <= passed[before.pk]
    offered = ApplicationTransition.objects.filter(application__cohort=cohort, after=A.OFFERED)
    assert set(offered.values_list("application", flat=True)) <= passed[gates[-1].pk]


def test_four_hundred_for_twenty_four(trust, leads, managers, people, cohort):
    draw = random.Random(24)
    cohorts.open_cohort(cohort=cohort, by=leads[0])
    cohort.refresh_from_db()
    apply_all(cohort, people)
    endorse_all(cohort)
    in_threads(lambda lead: cohorts.close_applications(cohort=cohort, by=lead), leads)
    cohort.refresh_from_db()
    assert Application.objects.in_selection().filter(cohort=cohort).count() == APPLICANTS // 2

    worth = {key: draw.randint(0, 3) for key in Application.objects.values_list("pk", flat=True)}
    with Watcher(cohort, leads[0]):
        for kind in (GateKind.WRITTEN, GateKind.INTERVIEW):
            gate = cohort.version.gates.get(kind=kind)
            in_threads(lambda lead, gate=gate: assigning.assign(gate=gate, cohort=cohort, by=lead), leads * 2)
            withdraw_some(cohort, 4)
            score_all(gate, worth)
    own = Reading.objects.filter(assessor__in=[one.user for one in managers])
    assert [row for row in own.select_related("application__clinician__line_manager") if _manages(row)] == []
    counted = Reading.objects.counting().filter(gate__kind=GateKind.WRITTEN)
    readers = [counted.filter(application=row.application_id).count() for row in _results(GateKind.WRITTEN)]
    assert set(readers) <= {2, 3}

    feedback.begin(cohort=cohort, by=leads[0])
    through = list(selection.through_every_gate(cohort).select_related("clinician"))
    assert len(through) > PLACES
    expected = [one.key for one in ranking.order(str(cohort.reference), selection.candidates(through))]
    results = in_threads(lambda lead: offering.decide(cohort=cohort, by=lead), leads * 2)
    assert sum(isinstance(one, offering.Decided) for one in results) == 1
    ordered = Application.objects.filter(cohort=cohort, rank__isnull=False).order_by("rank")
    assert list(ordered.values_list("pk", flat=True)) == expected
    assert list(ordered.filter(state=A.OFFERED).values_list("pk", flat=True)) == expected[:PLACES]

    with Watcher(cohort, leads[0]):
        answer_all(cohort, worth)
    enrolled = Enrolment.objects.filter(cohort=cohort, state="enrolled").count()
    waiting = list(ordered.filter(state=A.RESERVE).values_list("pk", flat=True))
    assert enrolled == PLACES or (waiting == [] and enrolled < PLACES)
    # Who waits is behind everybody who was offered a place, in the order of the ranking.
    offered = set(ApplicationTransition.objects.filter(after=A.OFFERED).values_list("application", flat=True))
    assert [key for key in expected if key in offered] == expected[: len(offered)]
    assert waiting == expected[len(offered) :]
    assert_no_gate_was_skipped(cohort)
    assert enrolled == PLACES
    run_to_the_end(cohort, leads)


def run_to_the_end(cohort, leads):
    """It starts, meets, and ends with a certificate for everybody, which holds and which `standing` knows of."""
    done_by_one(in_threads(lambda lead: taking_part.start(cohort=cohort, by=lead), leads * 2))
    places = list(cohort.enrolments.taking_part().select_related("clinician"))
    held = session(cohort)
    here = {place.pk: Attended.PRESENT for place in places}
    in_threads(lambda lead: taking_part.note_attendance(session=held, marks=here, by=lead), leads * 2)
    assert held.attendances.filter(attended=Attended.PRESENT).count() == PLACES
    done = dict.fromkeys(cohort.version.stages.values_list("pk", flat=True), MilestoneResult.DONE)
    in_threads(lambda place: taking_part.note_milestones(enrolment=place, results=done, by=leads[1]), places * 2)
    done_by_one(in_threads(lambda lead: completing.complete_everybody_ready(cohort=cohort, by=lead), leads * 2))

    certificates = list(Certificate.objects.filter(enrolment__cohort=cohort).select_related("enrolment__clinician"))
    assert len({one.code for one in certificates}) == len(certificates) == PLACES
    told = [verified(one.code) for one in certificates]
    names = [one.enrolment.clinician.name for one in certificates]
    assert [(one.name, one.revoked) for one in told] == [(name, False) for name in names]
    code = cohort.version.programme.code
    known = Standing.objects.filter(clinician__in=[place.clinician_id for place in places])
    assert list(known.values_list("programmes", flat=True)) == [[code]] * PLACES
    done_by_one(in_threads(lambda lead: taking_part.finish(cohort=cohort, by=lead), leads * 2))
    cohort.refresh_from_db()
    assert cohort.state == CohortState.FINISHED
    assert cohort.enrolments.taking_part().count() == 0


def done_by_one(results):
    """Of several who do the same at once one does it, and the others are told that it is done."""
    assert sorted(isinstance(one, WrongState) for one in results) == [False] + [True] * (len(results) - 1)


def _manages(reading):
    return reading.application.clinician.line_manager.user_id == reading.assessor_id


def _results(kind):
    return GateResult.objects.filter(gate__kind=kind)
