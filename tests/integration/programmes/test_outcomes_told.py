"""What participants and leads write into the ledger, whom it asks, and alumni who want to be found."""

import datetime
import re
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programmes import outcome_asking
from programmes.actions import outcomes
from programmes.actions.alumni import present, welcome
from programmes.actions.outcomes import Told
from programmes.fields import OutcomeKind
from programmes.models import Alumnus, LearningAtWork, Outcome
from programmes.points import AFTER, day_of, spans
from programmes.tasks import ask_for_outcomes
from registry.accounts.roles import Role
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.notifications.delivery import drain
from registry.notifications.models import Message
from tests.factories.people import clinician_user, user_with
from tests.factories.programmes import ProgrammeFactory
from tests.factories.programmes_outcomes import complete, finished, months_ago
from tests.fakes.smtp import smtp_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(trust, lead):
    """It ended 13 months ago."""
    return finished(ProgrammeFactory(organisation=trust, name="Leading change"), lead)


@pytest.fixture
def nurse(trust):
    return clinician_user(trust)


@pytest.fixture
def place(cohort, nurse):
    (made,) = complete(cohort, [nurse])
    welcome(made)
    return made


def to(name, *args):
    return reverse(f"outcomes:{name}", args=args)


def text(response):
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def lines(place):
    return sorted(place.outcomes.values_list("months", "kind", "what"))


# --- points in time --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "starts_on", [datetime.date(2024, 2, 29), datetime.date(2023, 8, 31), datetime.date(2024, 5, 1)]
)
def test_no_day_counts_at_two_points(starts_on):
    found = spans(starts_on, day_of(starts_on, 6))
    ordered = [found[months] for months in (0, *AFTER)]
    assert all(before.end <= after.first for before, after in pairwise(ordered))
    assert all(one.first <= one.wanted <= one.end for one in ordered)


# --- telling ---------------------------------------------------------------------------------------------------------


def test_participant_tells_what_came_of_it(sign_in, place, nurse):
    browser = sign_in(nurse.user)
    page = text(browser.get(to("own", place.pk)))
    assert "Nothing is told yet." in page
    assert "You can tell from" in page
    said = {"working": "yes", "post": "Clinical director", "change": "A daily huddle"}
    assert browser.post(to("tell", place.pk, 12), said).url == to("own", place.pk)
    assert lines(place) == [(12, "change", "A daily huddle"), (12, "post", "Clinical director"), (12, "retained", "")]
    assert "A post taken: Clinical director noted by you" in text(browser.get(to("own", place.pk)))
    browser.post(to("take_back", place.outcomes.get(kind="post").pk))
    assert [kind for _, kind, _ in lines(place)] == ["change", "retained"]


def test_answer_is_needed_and_too_long_or_odd_ones_are_refused_beside_the_field(sign_in, place, nurse):
    browser = sign_in(nurse.user)
    for said in ({}, {"working": "perhaps"}, {"post": "x" * 301}, {"change": "a\0b"}):
        assert browser.post(to("tell", place.pk, 6), said).status_code == 200
    assert lines(place) == []
    assert "Say at least one thing" in text(browser.post(to("tell", place.pk, 6), {}))


def test_point_that_has_not_come_is_closed(sign_in, place, nurse):
    browser = sign_in(nurse.user)
    assert browser.get(to("tell", place.pk, 24)).url == to("own", place.pk)
    assert browser.post(to("tell", place.pk, 24), {"working": "yes"}).status_code == 409
    assert browser.get(to("tell", place.pk, 7)).status_code == 404


def test_still_working_is_kept_once_and_what_somebody_said_themself_nobody_changes(place, nurse, lead):
    note = {"enrolment": place, "months": 12}
    outcomes.note(**note, told=Told(working=False), by=lead)
    outcomes.note(**note, told=Told(working=True), by=nurse.user)
    assert lines(place) == [(12, "retained", "")]
    with pytest.raises(Invalid):
        outcomes.note(**note, told=Told(working=False, post="Elsewhere"), by=lead)
    outcomes.note(**note, told=Told(working=False), by=nurse.user)
    assert lines(place)[0][1] == "left"


def test_what_is_noted_already_is_refused_beside_its_field(place, nurse, lead):
    note = {"enrolment": place, "months": 6}
    outcomes.note(**note, told=Told(post="Director", change="A daily huddle"), by=nurse.user)
    for told, field in ((Told(post=" Director "), "post"), (Told(working=True, change="A daily huddle"), "change")):
        with pytest.raises(Invalid, match="noted already") as refused:
            outcomes.note(**note, told=told, by=lead)
        assert refused.value.field == field
    assert lines(place) == [(6, "change", "A daily huddle"), (6, "post", "Director")]
    with pytest.raises(IntegrityError, match="outcome_told_once"), transaction.atomic():
        Outcome.objects.create(enrolment=place, months=6, kind=OutcomeKind.POST, what="Director", noted_by=lead)
    outcomes.note(enrolment=place, months=12, told=Told(post="Director"), by=lead)


