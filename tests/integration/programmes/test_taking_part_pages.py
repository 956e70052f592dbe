"""The pages of taking part, as a browser meets them: what is on them, for whom, and in how many queries."""

import io
import re

import pypdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programmes import certificate_pdf
from programmes import taking_part_presenters as presenters
from programmes.actions import completing, moving, supporting, taking_part
from programmes.fields import ProgrammeKind
from programmes.models import Attendance, FellowshipObjective
from programmes.states import EnrolmentState
from registry.audit.models import ReadEvent
from registry.clinicians.presenters import readers
from registry.config.logging import without_keys
from registry.kernel.clock import today
from registry.nhsuk.dates import long_date
from tests.factories import programmes
from tests.factories import programmes_taking_part as taking
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(lead):
    return taking.running(lead.role_grants.get().organisation, by=lead)


@pytest.fixture
def place(cohort):
    return taking.person(cohort)


def to(name, *args):
    return reverse(f"taking_part:{name}", args=args)


def text(response):
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def date(name, day):
    return {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}


def queries_of(browser, path):
    browser.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(path).status_code == 200
    return len(queries)


# --- whoever takes part ----------------------------------------------------------------------------------------------


def test_who_takes_part_in_nothing_is_told_what_will_be_here(sign_in, cohort):
    user = taking.clinician_user(cohort.organisation).user
    assert "You do not take part in a programme now." in text(sign_in(user).get(to("mine")))


def test_person_sees_what_comes_next_what_is_done_with_whom_and_what_they_agreed_to(sign_in, cohort, place, lead):
    coming, held = taking.session(cohort, days=9, title="Second day"), taking.session(cohort)
    Attendance.objects.create(session=held, enrolment=place, attended="partly", noted_by=lead)
    place.milestones.create(stage=cohort.version.stages.first(), result="done", by=lead)
    supporter = taking.supporter(place)
    browser = sign_in(place.clinician.user)
    assert f"Second day, {long_date(coming.starts_at)}" in text(browser.get(to("mine")))
    page = text(browser.get(to("place", place.pk)))
    assert re.search(
        r"Leading a team Module, 4 weeks Done A change at work Project at work, 20 weeks Not done yet", page
    )
    assert "Present in part" in page
    assert supporter.name in page
    assert f"Come to every session. You agreed to this on {long_date(today())}." in page
    assert "Objectives of your fellowship" in page


def test_programme_that_is_no_fellowship_has_no_host_and_no_objectives(sign_in, cohort, lead):
    place = taking.person(taking.running(cohort.organisation, by=lead, kind=ProgrammeKind.LEADERSHIP))
    browser = sign_in(place.clinician.user)
    assert "fellowship" not in text(browser.get(to("place", place.pk))).lower()
    assert browser.get(to("host", place.pk)).status_code == 404


def test_fellow_chooses_a_host_sets_objectives_and_says_which_are_met(sign_in, place, lead):
    browser, host = sign_in(place.clinician.user), OrganisationFactory(name="Host Trust")
    assert browser.post(to("host", place.pk), {"host": host.pk}).status_code == 302
    wanted = {"text": "Shorter waits"} | date("by_date", programmes.in_days(60))
    assert browser.post(to("add_objective", place.pk), wanted).status_code == 302
    objective = FellowshipObjective.objects.get()
    assert browser.post(to("look_back", place.pk), {f"objective_{objective.pk}": "yes"}).status_code == 302
    for user, address in (
        (place.clinician.user, to("place", place.pk)),
        (lead, to("person", place.pk)),
        (taking.supporter(place), to("fellow", place.pk)),
    ):
        page = text(sign_in(user).get(address))
        assert "Host Trust" in page
        assert re.search(r"Shorter waits.*Met", page)
    assert "Shorter waits" not in text(sign_in(taking.tutor(place.cohort)).get(to("person", place.pk)))


def test_objective_in_the_past_is_refused_beside_its_field(sign_in, place):
    wanted = {"text": "Shorter waits"} | date("by_date", programmes.in_days(-1))
    page = sign_in(place.clinician.user).post(to("add_objective", place.pk), wanted)
    assert "The day must be today or later." in text(page)
    assert 'href="#id_by_date-day"' in page.text


