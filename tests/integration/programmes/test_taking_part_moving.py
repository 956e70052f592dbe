"""Giving a place up, putting it off, coming back, moving; completing, standing and certificates."""

import pytest
from django.core.management import call_command
from django.db import transaction

from programmes import evidence, place_news
from programmes.actions import completing, moving, taking_part
from programmes.models import Alumnus, Application, Certificate, CheckIn, Enrolment, FellowshipObjective, PlaceLimit
from programmes.states import CohortState, EnrolmentState
from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.notifications.kinds import Outgoing
from registry.notifications.models import Message
from registry.standing.actions import refresh
from registry.standing.models import Standing
from tests.factories import programmes
from tests.factories import programmes_taking_part as taking
from tests.factories.people import grant, user_with
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db
S = EnrolmentState
REASON = "Moved house for the family"


@pytest.fixture
def cohort(lead):
    return taking.running(lead.role_grants.get().organisation, by=lead)


@pytest.fixture
def filled(monkeypatch):
    """The cohorts in which a free place was given to the next."""
    found = []
    monkeypatch.setattr(moving.offering, "fill", lambda *, cohort, by: found.append((cohort.pk, by)))
    return found


def now(place):
    return Enrolment.objects.get(pk=place.pk)


# --- giving up, putting off ------------------------------------------------------------------------------------------


def test_place_given_up_before_the_start_goes_to_the_next(cohort):
    autumn = taking.another(cohort, capacity=1)
    place = taking.person(autumn)
    waiting = programmes.application(autumn, taking.clinician_user(autumn.organisation), state="reserve")
    waiting.rank = 1
    waiting.save()
    moving.withdraw(enrolment=place, reason=REASON, by=place.clinician.user)
    waiting.refresh_from_db()
    assert (now(place).state, waiting.state) == (S.WITHDRAWN, "offered")


def test_place_given_up_once_it_runs_goes_to_nobody(cohort, lead):
    waiting = programmes.application(cohort, taking.clinician_user(cohort.organisation), state="reserve")
    place = taking.person(cohort)
    moving.withdraw(enrolment=place, reason=REASON, by=lead)
    waiting.refresh_from_db()
    assert waiting.state == "reserve"
    step = place.transitions.get()
    assert (step.after, step.by, step.reason) == ("withdrawn", lead, REASON)


def test_reason_is_needed_and_reaches_neither_audit_nor_message(cohort, lead):
    place = taking.person(cohort)
    with pytest.raises(Invalid) as refused:
        moving.withdraw(enrolment=place, reason=" ", by=lead)
    assert refused.value.field == "reason"
    moving.withdraw(enrolment=place, reason=REASON, by=lead)
    (event,) = AuditEvent.objects.filter(verb="programme.withdrawn")
    assert event.detail == {"cohort": cohort.pk}
    message = Message.objects.get(kind=place_news.KIND_NAME)
    words = place_news.compose([Outgoing(message, (message,))])[message.pk]
    assert words.subject == "You no longer have a place in a programme"
    assert REASON not in words.text


def test_holder_is_not_told_what_they_did_themselves(cohort):
    place = taking.person(cohort)
    moving.withdraw(enrolment=place, reason=REASON, by=place.clinician.user)
    assert not Message.objects.filter(kind=place_news.KIND_NAME).exists()


def test_only_holder_and_leads_give_a_place_up_and_only_leads_put_it_off(cohort):
    place, tutor = taking.person(cohort), taking.tutor(cohort)
    others = (tutor, taking.supporter(place), taking.person(cohort).clinician.user)
    for user in (*others, user_with(Role.HR_OFFICER, cohort.organisation)):
        with pytest.raises(NotAllowed):
            moving.withdraw(enrolment=place, reason=REASON, by=user)
    with pytest.raises(NotAllowed):
        moving.defer(enrolment=place, reason=REASON, by=place.clinician.user)


def test_deferred_place_is_free_and_comes_back_only_where_one_is(cohort, lead):
    small = taking.running(cohort.organisation, by=lead, capacity=1)
    place = taking.person(small)
    moving.defer(enrolment=place, reason=REASON, by=lead)
    taking.person(small)
    with pytest.raises(Invalid, match="no free place"):
        moving.come_back(enrolment=place, by=lead)
    assert now(place).state == S.DEFERRED
    small.capacity = 2
    small.save()
    assert moving.come_back(enrolment=place, by=lead).state == S.ENROLLED
    assert [step.after for step in place.transitions.all()] == ["deferred", "enrolled"]


def test_nobody_comes_back_to_a_cohort_that_is_over(cohort, lead):
    place = taking.person(cohort)
    moving.defer(enrolment=place, reason=REASON, by=lead)
    cohort.state = CohortState.FINISHED
    cohort.save()
    with pytest.raises(WrongState, match="over"):
        moving.come_back(enrolment=place, by=lead)
    autumn = taking.another(cohort)
    assert moving.transfer(enrolment=place, to=autumn, reason=REASON, by=lead).cohort == autumn