def test_only_the_participant_and_those_who_run_it_note_and_each_takes_back_their_own(place, nurse, lead, trust):
    outcomes.note(enrolment=place, months=6, told=Told(post="Director"), by=lead)
    row = place.outcomes.get()
    for stranger in (clinician_user(trust).user, user_with(Role.HR_OFFICER, trust)):
        with pytest.raises(NotAllowed):
            outcomes.note(enrolment=place, months=6, told=Told(post="Director"), by=stranger)
    with pytest.raises(NotAllowed):
        outcomes.take_back(outcome=row, by=nurse.user)
    outcomes.take_back(outcome=row, by=lead)
    with pytest.raises(WrongState):
        outcomes.take_back(outcome=row, by=lead)


def test_lead_sees_what_is_noted_and_no_levels(sign_in, place, nurse, lead):
    browser = sign_in(lead)
    browser.post(to("note", place.pk, 6), {"change": "Letters go out the same day"})
    page = text(browser.get(to("people", place.cohort_id)))
    assert "A service change put into practice: Letters go out the same day noted by you" in page
    assert "Levels are not shown" in page
    assert "1 person has completed this programme in all its cohorts; 0 are in its directory" in page
    assert "noted by Lena Lead" in text(sign_in(nurse.user).get(to("own", place.pk)))


# --- asking ----------------------------------------------------------------------------------------------------------


def test_participant_is_asked_once_at_each_point_and_not_long_after(trust, lead, settings):
    recent = finished(ProgrammeFactory(organisation=trust, name="Leading change"), lead, ended=12)
    late = finished(ProgrammeFactory(organisation=trust), lead, ended=9)
    nurse = clinician_user(trust)
    (place,) = complete(recent, [nurse])
    complete(late, [nurse])
    ask_for_outcomes()
    ask_for_outcomes()
    assert list(Message.objects.values_list("about_id", "step")) == [(place.pk, "months:12")]
    with smtp_server(settings) as post:
        drain()
    (message,) = post.messages
    assert message["Subject"] == "What came of Leading change?"
    assert to("tell", place.pk, 12) in message.get_content()
    (need,) = outcome_asking.needs_now(nurse.user)
    assert (need.text, need.href) == ("Tell what came of Leading change, 12 months on", to("tell", place.pk, 12))
    outcomes.note(enrolment=place, months=12, told=Told(working=True), by=nurse.user)
    assert outcome_asking.needs_now(nurse.user) == []
    assert Message.objects.get().read_at is not None
    assert outcome_asking.over([place.pk]) == set()


def test_what_a_lead_noted_does_not_answer_for_the_participant(trust, lead, nurse):
    (place,) = complete(finished(ProgrammeFactory(organisation=trust), lead, ended=6), [nurse])
    outcomes.note(enrolment=place, months=6, told=Told(working=True), by=lead)
    assert len(outcome_asking.needs_now(nurse.user)) == 1


def test_nothing_is_asked_once_the_last_point_is_long_past(trust, lead, nurse):
    places = complete(finished(ProgrammeFactory(organisation=trust), lead, ended=27), [nurse])
    assert outcome_asking.over([places[0].pk]) == {places[0].pk}


# --- alumni ----------------------------------------------------------------------------------------------------------


def test_alumnus_is_found_only_once_they_choose_to_be_and_by_the_same_programme(sign_in, trust, lead, cohort, nurse):
    other, stranger = clinician_user(trust, given_name="Otto"), clinician_user(trust)
    for place in complete(cohort, [nurse, other]) + complete(
        finished(ProgrammeFactory(organisation=trust), lead), [stranger]
    ):
        welcome(place)
    mine, theirs = nurse.alumni.get(), other.alumni.get()
    assert "Otto" not in text(sign_in(nurse.user).get(to("group", mine.pk)))
    sign_in(other.user).post(to("entry", theirs.pk), {"listed": "on", "offers_mentoring": "on", "about": "Budgets"})
    page = text(sign_in(nurse.user).get(to("group", mine.pk)))
    assert f"{other.name} {trust.name}" in re.sub(r"(Name|Works at) ", "", page)
    assert "Would mentor somebody" in page
    assert "Otto" not in text(sign_in(stranger.user).get(to("group", stranger.alumni.get().pk)))
    assert sign_in(stranger.user).get(to("group", mine.pk)).status_code == 404
    sign_in(other.user).post(to("hide", theirs.pk))
    assert "Otto" not in text(sign_in(nurse.user).get(to("group", mine.pk)))
    theirs.refresh_from_db()
    assert (theirs.listed, theirs.offers_mentoring, theirs.about) == (False, True, "Budgets")