def test_person_gives_their_place_up_with_a_reason(sign_in, place):
    browser = sign_in(place.clinician.user)
    assert "Say why, in a few words." in text(browser.post(to("give_up", place.pk), {"reason": ""}))
    assert browser.post(to("give_up", place.pk), {"reason": "A new post"}).status_code == 302
    assert "Give up your place" not in text(browser.get(to("place", place.pk)))


# --- leads and tutors ------------------------------------------------------------------------------------------------


def test_attendance_of_everybody_is_saved_with_one_form(sign_in, cohort, place):
    session, other = taking.session(cohort), taking.person(cohort)
    browser = sign_in(taking.tutor(cohort))
    page = browser.get(to("attendance", session.pk))
    assert f'name="person_{place.pk}"' in page.text
    marks = {f"person_{place.pk}": "excused", "others": "on"}
    assert browser.post(to("attendance", session.pk), marks).status_code == 302
    assert dict(session.attendances.values_list("enrolment", "attended")) == {place.pk: "excused", other.pk: "present"}
    wrong = browser.post(to("attendance", session.pk), {f"person_{place.pk}": "asleep"})
    assert "Choose one of the answers shown." in text(wrong)


def test_tutor_sees_attendance_and_milestones_and_nothing_else(sign_in, cohort, place):
    supporter = taking.supporter(place)
    moving.defer(enrolment=place, reason="Secret reason", by=cohort.version.published_by)
    browser = sign_in(taking.tutor(cohort))
    people, one = text(browser.get(to("cohort", cohort.pk))), text(browser.get(to("person", place.pk)))
    for words in (supporter.name, "Secret reason", "Withdraw", "Add a session", "Form sets", "Works for"):
        assert words not in people + one
    for name in ("withdraw", "defer", "transfer", "supporter"):
        assert browser.get(to(name, place.pk)).status_code == 404
    assert browser.get(to("add_session", cohort.pk)).status_code == 404
    assert browser.get(to("sets", cohort.pk)).status_code == 404
    reads = [row["why"] for row in readers(list(ReadEvent.about(place.clinician)))]
    assert reads == ["Opened your place in a programme"]


def test_full_cohort_is_said_beside_the_field_and_on_coming_back(sign_in, cohort, place, lead):
    full = taking.another(cohort, capacity=1)
    taking.person(full)
    browser = sign_in(lead)
    page = browser.post(to("transfer", place.pk), {"cohort": full.pk, "reason": "Nearer home"})
    assert "has no free place" in text(page)
    assert 'href="#id_cohort"' in page.text
    cohort.capacity = 1
    cohort.save()
    moving.defer(enrolment=place, reason="Later", by=lead)
    taking.person(cohort)
    page = browser.post(to("come_back", place.pk), follow=True)
    assert "has no free place" in text(page)


def test_lead_completes_a_person_who_downloads_a_certificate(sign_in, place, lead):
    taking.all_done(place, lead)
    assert sign_in(lead).post(to("complete", place.pk)).status_code == 302
    certificate = place.certificate
    answer = sign_in(place.clinician.user).get(to("certificate", certificate.pk))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "no-store")
    file = pypdf.PdfReader(io.BytesIO(answer.content))
    words = " ".join(file.pages[0].extract_text().split())
    assert place.clinician.name in words
    assert place.cohort.version.programme.name in words
    assert certificate_pdf.address(certificate) in words
    assert file.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in answer.content or "pdfuaid" in str(file.xmp_metadata and file.xmp_metadata.stream.get_data())
    assert sign_in(taking.tutor(place.cohort)).get(to("certificate", certificate.pk)).status_code == 404


def test_name_with_letters_the_font_lacks_still_makes_a_certificate(place, lead):
    place.clinician.given_name = "美玲"
    place.clinician.save()
    assert certificate_pdf.render(taking.completed(place, lead)).startswith(b"%PDF")