# --- moving ----------------------------------------------------------------------------------------------------------


def test_move_takes_along_what_is_done_supporter_check_ins_and_objectives(cohort, lead):
    place = taking.person(cohort)
    supporter = taking.supporter(place)
    taking.check_in(place, days=7)
    FellowshipObjective.objects.create(enrolment=place, text="Shorter waits", by_date=programmes.in_days(90))
    place.milestones.create(stage=cohort.version.stages.first(), result="done", by=lead)
    new = moving.transfer(enrolment=place, to=taking.another(cohort), reason=REASON, by=lead)
    assert (new.moved_from, new.supporter, new.state) == (place, supporter, S.ENROLLED)
    assert new.expectations_accepted_at == place.expectations_accepted_at
    assert [one.stage.name for one in new.milestones.all()] == ["Leading a team"]
    assert CheckIn.objects.get().enrolment == FellowshipObjective.objects.get().enrolment == new
    assert now(place).state == S.TRANSFERRED
    assert place.milestones.count() == 1


@pytest.mark.parametrize("says", ["teaches", "runs"])
def test_move_leaves_a_supporter_behind_who_teaches_or_runs_the_other_cohort(cohort, lead, says):
    place = taking.person(cohort)
    supporter = taking.supporter(place)
    autumn = taking.another(cohort)
    if says == "teaches":
        autumn.tutors.create(user=supporter)
    else:
        grant(supporter, Role.PROGRAMME_LEAD, cohort.organisation)
    held, _ = taking.check_in(place, days=-7, held_on=programmes.in_days(-7)), taking.check_in(place, days=7)
    new = moving.transfer(enrolment=place, to=autumn, reason=REASON, by=lead)
    assert new.supporter is None
    assert CheckIn.objects.get() == held


def test_move_frees_the_place_it_came_from(cohort, lead, filled):
    first = taking.another(cohort, capacity=1)
    place = taking.person(first)
    moving.transfer(enrolment=place, to=taking.another(cohort), reason=REASON, by=lead)
    assert filled == [(first.pk, lead)]


def test_move_to_a_full_cohort_is_refused_beside_the_field_and_changes_nothing(cohort, lead):
    full = taking.another(cohort, capacity=1)
    taking.person(full)
    place = taking.person(cohort)
    with pytest.raises(Invalid, match="no free place") as refused:
        moving.transfer(enrolment=place, to=full, reason=REASON, by=lead)
    assert refused.value.field == "cohort"
    assert now(place).state == S.ENROLLED
    assert full.enrolments.count() == 1


def test_move_respects_the_places_there_are_for_a_profession(cohort, lead):
    autumn = taking.another(cohort, capacity=9)
    PlaceLimit.objects.create(cohort=autumn, kind="profession", value="nurse", places=1)
    taking.person(autumn)
    with pytest.raises(Invalid, match="no place left for this profession"):
        moving.transfer(enrolment=taking.person(cohort), to=autumn, reason=REASON, by=lead)
    doctor = taking.person(cohort, profession="doctor")
    assert moving.transfer(enrolment=doctor, to=autumn, reason=REASON, by=lead).cohort == autumn


def test_move_is_to_another_cohort_of_the_same_programme_that_can_be_joined(cohort, lead):
    place = taking.person(cohort)
    elsewhere = taking.running(cohort.organisation, by=lead)
    over = taking.another(cohort, state=CohortState.FINISHED)
    applied = taking.another(cohort)
    programmes.application(applied, place.clinician)
    for target in (cohort, elsewhere, over, applied):
        with pytest.raises(Invalid) as refused:
            moving.transfer(enrolment=place, to=target, reason=REASON, by=lead)
        assert refused.value.field == "cohort"


# --- completing ------------------------------------------------------------------------------------------------------


def test_completion_reaches_standing_alumni_and_certificate_at_once(cohort, lead):
    place = taking.person(cohort)
    refresh([place.clinician_id])
    assert Standing.objects.get(pk=place.clinician_id).programmes == []
    certificate = taking.completed(place, lead)
    code = cohort.version.programme.code
    assert Standing.objects.get(pk=place.clinician_id).programmes == [code]
    assert (certificate.name, certificate.programme) == (place.clinician.name, cohort.version.programme.name)
    assert Alumnus.objects.get().enrolment == place
    assert now(place).completed_on == certificate.issued_on
    call_command("rebuild_standing", "--check")


def test_completion_that_is_rolled_back_leaves_nothing_in_standing(cohort, lead):
    place = taking.all_done(taking.person(cohort), lead)
    refresh([place.clinician_id])

    class Broken(Exception):
        pass

    with pytest.raises(Broken), transaction.atomic():
        completing.complete(enrolment=place, by=lead)
        assert Standing.objects.get(pk=place.clinician_id).programmes != []
        raise Broken
    assert Standing.objects.get(pk=place.clinician_id).programmes == []
    assert (Certificate.objects.count(), Alumnus.objects.count(), now(place).state) == (0, 0, S.ENROLLED)
    call_command("rebuild_standing", "--check")