def test_who_can_sign_in_no_more_is_neither_found_nor_read(sign_in, trust, cohort, place, nurse, lead):
    other = clinician_user(trust, given_name="Otto")
    (theirs,) = complete(cohort, [other])
    present(alumnus=welcome(theirs), listed=True, offers_mentoring=True, about="", by=other.user)
    LearningAtWork.objects.create(enrolment=theirs, on=today(), what="Mapped who decides", shared=True)
    path = to("group", nurse.alumni.get().pk)
    assert text(sign_in(nurse.user).get(path)).count("Otto") == 2
    assert "1 is in its directory" in text(sign_in(lead).get(to("people", cohort.pk)))
    other.user.is_active = False
    other.user.save()
    page = text(sign_in(nurse.user).get(path))
    assert "Otto" not in page
    assert "Mapped who decides" not in page
    assert "0 are in its directory" in text(sign_in(lead).get(to("people", cohort.pk)))


def test_entry_is_changed_by_its_person_alone(place, nurse, lead):
    said = {"listed": True, "offers_mentoring": False, "about": ""}
    with pytest.raises(NotAllowed):
        present(alumnus=nurse.alumni.get(), by=lead, **said)


def test_who_completes_a_programme_twice_is_one_alumnus(place, cohort, nurse, lead):
    again = finished(cohort.version.programme, lead, name="Autumn", ended=1)
    (second,) = complete(again, [nurse])
    assert welcome(second) == welcome(place)
    assert Alumnus.objects.count() == 1


def test_learning_is_private_until_shared_with_the_same_programme(sign_in, trust, lead, cohort, place, nurse):
    other, stranger = clinician_user(trust), clinician_user(trust)
    for one in complete(cohort, [other]) + complete(finished(ProgrammeFactory(organisation=trust), lead), [stranger]):
        welcome(one)
    day = months_ago(1)
    wrote = {"on-day": day.day, "on-month": day.month, "on-year": day.year, "what": "Mapped who decides"}
    assert sign_in(nurse.user).post(to("add_learning", place.pk), wrote).url == to("own", place.pk)
    entry = LearningAtWork.objects.get()
    group = to("group", other.alumni.get().pk)
    assert "Mapped who decides" not in text(sign_in(other.user).get(group))
    assert sign_in(other.user).get(to("change_learning", entry.pk)).status_code == 404
    sign_in(nurse.user).post(to("change_learning", entry.pk), wrote | {"shared": "on"})
    assert "Mapped who decides" in text(sign_in(other.user).get(group))
    assert "Mapped who decides" not in text(sign_in(stranger.user).get(to("group", stranger.alumni.get().pk)))
    sign_in(nurse.user).post(to("remove_learning", entry.pk))
    assert LearningAtWork.objects.count() == 0


@pytest.mark.parametrize("days", [1, -2000])
def test_learning_is_of_a_day_since_the_start_and_not_to_come(sign_in, place, nurse, days):
    on = today() + datetime.timedelta(days=days)
    wrote = {"on-day": on.day, "on-month": on.month, "on-year": on.year, "what": "Something"}
    page = text(sign_in(nurse.user).post(to("add_learning", place.pk), wrote))
    assert "There is a problem" in page
    assert LearningAtWork.objects.count() == 0


def test_queries_of_the_group_and_of_ones_own_page_do_not_grow(sign_in, trust, cohort, place, nurse):
    browser = sign_in(nurse.user)
    paths = [to("group", nurse.alumni.get().pk), to("own", place.pk), to("alumni")]

    def queries():
        counts = []
        for path in paths:
            browser.get(path)
            with CaptureQueriesContext(connection) as found:
                assert browser.get(path).status_code == 200
            counts.append(len(found))
        return counts

    def more(number):
        for one in complete(cohort, [clinician_user(trust) for _ in range(number)]):
            welcome(one)
            LearningAtWork.objects.create(enrolment=one, on=today(), what="Done", shared=True)
        Alumnus.objects.update(listed=True)
        for at in range(number):
            what = f"Post {number}.{at}"
            Outcome.objects.create(enrolment=place, months=6, kind=OutcomeKind.POST, what=what, noted_by=nurse.user)
            LearningAtWork.objects.create(enrolment=place, on=today(), what="Mine")

    more(1)
    before = queries()
    more(2)
    assert queries() == before