def test_anybody_verifies_a_certificate_and_learns_three_things(place, lead):
    certificate = taking.completed(place, lead)
    page = Client().get(to("verify", certificate.code))
    shown = text(page)
    assert "This certificate is valid" in shown
    for words in (certificate.name, certificate.programme, long_date(certificate.issued_on)):
        assert words in shown
    for secret in (place.cohort.organisation.name, place.clinician.user.email, place.cohort.name, lead.name):
        assert secret not in shown
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    completing.revoke(certificate=certificate, reason="Given by mistake", by=lead)
    shown = text(Client().get(to("verify", certificate.code)))
    assert "This certificate was revoked" in shown
    assert "mistake" not in shown
    assert Client().get(to("certificate", certificate.pk)).status_code == 302


def test_code_of_a_certificate_is_masked_in_the_log():
    line = without_keys(None, "", {"event": "Not Found: /programmes/certificates/verify/a-code_1"})
    assert line["event"] == "Not Found: /programmes/certificates/verify/…"


def test_code_that_was_never_given_out_is_not_known_and_many_tries_are_slowed():
    answers = [Client().get(to("verify", f"guess-{number}")).status_code for number in range(61)]
    assert answers == [404] * 60 + [429]


# --- what waits, and queries -----------------------------------------------------------------------------------------


def test_lead_and_tutor_are_asked_to_note_a_session_until_it_is_noted(cohort, place, lead):
    taking.session(cohort, days=4)
    session = taking.session(cohort)
    for user in (lead, taking.tutor(cohort)):
        (need,) = presenters.sessions_to_note(user)
        assert (need.text, need.href) == ("Note who was at a session", to("attendance", session.pk))
    taking_part.note_attendance(session=session, marks={place.pk: "present"}, by=lead)
    assert presenters.sessions_to_note(lead) == []


def test_supporter_is_asked_for_check_ins_that_are_due(place):
    supporter = taking.supporter(place)
    taking.check_in(place, days=3)
    assert presenters.check_ins_due(supporter) == []
    due = taking.check_in(place, days=-1)
    (need,) = presenters.check_ins_due(supporter)
    assert (need.count, need.due) == (1, due.planned_on)
    supporting.note(check_in=due, held_on=today(), text="", worried=False, by=supporter)
    assert presenters.check_ins_due(supporter) == []


def grow(cohort, place, lead):
    """More of everything that these pages list."""
    for _ in range(3):
        other = taking.person(cohort)
        taking.all_done(other, lead)
        other.supporter = place.supporter
        other.save()
        taking.check_in(other, days=2)
        session = taking.session(cohort, days=-2)
        for one in (place, other):
            Attendance.objects.create(session=session, enrolment=one, attended="present", noted_by=lead)
        FellowshipObjective.objects.create(enrolment=place, text="Another", by_date=today())
        taking.check_in(place, days=5)


def test_pages_take_as_many_queries_for_many_as_for_one(sign_in, cohort, place, lead):
    supporter = taking.supporter(place)
    members = taking.a_set(cohort, [place])
    taking.session(cohort)
    looked_at = [
        (lead, to("cohort", cohort.pk)),
        (lead, to("person", place.pk)),
        (lead, to("sets", cohort.pk)),
        (lead, to("attendance", cohort.sessions.get().pk)),
        (place.clinician.user, to("mine")),
        (place.clinician.user, to("place", place.pk)),
        (place.clinician.user, to("set", members.pk)),
        (supporter, to("fellows")),
        (supporter, to("fellow", place.pk)),
    ]
    grow(cohort, place, lead)
    before = [queries_of(sign_in(user), path) for user, path in looked_at]
    grow(cohort, place, lead)
    taking.person(taking.running(cohort.organisation, by=lead)).state  # noqa: B018
    for other in cohort.enrolments.exclude(pk=place.pk):
        members.members.create(enrolment=other, position=other.pk)
    assert [queries_of(sign_in(user), path) for user, path in looked_at] == before


def test_people_of_a_large_cohort_come_in_pages(sign_in, lead):
    cohort = taking.running(lead.role_grants.get().organisation, by=lead, capacity=60)
    for _ in range(52):
        taking.person(cohort)
    page = sign_in(lead).get(to("cohort", cohort.pk))
    assert page.text.count(f'href="{to("person", 1)[:-1]}') == 50
    assert "after=" in page.text
    assert cohort.enrolments.filter(state=EnrolmentState.ENROLLED).count() == 52