def test_nobody_completes_with_a_part_that_is_neither_done_nor_exempt(cohort, lead):
    place = taking.person(cohort)
    first, second = cohort.version.stages.all()
    place.milestones.create(stage=second, result="exempt")
    with pytest.raises(WrongState, match=f"Not done yet: {first}"):
        completing.complete(enrolment=place, by=lead)
    place.milestones.create(stage=first, result="done", by=lead)
    assert completing.complete(enrolment=place, by=lead).enrolment == place
    with pytest.raises(WrongState):
        completing.complete(enrolment=place, by=lead)


def test_everybody_who_has_done_everything_completes_together(cohort, lead):
    ready = [taking.all_done(taking.person(cohort), lead) for _ in range(2)]
    waiting = taking.person(cohort)
    made = completing.complete_everybody_ready(cohort=cohort, by=lead)
    assert {certificate.enrolment for certificate in made} == set(ready)
    assert now(waiting).state == S.ENROLLED
    with pytest.raises(WrongState, match="Nobody has done everything"):
        completing.complete_everybody_ready(cohort=cohort, by=lead)


def test_lead_who_takes_part_neither_completes_nor_ticks_off_their_own_programme(cohort):
    place = taking.person(cohort)
    grant(place.clinician.user, Role.PROGRAMME_LEAD, cohort.organisation)
    stage = cohort.version.stages.first()
    with pytest.raises(WrongState, match="Ask another lead"):
        taking_part.note_milestones(enrolment=place, results={stage.pk: "done"}, by=place.clinician.user)
    taking.all_done(place, cohort.version.published_by)
    with pytest.raises(WrongState, match="Ask another lead"):
        completing.complete(enrolment=place, by=place.clinician.user)
    with pytest.raises(WrongState, match="Nobody has done everything"):
        completing.complete_everybody_ready(cohort=cohort, by=place.clinician.user)


def test_a_revoked_certificate_counts_neither_in_standing_nor_at_a_gate(cohort, lead):
    place = taking.person(cohort)
    certificate = taking.completed(place, lead)
    code = cohort.version.programme.code
    (known,) = evidence.of([Application(cohort=cohort, clinician=place.clinician)])
    assert known.completed == {code: cohort.version.programme.tier}
    completing.revoke(certificate=certificate, reason="Parts were not done.", by=lead)
    assert Standing.objects.get(pk=place.clinician_id).programmes == []
    (known,) = evidence.of([Application(cohort=cohort, clinician=place.clinician)])
    assert known.completed == {}
    call_command("rebuild_standing", "--check")


def test_tutor_completes_nobody_and_revokes_nothing(cohort, lead):
    tutor = taking.tutor(cohort)
    with pytest.raises(NotAllowed):
        completing.complete(enrolment=taking.all_done(taking.person(cohort), lead), by=tutor)
    certificate = taking.completed(taking.person(cohort), lead)
    with pytest.raises(NotAllowed):
        completing.revoke(certificate=certificate, reason=REASON, by=tutor)


# --- at once ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_leads_who_complete_one_person_one_is_told(cohort, lead):
    place = taking.all_done(taking.person(cohort), lead)
    both = [lambda: completing.complete(enrolment=place, by=lead)] * 2
    assert outcome(at_once(*both)) == (1, 1)
    assert Certificate.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(2))
def test_of_two_moved_at_once_to_the_last_place_one_is_refused(cohort, lead, attempt):
    autumn = taking.another(cohort, capacity=1)
    other = taking.another(cohort)
    one, two = taking.person(cohort), taking.person(other)
    results = at_once(
        lambda: moving.transfer(enrolment=one, to=autumn, reason=REASON, by=lead),
        lambda: moving.transfer(enrolment=two, to=autumn, reason=REASON, by=lead),
    )
    assert sorted(type(result).__name__ for result in results) == ["Enrolment", "Invalid"]
    assert autumn.enrolments.holding().count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(2))
def test_moves_in_opposite_directions_do_not_wait_for_each_other_for_ever(cohort, lead, attempt):
    autumn = taking.another(cohort)
    one, two = taking.person(cohort), taking.person(autumn)
    results = at_once(
        lambda: moving.transfer(enrolment=one, to=autumn, reason=REASON, by=lead),
        lambda: moving.transfer(enrolment=two, to=cohort, reason=REASON, by=lead),
    )
    assert [result.cohort for result in results] == [autumn, cohort]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(2))
def test_who_is_completed_while_they_withdraw_is_one_of_both(cohort, lead, attempt):
    place = taking.all_done(taking.person(cohort), lead)
    results = at_once(
        lambda: completing.complete(enrolment=place, by=lead),
        lambda: moving.withdraw(enrolment=place, reason=REASON, by=place.clinician.user),
    )
    assert outcome(results) == (1, 1)
    assert Certificate.objects.exists() == (now(place).state == S.COMPLETED)
