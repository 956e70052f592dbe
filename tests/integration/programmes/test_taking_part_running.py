"""A cohort as it runs: starting, sessions in calendars, attendance, milestones, finishing."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from programmes import session_news
from programmes.actions import appealing, sessions, taking_part
from programmes.fields import Attended
from programmes.models import Equivalence
from programmes.states import CohortState, EnrolmentState
from registry.accounts import calendar
from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.notifications.kinds import Outgoing
from registry.notifications.models import Message
from tests.factories import programmes
from tests.factories import programmes_selecting as selecting
from tests.factories import programmes_taking_part as taking
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import grant, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(trust, lead):
    return taking.running(trust, by=lead)


def at(days, hours=0):
    return timezone.now().replace(minute=0, second=0, microsecond=0) + datetime.timedelta(days=days, hours=hours)


def day_of(lead, cohort, days=10, **attributes):
    wanted = {"title": "First day", "starts_at": at(days), "ends_at": at(days, 1), "place": "Room 1"} | attributes
    return sessions.add(cohort=cohort, by=lead, **wanted)


def entries(user):
    return {str(event["uid"]): event for event in Calendar.from_ical(calendar.feed(user)).walk("VEVENT")}


# --- start and finish ------------------------------------------------------------------------------------------------


def test_cohort_starts_once_places_are_taken_and_every_offer_is_answered(trust, lead):
    cohort = taking.another(taking.running(trust, by=lead))
    with pytest.raises(WrongState, match="Nobody has taken a place"):
        taking_part.start(cohort=cohort, by=lead)
    place = taking.person(cohort)
    offered = programmes.application(cohort, taking.clinician_user(trust), state="offered")
    with pytest.raises(WrongState, match="not yet answered"):
        taking_part.start(cohort=cohort, by=lead)
    offered.state = "declined"
    offered.save()
    assert taking_part.start(cohort=cohort, by=lead).state == CohortState.RUNNING
    assert cohort.transitions.get().by == lead
    place.refresh_from_db()
    assert place.state == EnrolmentState.ENROLLED
    with pytest.raises(WrongState):
        taking_part.start(cohort=cohort, by=lead)


def test_cohort_starts_only_once_appeals_and_those_who_came_back_are_decided_about(trust, lead):
    cohort = selecting.selection(lead, state=CohortState.DECIDED)
    taking.person(cohort)
    lost = selecting.rejected(selecting.applicant(cohort))
    appeal = appealing.lodge(application=lost, grounds="Not read.", by=lost.clinician.user)
    with pytest.raises(WrongState, match="1 appeal waits"):
        taking_part.start(cohort=cohort, by=lead)
    appealing.decide(appeal=appeal, upheld=False, reason="It was read.", by=lead)
    back = [selecting.applicant(cohort) for _ in range(2)]
    with pytest.raises(WrongState, match="2 people are still before a gate"):
        taking_part.start(cohort=cohort, by=lead)
    for row in back:
        selecting.rejected(row)
    assert taking_part.start(cohort=cohort, by=lead).state == CohortState.RUNNING


def test_a_lead_who_has_a_place_starts_the_programme_and_ends_its_waiting_list(trust, lead):
    cohort = taking.another(taking.running(trust, by=lead))
    place = taking.person(cohort)
    grant(place.clinician.user, Role.PROGRAMME_LEAD, trust)
    waiting = programmes.application(cohort, taking.clinician_user(trust), state="reserve")
    taking_part.start(cohort=cohort, by=place.clinician.user)
    waiting.refresh_from_db()
    assert waiting.state == "rejected"


def test_cohort_finishes_only_when_nobody_takes_part_any_more(cohort, lead):
    taking.completed(taking.person(cohort), lead)
    place = taking.person(cohort)
    with pytest.raises(WrongState, match="1 person still takes part"):
        taking_part.finish(cohort=cohort, by=lead)
    place.state = EnrolmentState.DEFERRED
    place.save()
    assert taking_part.finish(cohort=cohort, by=lead).state == CohortState.FINISHED


def test_lead_elsewhere_and_tutor_neither_start_nor_finish(cohort):
    elsewhere = user_with(Role.PROGRAMME_LEAD, OrganisationFactory())
    for user in (elsewhere, taking.tutor(cohort)):
        with pytest.raises(NotAllowed):
            taking_part.finish(cohort=cohort, by=user)


# --- sessions --------------------------------------------------------------------------------------------------------


def test_session_is_in_the_calendars_of_who_takes_part_and_who_teaches(cohort, lead):
    place, tutor, gone = taking.person(cohort), taking.tutor(cohort), taking.person(cohort)
    gone.state = EnrolmentState.WITHDRAWN
    gone.save()
    session = day_of(lead, cohort)
    uid = f"{session.calendar_uid}@"
    mine, theirs = entries(place.clinician.user), entries(tutor)
    assert [key.startswith(uid) for key in (*mine, *theirs)] == [True, True]
    (event,) = mine.values()
    assert (event["sequence"], event["status"]) == (0, "CONFIRMED")
    assert "First day" not in str(event.to_ical())
    assert f"/programmes/mine/{place.pk}" in event["url"]
    assert entries(gone.clinician.user) == {}


def test_each_change_of_a_session_raises_its_sequence_and_cancelling_says_so(cohort, lead):
    user = taking.person(cohort).clinician.user
    session = day_of(lead, cohort)
    wanted = {"title": session.title, "place": session.place}
    sessions.change(session=session, starts_at=at(11), ends_at=at(11, 2), by=lead, **wanted)
    (event,) = entries(user).values()
    assert event["sequence"] == 1
    sessions.change(session=session, starts_at=at(11), ends_at=at(11, 2), by=lead, **wanted)
    session.refresh_from_db()
    assert session.calendar_sequence == 1
    sessions.cancel(session=session, by=lead)
    (event,) = entries(user).values()
    assert (event["sequence"], event["status"]) == (2, "CANCELLED")
    with pytest.raises(WrongState, match="has been cancelled"):
        sessions.cancel(session=session, by=lead)


def test_who_takes_part_is_told_of_the_newest_version_of_a_session_only(cohort, lead):
    place = taking.person(cohort)
    session = day_of(lead, cohort)
    sessions.change(session=session, title="Moved", starts_at=at(12), ends_at=at(12, 1), by=lead)
    messages = list(Message.objects.filter(kind=session_news.KIND_NAME).order_by("pk"))
    assert [message.recipient_id for message in messages] == [place.clinician.user_id] * 2
    words = session_news.compose([Outgoing(message, (message,)) for message in messages])
    assert list(words) == [messages[1].pk]
    assert words[messages[1].pk].subject.startswith("Changed session on ")
    assert "Moved" in words[messages[1].pk].text


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"starts_at": at(400), "ends_at": at(400, 1)}, "day"),
        ({"starts_at": at(-40), "ends_at": at(-40, 1)}, "day"),
        ({"starts_at": at(5, 1), "ends_at": at(5)}, "ends"),
        ({"title": "  "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"place": "\x00"}, "place"),
    ],
)
def test_session_that_cannot_be_is_refused_beside_its_field(cohort, lead, wanted, field):
    with pytest.raises(Invalid) as refused:
        day_of(lead, cohort, **wanted)
    assert refused.value.field == field


def test_session_with_attendance_is_not_cancelled_or_moved_ahead(cohort, lead):
    place, session = taking.person(cohort), taking.session(cohort)
    taking_part.note_attendance(session=session, marks={place.pk: "present"}, by=lead)
    with pytest.raises(WrongState, match="has taken place"):
        sessions.cancel(session=session, by=lead)
    with pytest.raises(Invalid, match="has taken place"):
        sessions.change(session=session, title="Later", starts_at=at(3), ends_at=at(3, 1), by=lead)


def test_tutor_changes_no_session(cohort):
    tutor, session = taking.tutor(cohort), taking.session(cohort)
    with pytest.raises(NotAllowed):
        sessions.cancel(session=session, by=tutor)
    with pytest.raises(NotAllowed):
        day_of(tutor, cohort)


# --- attendance ------------------------------------------------------------------------------------------------------


def test_tutor_notes_everybody_at_once_and_changes_a_mark_later(cohort):
    tutor, session = taking.tutor(cohort), taking.session(cohort)
    first, second, third = (taking.person(cohort) for _ in range(3))
    taking_part.note_attendance(session=session, marks={first.pk: "absent"}, others=Attended.PRESENT, by=tutor)
    noted = dict(session.attendances.values_list("enrolment", "attended"))
    assert noted == {first.pk: "absent", second.pk: "present", third.pk: "present"}
    taking_part.note_attendance(session=session, marks={first.pk: "excused"}, others=Attended.PARTLY, by=tutor)
    noted = dict(session.attendances.values_list("enrolment", "attended"))
    assert noted == {first.pk: "excused", second.pk: "present", third.pk: "present"}
    events = AuditEvent.objects.filter(verb="programme.attendance_noted").order_by("pk")
    assert [event.detail["people"] for event in events] == [3, 1]


def test_attendance_is_of_people_of_the_cohort_at_a_session_that_has_begun(cohort, lead):
    elsewhere = taking.person(taking.running(cohort.organisation, by=lead))
    place, session = taking.person(cohort), taking.session(cohort)
    with pytest.raises(Invalid, match="does not take part"):
        taking_part.note_attendance(session=session, marks={elsewhere.pk: "present"}, by=lead)
    ahead = taking.session(cohort, days=2)
    with pytest.raises(WrongState, match="has begun"):
        taking_part.note_attendance(session=ahead, marks={place.pk: "present"}, by=lead)


def test_nobody_notes_their_own_attendance(sign_in, cohort):
    mine, other, session = taking.person(cohort), taking.person(cohort), taking.session(cohort)
    me = mine.clinician.user
    grant(me, Role.PROGRAMME_LEAD, cohort.organisation)
    with pytest.raises(WrongState, match="their own attendance"):
        taking_part.note_attendance(session=session, marks={mine.pk: "present"}, by=me)
    page = sign_in(me).get(reverse("taking_part:attendance", args=[session.pk])).text
    assert [str(row.clinician) in page.split("<main", 1)[1] for row in (mine, other)] == [False, True]
    taking_part.note_attendance(session=session, marks={}, others=Attended.PRESENT, by=me)
    assert set(session.attendances.values_list("enrolment", flat=True)) == {other.pk}


def test_who_neither_runs_nor_teaches_notes_nothing(cohort, lead):
    place, session = taking.person(cohort), taking.session(cohort)
    other_tutor = taking.tutor(taking.running(cohort.organisation, by=lead))
    for user in (place.clinician.user, other_tutor, user_with(Role.HR_OFFICER, cohort.organisation)):
        with pytest.raises(NotAllowed):
            taking_part.note_attendance(session=session, marks={place.pk: "present"}, by=user)
        with pytest.raises(NotAllowed):
            taking_part.note_milestones(enrolment=place, results={}, by=user)


# --- milestones ------------------------------------------------------------------------------------------------------


def test_part_is_done_and_can_be_taken_back(cohort):
    tutor, place = taking.tutor(cohort), taking.person(cohort)
    first, second = cohort.version.stages.all()
    taking_part.note_milestones(enrolment=place, results={first.pk: "done", second.pk: ""}, by=tutor)
    assert [(one.stage, one.result, one.by) for one in place.milestones.all()] == [(first, "done", tutor)]
    taking_part.note_milestones(enrolment=place, results={first.pk: ""}, by=tutor)
    assert not place.milestones.exists()


def test_part_is_exempt_only_by_recognised_learning_that_counts_today(cohort, lead):
    place = taking.person(cohort)
    first, second = cohort.version.stages.all()
    learnt = Equivalence.objects.create(
        clinician=place.clinician,
        tier=cohort.version.programme.tier,
        title="MBA",
        year=2015,
        evidence="All of it",
        organisation=cohort.organisation,
        state="yes",
        decided_at=timezone.now(),
        decided_by=lead,
        decision_reason="It covers the tier.",
        expires_on=programmes.in_days(-1),
    )
    exempt = {second.pk: "exempt"}
    with pytest.raises(Invalid) as refused:
        taking_part.note_milestones(enrolment=place, results=exempt, by=lead)
    assert refused.value.field == f"stage_{second.pk}"
    Equivalence.objects.filter(pk=learnt.pk).update(expires_on=programmes.in_days(1))
    with pytest.raises(Invalid):
        taking_part.note_milestones(enrolment=place, results={first.pk: "exempt"}, by=lead)
    taking_part.note_milestones(enrolment=place, results=exempt, by=lead)
    assert place.milestones.get().result == "exempt"


def test_part_of_another_programme_is_refused(cohort, lead):
    other = taking.running(cohort.organisation, by=lead).version.stages.first()
    with pytest.raises(Invalid, match="not a part"):
        taking_part.note_milestones(enrolment=taking.person(cohort), results={other.pk: "done"}, by=lead)


def test_milestones_of_who_left_or_has_not_begun_stay_as_they_are(cohort, lead):
    stage = cohort.version.stages.first()
    gone = taking.person(cohort)
    gone.state = EnrolmentState.WITHDRAWN
    gone.save()
    for place in (gone, taking.person(taking.another(cohort))):
        with pytest.raises(WrongState):
            taking_part.note_milestones(enrolment=place, results={stage.pk: "done"}, by=lead)
