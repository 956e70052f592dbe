"""The pages of appraisals, as a browser meets them: what is on them, for whom, and in how many queries."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.accounts.roles import Role
from registry.appraisals import presenters
from registry.appraisals.actions import conducting, preparing
from registry.appraisals.models import Appraisal, Postponement
from registry.audit.models import ReadEvent
from registry.clinicians.presenters import profile
from registry.competency.timeline import entries_for
from registry.kernel.clock import today
from registry.nhsuk.dates import long_date
from tests.factories import competency, feedback
from tests.factories.appraisals import done, hold, in_days, open_one, placed, renewal, sent, signed
from tests.factories.competency import appraiser_at
from tests.factories.development import objective, plan
from tests.factories.people import clinician_user, grant, user_with

pytestmark = pytest.mark.django_db

NOTE, SUMMARY, OBJECTIVE = "In the blue folder", "We spoke of the falls work.", "Lead the falls review 0"


def to(name, *args):
    return reverse(f"appraisals:{name}", args=args)


def text(response):
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def hidden(response, name="seen"):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', response.text).group(1)


def date(name, day):
    return {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}


def queries_of(browser, path):
    browser.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(path).status_code == 200
    return len(queries)


def noted(row, note=NOTE):
    entry = row.checklist.get(code="cpd")
    preparing.save_entry(entry=entry, done=True, note=note, by=row.clinician.user)
    return row


# --- my appraisals ---------------------------------------------------------------------------------------------------


def test_person_under_nothing_is_told_what_will_be_here(sign_in, nurse):
    page = text(sign_in(nurse.user).get(to("mine")))
    assert "Your appraisals, and the dates of your registration, appear here" in page
    assert "Now" not in page


def test_person_sees_what_is_due_what_comes_later_and_what_is_over(sign_in, nurse):
    over = done(nurse, name="Annual appraisal")
    now = open_one(nurse, over.rule.cycle)
    later = renewal(nurse, due=400)
    page = text(sign_in(nurse.user).get(to("mine")))
    assert f"From {long_date(now.opens_on)}, due by {long_date(now.due_on)} Due now" in page
    assert page.index("Annual appraisal") < page.index("Later") < page.index(later.rule.cycle.name)
    assert f"Annual appraisal due by {long_date(over.due_on)}" in page[page.index("History") :]
    assert "What you and your appraiser write stays between the two of you." in page


def test_overdue_appraisal_says_so(sign_in, nurse):
    row = placed(nurse, last_done=400)
    assert row.due_on < today()
    assert "Overdue" in text(sign_in(nurse.user).get(to("mine")))


# --- preparing -------------------------------------------------------------------------------------------------------


def test_person_prepares_and_sends(sign_in, nurse, appraiser):
    row, browser = placed(nurse), sign_in(nurse.user)
    entry = row.checklist.get(code="cpd")
    page = text(browser.get(to("appraisal", row.pk)))
    assert "0 of 2 ready. Grace Appraiser sees it once you send it." in page
    answer = browser.post(to("entry", row.pk, entry.pk), {"done": "on", "note": NOTE})
    assert answer.url == to("appraisal", row.pk)
    assert "1 of 2 ready." in text(browser.get(to("appraisal", row.pk)))
    assert "Feedback from colleagues" in text(browser.get(to("send", row.pk)))
    assert browser.post(to("send", row.pk)).url == to("appraisal", row.pk)
    page = browser.get(to("appraisal", row.pk))
    assert "Take it back to change it" in text(page)
    assert to("entry", row.pk, entry.pk) not in page.text
    assert browser.get(to("entry", row.pk, entry.pk)).url == to("appraisal", row.pk)
    assert browser.post(to("entry", row.pk, entry.pk), {"note": "Too late."}).status_code == 409


def test_person_brings_feedback_levels_and_a_plan_of_their_own_only(sign_in, nurse, appraiser):
    row, browser = placed(nurse), sign_in(nurse.user)
    mine = plan(nurse, competency.tiny(code="MINE"))
    objective(mine)
    theirs = plan(clinician_user(nurse.organisation), competency.tiny(code="THEIRS"))
    round_ = feedback.released(nurse, competency.tiny(code="ROUND"))
    feedback_entry = row.checklist.get(code="feedback")
    for wrong in ({"plan": theirs.pk}, {"assessment": theirs.assessment_id}):
        assert "Choose one from the list." in text(browser.post(to("levels", row.pk), wrong))
    browser.post(to("levels", row.pk), {"assessment": mine.assessment_id, "plan": mine.pk})
    browser.post(to("entry", row.pk, feedback_entry.pk), {"done": "on", "feedback_round": round_.pk})
    assert "Linked: levels and plan" in text(browser.get(to("appraisal", row.pk)))
    browser.post(to("send", row.pk))
    read = text(sign_in(appraiser).get(to("conducted", row.pk)))
    assert "Tiny framework: levels agreed on" in read
    assert "Chair the falls group" in read
    assert f"Feedback from colleagues, talked through on {long_date(today())}" in read
    # The evidence somebody wrote for their levels stays between them and whoever agreed it.
    assert "I led the ward round rota." not in read


def test_person_asks_for_a_later_date_and_takes_it_back(sign_in, nurse):
    row, browser = placed(nurse), sign_in(nurse.user)
    wrong = browser.post(to("postpone", row.pk), {"reason": "other", **date("to_due_on", in_days(90))})
    assert "Say why, in your own words." in text(wrong)
    browser.post(to("postpone", row.pk), {"reason": "sickness", **date("to_due_on", in_days(90))})
    assert f"You asked for {long_date(in_days(90))} as the new date: sickness absence." in text(
        browser.get(to("appraisal", row.pk))
    )
    browser.post(to("withdraw_wish", row.pk))
    assert not Postponement.objects.exists()
    assert "Ask for a later date" in text(browser.get(to("appraisal", row.pk)))


# --- conducting ------------------------------------------------------------------------------------------------------


def test_appraiser_sees_what_was_prepared_only_once_it_was_sent(sign_in, nurse, appraiser):
    row = noted(placed(nurse))
    browser = sign_in(appraiser)
    assert NOTE not in text(browser.get(to("conducted", row.pk)))
    assert "has not sent it to you yet" in text(browser.get(to("conduct", row.pk)))
    preparing.send(appraisal=row, by=nurse.user)
    assert NOTE in text(browser.get(to("conducted", row.pk)))
    preparing.take_back(appraisal=row, by=nurse.user)
    assert NOTE not in text(browser.get(to("conducted", row.pk)))
    assert ReadEvent.about(nurse).filter(purpose="appraisal", actor_id=appraiser.pk).count() == 3


def test_appraiser_meets_writes_up_and_signs(sign_in, nurse, appraiser):
    row, browser = sent(nurse), sign_in(appraiser)
    when = {**date("day", today()), "time": "2:30pm", "place": "Room 4"}
    assert "Enter a time, like 14:30." in text(browser.post(to("meeting", row.pk), when | {"time": "noon"}))
    browser.post(to("meeting", row.pk), when)
    assert "at 2:30pm" in text(browser.get(to("conduct", row.pk)))
    browser.post(to("cancel_meeting", row.pk))
    browser.post(to("meeting", row.pk), when)
    said = {"text": "Lead it.", "measure": "It is led.", **date("by_date", in_days(90))}
    assert "Say what you agreed." in text(browser.post(to("add_objective", row.pk), said | {"text": " "}))
    browser.post(to("add_objective", row.pk), said)
    browser.post(to("add_objective", row.pk), said)
    first, second = row.objectives.all()
    browser.post(to("change_objective", row.pk, first.pk), said | {"text": "Lead it well."})
    browser.post(to("remove_objective", row.pk, second.pk))
    assert [one.text for one in row.objectives.all()] == ["Lead it well."]
    assert browser.get(to("appraiser_sign", row.pk)).url == to("conduct", row.pk)
    seen = hidden(browser.get(to("summary", row.pk)))
    browser.post(to("summary", row.pk), {"summary": SUMMARY, "outcome": "completed", "seen": seen})
    page = browser.get(to("appraiser_sign", row.pk))
    assert browser.post(to("appraiser_sign", row.pk), {"seen": hidden(page)}).url == to("conduct", row.pk)
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("signed", "completed")
    assert browser.get(to("summary", row.pk)).url == to("conduct", row.pk)


def test_summary_saved_in_another_window_is_shown_before_it_is_replaced(sign_in, nurse, appraiser):
    row, browser = sent(nurse), sign_in(appraiser)
    opened = hidden(browser.get(to("summary", row.pk)))
    browser.post(to("summary", row.pk), {"summary": "First window.", "outcome": "completed", "seen": opened})
    second = {"summary": "Second window.", "outcome": "completed"}
    page = browser.post(to("summary", row.pk), second | {"seen": opened})
    assert "This is saved now:" in text(page)
    assert "First window." in text(page)
    browser.post(to("summary", row.pk), second | {"seen": hidden(page)})
    row.refresh_from_db()
    assert row.summary == "Second window."


def test_last_times_objectives_are_looked_back_on(sign_in, nurse, appraiser):
    over = done(nurse)
    row, browser = open_one(nurse, over.rule.cycle), sign_in(appraiser)
    (last,) = over.objectives.all()
    assert "0 of 1 looked at" in text(browser.get(to("conduct", row.pk)))
    browser.post(to("last_time", row.pk), {f"result_{last.pk}": "met"})
    assert "1 of 1 looked at" in text(browser.get(to("conduct", row.pk)))
    assert "Met" in text(sign_in(nurse.user).get(to("record", row.pk)))


def test_person_reads_the_summary_only_once_it_is_signed(sign_in, nurse, appraiser):
    row, browser = hold(sent(nurse)), sign_in(nurse.user)
    page = text(browser.get(to("record", row.pk)))
    assert OBJECTIVE in page
    assert SUMMARY not in page
    conducting.sign(appraisal=row, by=appraiser)
    assert SUMMARY in text(browser.get(to("record", row.pk)))


def test_person_signs_and_finds_the_next_one(sign_in, nurse):
    row, browser = signed(nurse), sign_in(nurse.user)
    page = browser.get(to("sign", row.pk))
    assert SUMMARY in text(page)
    answer = browser.post(to("sign", row.pk), {"seen": "something else"})
    assert answer.status_code == 409
    assert browser.post(to("sign", row.pk), {"seen": hidden(page)}).url == to("record", row.pk)
    assert browser.get(to("appraisal", row.pk)).url == to("record", row.pk)
    assert "Later" in text(browser.get(to("mine")))


def test_person_returns_it_and_the_appraiser_reads_why(sign_in, nurse, appraiser):
    row = signed(nurse)
    sign_in(nurse.user).post(to("send_back", row.pk), {"reason": "We said March."})
    page = text(sign_in(appraiser).get(to("conduct", row.pk)))
    assert f"{nurse} returned this on {long_date(today())}: We said March." in page


# --- renewals --------------------------------------------------------------------------------------------------------


def test_renewal_is_recorded_once_its_window_is_open(sign_in, nurse):
    row, browser = renewal(nurse, due=30), sign_in(nurse.user)
    assert "Record it as done" in text(browser.get(to("appraisal", row.pk)))
    wrong = browser.post(to("record_done", row.pk), {"outcome": "renewed", **date("done_on", in_days(1))})
    assert "The day it was done must be today or earlier." in text(wrong)
    answer = browser.post(to("record_done", row.pk), {"outcome": "renewed", **date("done_on", today())})
    assert answer.url == to("mine")
    assert "Revalidated or renewed" in text(browser.get(to("record", row.pk)))
    far = renewal(nurse, due=400)
    assert f"You can record it as done from {long_date(far.opens_on)}." in text(browser.get(to("appraisal", far.pk)))


def test_renewal_has_no_pages_of_an_appraisal(sign_in, nurse):
    row, browser = renewal(nurse), sign_in(nurse.user)
    for name in ("levels", "send", "postpone", "sign"):
        assert browser.get(to(name, row.pk)).status_code == 404
    assert browser.get(to("record_done", placed(nurse).pk)).status_code == 404


# --- who sees what ---------------------------------------------------------------------------------------------------


def test_employers_officers_see_that_and_when_never_what(sign_in, nurse, hr):
    over = done(nurse, by=hr)
    noted(open_one(nurse, over.rule.cycle))
    browser = sign_in(hr)
    for name in ("appraisal", "record", "conduct", "conducted"):
        assert browser.get(to(name, over.pk)).status_code == 404
    pages = [
        text(browser.get(reverse("clinicians:profile", args=[nurse.pk]))),
        text(browser.get(reverse("competency:timeline_of", args=[nurse.pk]))),
    ]
    assert f"Last done on {long_date(over.done_on)}" in pages[0]
    assert f"{over.rule.cycle.name}: done" in pages[1]
    for page in pages:
        for words in (NOTE, SUMMARY, OBJECTIVE, "agreed actions"):
            assert words not in page


def test_officer_who_is_an_appraiser_reads_only_their_own_appraisees(sign_in, nurse, hr):
    row = sent(nurse, by=hr)
    grant(hr, Role.APPRAISER, nurse.organisation)
    assert sign_in(hr).get(to("conducted", row.pk)).status_code == 404


def test_new_appraiser_does_not_read_what_was_said_before(sign_in, nurse):
    over = done(nurse)
    another = appraiser_at(nurse.organisation)
    following = open_one(nurse, over.rule.cycle)
    Appraisal.objects.filter(pk=following.pk).update(appraiser=another)
    browser = sign_in(another)
    assert browser.get(to("conducted", over.pk)).status_code == 404
    page = text(browser.get(to("conducted", following.pk)))
    assert OBJECTIVE in page
    assert SUMMARY not in page


def test_profile_shows_each_cycle_once_with_its_dates(nurse, hr):
    over = done(nurse, by=hr)
    row = open_one(nurse, over.rule.cycle)
    (line,) = next(one for one in profile(nurse, user=hr)["panels"] if one.title.startswith("Appraisals")).lines
    assert line.values == [
        f"Due by {long_date(row.due_on)}",
        "Appraiser: Grace Appraiser",
        f"Last done on {long_date(over.done_on)}",
    ]
    assert line.links == []
    assert presenters.panel(user_with(Role.HR_OFFICER, appraiser_org(nurse)), nurse) is None


def appraiser_org(nurse):
    return clinician_user(type(nurse.organisation).objects.create(ods_code="ZZ9", name="Elsewhere")).organisation


def test_timeline_leads_the_person_to_their_record(nurse, hr):
    over = done(nurse, by=hr)
    (own,) = [one for one in entries_for(nurse.user, nurse) if one.title.endswith(": done")]
    (theirs,) = [one for one in entries_for(hr, nurse) if one.title.endswith(": done")]
    assert (own.on, own.href) == (over.done_on, to("record", over.pk))
    assert (theirs.on, theirs.href, theirs.text) == (over.done_on, "", "With Grace Appraiser.")


# --- what waits ------------------------------------------------------------------------------------------------------


def needs(user):
    user.__dict__.pop("_scopes", None)
    return [(need.text, need.href, need.count, need.due, need.role) for need in presenters.needs_now(user)]


def test_home_page_says_what_is_next_what_is_due_and_what_waits_for_a_signature(nurse, appraiser):
    far = renewal(nurse, due=400)
    assert needs(nurse.user) == [
        (f"Next: {far.rule.cycle.name}", to("appraisal", far.pk), None, far.due_on, "clinician")
    ]
    row = placed(nurse)
    name = row.rule.cycle.name
    assert needs(nurse.user) == [(f"Prepare: {name}", to("appraisal", row.pk), None, row.due_on, "clinician")]
    preparing.send(appraisal=row, by=nurse.user)
    assert needs(nurse.user)[0][0] == f"{name}: with Grace Appraiser"
    row = hold(row)
    conducting.sign(appraisal=row, by=appraiser)
    assert needs(nurse.user)[0][:2] == (f"Read and sign: {name}", to("sign", row.pk))


def test_home_page_of_an_appraiser_says_whom_to_meet_to_prepare_for_and_to_sign(nurse, appraiser):
    row = sent(nurse)
    here = to("appraisees")
    assert needs(appraiser) == [("Appraisals to set a meeting for", here, 1, row.due_on, "appraiser")]
    soon = presenters.timezone.now() + presenters.MEETING_AHEAD - presenters.datetime.timedelta(days=2)
    conducting.set_meeting(appraisal=row, at=soon, by=appraiser)
    assert needs(appraiser)[0][0] == "Appraisals to prepare for"
    hold(row)
    assert needs(appraiser)[0][0] == "Appraisals to write up and sign"


# --- constant queries ------------------------------------------------------------------------------------------------


def test_lists_take_as_many_queries_with_three_rows_as_with_one(sign_in, nurse, appraiser, hr):
    done(nurse, by=hr)

    def counts():
        own = [queries_of(sign_in(nurse.user), path) for path in (to("mine"), "/")]
        return own + [queries_of(sign_in(appraiser), path) for path in (to("appraisees"), "/")]

    before = counts()
    for name in ("Review", "Another"):
        done(nurse, by=hr, name=name)
    assert counts() == before


def test_one_appraisal_takes_as_many_queries_with_three_objectives_as_with_one(sign_in, nurse, appraiser):
    one, three = hold(sent(nurse, name="One")), hold(sent(nurse, name="Three"), objectives=3)
    for who, names in ((nurse.user, ("appraisal", "record")), (appraiser, ("conduct", "conducted"))):
        for name in names:
            browser = sign_in(who)
            assert queries_of(browser, to(name, one.pk)) == queries_of(browser, to(name, three.pk))


# --- the way there ---------------------------------------------------------------------------------------------------


def test_menu_has_one_entry_for_appraisees_whichever_page_they_are_on(sign_in, appraiser):
    for path in (to("appraisees"), reverse("competency:appraisees")):
        page = sign_in(appraiser).get(path)
        assert page.text.count(f'href="{to("appraisees")}" aria-current="true"') == 1
        assert "My leadership" not in page.text


def test_appraisees_page_leads_to_the_assessments_to_agree(sign_in, nurse, appraiser):
    competency.submitted(nurse, competency.tiny(), appraiser)
    page = sign_in(appraiser).get(to("appraisees"))
    assert "Assessments to agree (1)" in text(page)
    assert reverse("competency:appraisees") in page.text
    assert "You have nobody to appraise at present." in text(page)
