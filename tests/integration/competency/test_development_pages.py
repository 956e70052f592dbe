"""The pages of development, as a browser meets them."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.accounts.roles import Role
from registry.audit.models import ReadEvent
from registry.competency.development import presenters
from registry.competency.development import suggestions as registered
from registry.competency.development.actions import conversations, objectives, plans
from registry.competency.development.measures import NOTHING, STAGE
from registry.competency.development.states import Progress
from registry.competency.development.suggestions import Suggestion
from registry.competency.models import CareerConversation, DevelopmentPlan, Objective
from registry.kernel.clock import today
from tests.factories import boards
from tests.factories.competency import agreed, elements_of, framework, tiny
from tests.factories.development import in_days, objective, outcome, plan, preparing, recorded, shared, written_up
from tests.factories.people import PostFactory, RoleMixFactory, clinician_user, user_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nurse_has_the_appraiser")]


def to(name, *args):
    return reverse(f"competency:{name}", args=args)


def text(response):
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


# --- plans ---------------------------------------------------------------------------------------------------------


def test_clinician_without_an_agreed_assessment_is_told_what_it_needs(sign_in, nurse):
    page = text(sign_in(nurse.user).get(to("development")))
    assert "It needs an agreed assessment first." in page
    assert "Only you can see this page." in page
    assert "you have none yet" in text(sign_in(nurse.user).get(to("choose_assessment")))


def test_clinician_without_a_profile_is_told_whom_to_ask(sign_in, trust):
    user = user_with(Role.CLINICIAN, trust)
    browser = sign_in(user)
    assert "Ask the HR team" in text(browser.get(to("development")))
    assert browser.post(to("start_conversation")).url == to("development")


def test_clinician_goes_from_levels_to_an_achieved_objective(sign_in, nurse):
    assessment = agreed(nurse, framework("LF"), level=2)
    browser = sign_in(nurse.user)
    assert browser.get(to("choose_assessment")).url == to("start_plan", assessment.pk)
    offer = text(browser.get(to("start_plan", assessment.pk)))
    for words in ("What is expected at your career stage", "Chief nurse", "Our judgement", "No comparison"):
        assert words in offer
    begun = browser.post(to("start_plan", assessment.pk), {"target": STAGE})
    row = DevelopmentPlan.objects.get()
    assert begun.url == to("plan", row.pk)
    page = text(browser.get(begun.url))
    assert page.count("1 level") >= 5
    assert "1 Demonstrating personal qualities 2 3 (across services or wider organisation) 1 level" in re.sub(
        "(Domain|Agreed|Wanted|Short by) ", "", page
    ).replace("  ", " ")
    element = elements_of(row.version)[0]
    form = browser.get(to("add_objective", row.pk), {"element": element.pk}).text
    assert re.search(rf'value="{element.pk}"[^>]*checked', form)
    said = {"title": "Chair it", "elements": [element.pk], "success": "It decides.", "learning": "job", "evidence": ""}
    added = browser.post(
        to("add_objective", row.pk), said | date("due_on", in_days(60)) | date("review_on", in_days(9))
    )
    aim = Objective.objects.get()
    assert added.url == to("objective", aim.pk)
    assert "Chair it" in text(browser.get(to("plan", row.pk)))
    review = {"changed": "Two meetings."} | date("on", today()) | date("next_on", in_days(20))
    assert browser.post(to("review_objective", aim.pk), review).url == to("objective", aim.pk)
    assert browser.post(to("progress", aim.pk), {"to": "achieved", "reason": ""}).url == to("objective", aim.pk)
    page = text(browser.get(to("objective", aim.pk)))
    assert "Two meetings." in page
    assert "Achieved" in page
    assert "Change it" not in page
    assert browser.post(to("close_plan", row.pk), {"outcome": "I chair it."}).url == to("development")
    assert "closed on" in text(browser.get(to("development")))
    closed = text(browser.get(to("plan", row.pk)))
    assert "I chair it." in closed
    assert "Add an objective" not in closed


def test_largest_gaps_are_on_the_first_page_and_all_in_the_plan(sign_in, nurse):
    row = plan(nurse, framework("LF"), target="post-chief_executive", level=1)
    browser = sign_in(nurse.user)
    assert "These are the first 3 of 7 gaps" in text(browser.get(to("development")))
    page = text(browser.get(to("plan", row.pk)))
    assert page.count("Add an objective") >= 28
    assert "gaps of different scales cannot be compared" in page


def test_gaps_on_one_scale_are_put_in_order_without_a_word_about_scales(sign_in, nurse):
    page = text(sign_in(nurse.user).get(to("plan", plan(nurse, framework("LF"), target=STAGE, level=1).pk)))
    assert "The largest gap comes first" in page
    assert "different scales" not in page


def test_elements_of_an_objective_stand_under_their_domain(sign_in, nurse):
    row = plan(nurse, framework("LF"))
    browser = sign_in(nurse.user)
    page = browser.get(to("add_objective", row.pk)).text
    domains = list(row.version.domains.all())
    names = re.findall(r"nhsuk-checkboxes__divider[^>]*>([^<]+)<", page)
    assert names == [str(domain) for domain in domains]
    assert page.index(names[1]) < page.index(str(domains[1].elements.first())) < page.index(names[2])
    refused = browser.post(to("add_objective", row.pk), {"elements": []}).text
    assert 'href="#id_elements"' in refused
    assert re.search(r'<input[^>]* id="id_elements"', refused)


def test_not_observed_is_said_and_given_no_size(sign_in, nurse, trust, version):
    vacancy = boards.opened(trust, framework=version, levels={1: (2, 7)}, title="Chief nurse")
    row = plan(nurse, version, target=f"vacancy-{vacancy.pk}", level=0)
    page = text(sign_in(nurse.user).get(to("plan", row.pk)))
    assert "Not observed" in page
    assert "Not known" in page
    assert "First domain: 7" in page


def test_newer_assessment_is_pointed_out(sign_in, nurse, version, appraiser):
    row = plan(nurse, version)
    assert "A newer assessment" not in text(sign_in(nurse.user).get(to("plan", row.pk)))
    agreed(nurse, version, appraiser)
    assert "A newer assessment was agreed with you" in text(sign_in(nurse.user).get(to("plan", row.pk)))


def test_start_page_of_what_cannot_start_a_plan_leads_elsewhere(sign_in, nurse, version, appraiser):
    old, new = agreed(nurse, version, appraiser), agreed(nurse, version, appraiser)
    browser = sign_in(nurse.user)
    assert browser.get(to("start_plan", old.pk)).status_code == 404
    row = plans.start_plan(assessment=new, target=NOTHING, by=nurse.user)
    assert browser.get(to("start_plan", new.pk)).url == to("plan", row.pk)
    assert browser.post(to("start_plan", new.pk), {"target": NOTHING}).status_code == 409


@pytest.mark.parametrize("wrong", ["", "stage", "vacancy-999", "\0", "x" * 5000])
def test_target_that_is_not_offered_is_refused_in_words(sign_in, nurse, version, wrong):
    assessment = agreed(nurse, version)
    page = sign_in(nurse.user).post(to("start_plan", assessment.pk), {"target": wrong})
    assert "Choose one of the answers shown." in text(page)


def test_objective_form_says_what_is_wrong_and_keeps_what_was_typed(sign_in, nurse, version):
    row = plan(nurse, version)
    sent = {"title": "Chair it", "success": "", "learning": "talent", "elements": ["999999"], "due_on-day": "31"}
    page = sign_in(nurse.user).post(to("add_objective", row.pk), sent)
    for words in ("Say what success looks like.", "Enter a real date", "Choose one of the answers shown."):
        assert words in text(page)
    assert 'value="Chair it"' in page.text
    past = sent | {"success": "x", "learning": "job", "elements": [elements_of(version)[0].pk]}
    page = sign_in(nurse.user).post(to("add_objective", row.pk), past | date("due_on", in_days(-1)))
    assert "The due date must be today or later." in text(page)
    assert 'href="#id_due_on-day"' in page.text


@pytest.mark.parametrize("wrong", ["", "x", "-1", "²", "9" * 30])
def test_element_of_the_address_that_is_none_ticks_nothing(sign_in, nurse, version, wrong):
    row = plan(nurse, version)
    assert "checked" not in sign_in(nurse.user).get(to("add_objective", row.pk), {"element": wrong}).text


def test_two_windows_lose_nothing_of_an_objective(sign_in, nurse, version):
    aim = objective(plan(nurse, version))
    browser = sign_in(nurse.user)
    seen = hidden(browser.get(to("edit_objective", aim.pk)))
    said = {"elements": [elements_of(version)[0].pk], "success": "x", "learning": "job", "seen": seen}
    said |= date("due_on", in_days(60))
    assert browser.post(to("edit_objective", aim.pk), said | {"title": "First"}).status_code == 302
    again = browser.post(to("edit_objective", aim.pk), said | {"title": "Second"})
    assert "saved somewhere else" in text(again)
    assert "This is saved now: What you want to do: First" in text(again)
    said |= {"title": "Second", "seen": hidden(again)}
    assert browser.post(to("edit_objective", aim.pk), said).status_code == 302
    aim.refresh_from_db()
    assert aim.title == "Second"


def test_pages_of_what_is_over_lead_back(sign_in, nurse, version):
    row = plan(nurse, version)
    aim = objective(row)
    objectives.move_objective(objective=aim, to=Progress.DROPPED, reason="Moved on.", by=nurse.user)
    browser = sign_in(nurse.user)
    for name in ("edit_objective", "review_objective"):
        assert browser.get(to(name, aim.pk)).url == to("objective", aim.pk)
    assert browser.get(to("progress", aim.pk)).status_code == 200
    plans.close_plan(plan=row, outcome="", by=nurse.user)
    assert browser.get(to("progress", aim.pk)).url == to("objective", aim.pk)
    assert browser.get(to("add_objective", row.pk)).url == to("plan", row.pk)
    assert browser.get(to("close_plan", row.pk)).url == to("plan", row.pk)
    assert browser.post(to("progress", aim.pk), {"to": "under_way"}).status_code == 409


def test_every_form_with_free_text_warns_about_patients(sign_in, nurse, version, appraiser):
    row = plan(nurse, version)
    aim = objective(row)
    prepared = preparing(nurse)
    browser = sign_in(nurse.user)
    pages = [("add_objective", row), ("close_plan", row), ("edit_objective", aim), ("progress", aim)]
    pages += [("review_objective", aim), ("prepare_conversation", prepared)]
    for name, thing in pages:
        assert "Do not name patients" in text(browser.get(to(name, thing.pk))), name
    conversations.share(conversation=prepared, partner=appraiser, by=nurse.user)
    assert "Do not name patients" in text(browser.get(to("conversation_outcome", prepared.pk)))
    assert "Do not name patients" in text(sign_in(appraiser).get(to("conversation_view", prepared.pk)))


# --- suggestions ---------------------------------------------------------------------------------------------------


def test_suggestions_are_shown_where_a_room_registers_some_and_nothing_where_none_does(sign_in, nurse, monkeypatch):
    row = plan(nurse, framework("LF"), target=STAGE, level=2)
    browser = sign_in(nurse.user)
    assert "What may help" not in text(browser.get(to("plan", row.pk)))
    asked = []

    def source(user, clinician, gap):
        asked.append((user, clinician, gap.framework, gap.domain, gap.element, gap.missing))
        return [Suggestion("Programme", "Mary Seacole", "/programmes/1")] if gap.domain == "1" else []

    monkeypatch.setattr(registered, "suggestion_sources", [source])
    for name in ("plan", "development"):
        page = browser.get(to(name, *([row.pk] if name == "plan" else [])))
        assert text(page).count("Mary Seacole") == 1  # whichever of the domain's gaps it was named for
        assert 'href="/programmes/1"' in page.text
    assert (nurse.user, nurse, "LF", "1", "", 12) in asked
    assert (nurse.user, nurse, "LF", "5", "5.4", 12) in asked


# --- conversations -------------------------------------------------------------------------------------------------


def test_conversation_goes_from_preparation_to_the_record(sign_in, client, nurse, appraiser):
    mine = sign_in(nurse.user)
    begun = mine.post(to("start_conversation"))
    row = CareerConversation.objects.get()
    assert begun.url == to("prepare_conversation", row.pk)
    said = {"contribution": "Falls are down.", "approach": "", "growth": "A division.", "direction": "stretch"}
    said |= {"support": "", "seen": hidden(mine.get(begun.url)), "next": "share"}
    assert mine.post(begun.url, said).url == to("share_conversation", row.pk)
    assert "Your appraiser" in text(mine.get(to("share_conversation", row.pk)))
    assert mine.post(to("share_conversation", row.pk), {"partner": appraiser.pk}).url == to("conversation", row.pk)

    theirs = sign_in(appraiser)
    assert "Falls are down." in text(theirs.get(to("conversation", row.pk)))
    view = {"view": "You can.", "seen": hidden(theirs.get(to("conversation_view", row.pk)))}
    assert theirs.post(to("conversation_view", row.pk), view).url == to("conversation", row.pk)

    mine = sign_in(nurse.user)
    assert "You can." in text(mine.get(to("conversation", row.pk)))
    wrote = {"agreed_direction": "breadth", "agreed_actions": "Shadowing.", "seen": ""}
    wrote |= {"seen": hidden(mine.get(to("conversation_outcome", row.pk)))}
    wrote |= date("held_on", today()) | date("next_on", in_days(200))
    assert mine.post(to("conversation_outcome", row.pk), wrote).url == to("conversation", row.pk)
    seen = hidden(mine.get(to("conversation", row.pk)))
    mine.post(to("confirm_conversation", row.pk), {"seen": seen})
    assert "It is recorded once Grace Appraiser confirms it too." in text(mine.get(to("conversation", row.pk)))

    theirs = sign_in(appraiser)
    theirs.post(to("confirm_conversation", row.pk), {"seen": hidden(theirs.get(to("conversation", row.pk)))})
    row.refresh_from_db()
    assert row.state == "recorded"
    assert "Shadowing." in text(theirs.get(to("conversation", row.pk)))
    assert "Recorded" in text(sign_in(nurse.user).get(to("conversation", row.pk)))


def test_reading_what_somebody_shared_leaves_a_trace_that_they_see(sign_in, nurse, appraiser):
    row = shared(nurse)
    sign_in(nurse.user).get(to("conversation", row.pk))
    assert not ReadEvent.objects.exists()
    sign_in(appraiser).get(to("conversation", row.pk))
    assert [(event.actor_id, event.purpose) for event in ReadEvent.about(nurse)] == [(appraiser.pk, "conversation")]
    assert "Read the career conversation you shared" in text(sign_in(nurse.user).get("/people/me/seen-by"))


def test_partner_of_what_was_taken_back_is_told_so_and_strangers_nothing(sign_in, nurse, appraiser, trust):
    row = shared(nurse)
    conversations.take_back(conversation=row, by=nurse.user)
    for name in ("conversation", "conversation_view"):
        page = sign_in(appraiser).get(to(name, row.pk))
        assert page.status_code == 409
        assert "has been taken back" in text(page)
        assert "falls work" not in text(page)
    assert sign_in(appraiser).post(to("confirm_conversation", row.pk)).status_code == 409
    assert sign_in(boards.hr_officer(trust)).get(to("conversation", row.pk)).status_code == 404


def test_share_page_without_partners_says_whom_to_ask(sign_in, trust):
    alone = clinician_user(trust)
    row = preparing(alone)
    assert "neither is on your profile" in text(sign_in(alone.user).get(to("share_conversation", row.pk)))


def test_what_is_not_ready_is_not_shared(sign_in, nurse, appraiser):
    row = conversations.start_conversation(clinician=nurse, by=nurse.user)
    page = sign_in(nurse.user).post(to("share_conversation", row.pk), {"partner": appraiser.pk})
    assert "Say what you contribute, what you want and in which direction" in text(page)


def test_two_windows_lose_nothing_of_a_preparation(sign_in, nurse):
    row = preparing(nurse)
    browser = sign_in(nurse.user)
    seen = hidden(browser.get(to("prepare_conversation", row.pk)))
    assert browser.post(to("prepare_conversation", row.pk), {"growth": "First", "seen": seen}).status_code == 302
    again = browser.post(to("prepare_conversation", row.pk), {"growth": "Second", "seen": seen})
    assert "What you want: First" in text(again)
    assert hidden(again) != seen


def test_line_manager_without_another_role_reads_and_answers(sign_in, nurse, trust):
    manager = clinician_user(trust)
    nurse.line_manager = manager
    nurse.save()
    row = preparing(nurse)
    conversations.share(conversation=row, partner=manager.user, by=nurse.user)
    browser = sign_in(manager.user)
    assert f"{nurse} shared a career conversation with you" in text(browser.get("/"))
    assert str(nurse) in text(browser.get(to("shared_conversations")))
    view = {"view": "Yes.", "seen": hidden(browser.get(to("conversation_view", row.pk)))}
    assert browser.post(to("conversation_view", row.pk), view).status_code == 302


def test_owner_sees_before_sharing_again_what_the_same_partner_will_read_and_another_will_not(
    sign_in, nurse, appraiser
):
    row = written_up(nurse)
    conversations.add_view(conversation=row, view="Between us.", by=appraiser)
    conversations.take_back(conversation=row, by=nurse.user)
    browser = sign_in(nurse.user)
    page = text(browser.get(to("conversation", row.pk)))
    for words in ("Only you can read this.", "Between us.", "Ada shadows the site manager.", "Go on preparing"):
        assert words in page
    for words in ("Take it back", "Confirm what came of it", "Write up", "Change what came of it"):
        assert words not in page
    page = text(browser.get(to("share_conversation", row.pk)))
    assert f"If you choose {appraiser} again, they also read" in page
    assert f"what {appraiser} wrote and what you both agreed is deleted" in page


def test_partner_whose_page_is_old_sees_the_outcome_that_changed(sign_in, nurse, appraiser):
    row = shared(nurse)
    browser = sign_in(appraiser)
    seen = hidden(browser.get(to("conversation_view", row.pk)))
    conversations.write_outcome(conversation=row, outcome=outcome(), by=nurse.user)
    again = text(browser.post(to("conversation_view", row.pk), {"view": "Yes.", "seen": seen}))
    assert "This is saved now:" in again
    assert "What each will do: Ada shadows the site manager." in again


# --- what waits for a person ---------------------------------------------------------------------------------------


def needs(user):
    return [(need.text, need.count, need.due) for need in presenters.needs_now(type(user).objects.get(pk=user.pk))]


def test_reviews_are_needs_from_two_weeks_before(nurse, version):
    row = plan(nurse, version)
    aim = objective(row, title="Chair it", review_on=in_days(15))
    assert needs(nurse.user) == []
    objectives.review_objective(objective=aim, on=today(), changed="x", next_on=in_days(14), by=nurse.user)
    assert needs(nurse.user) == [("Review your objective: Chair it", None, in_days(14))]
    objective(row, review_on=today())
    assert needs(nurse.user) == [("Review your objectives", 2, today())]
    plans.close_plan(plan=row, outcome="", by=nurse.user)
    assert needs(nurse.user) == []


def test_each_is_told_when_the_conversation_waits_for_them(nurse, appraiser):
    row = shared(nurse)
    assert needs(nurse.user) == []
    assert needs(appraiser) == [(f"{nurse} shared a career conversation with you", None, None)]
    conversations.add_view(conversation=row, view="Yes.", by=appraiser)
    assert needs(appraiser) == []
    assert needs(nurse.user) == [("Write up your career conversation with Grace Appraiser", None, None)]


def test_both_are_told_to_confirm_until_they_have(nurse, appraiser):
    row = written_up(nurse)
    assert needs(nurse.user) == [("Confirm what you agreed with Grace Appraiser", None, None)]
    assert needs(appraiser) == [(f"Confirm what you and {nurse} agreed", None, None)]
    conversations.confirm(conversation=row, by=appraiser)
    assert needs(appraiser) == []
    conversations.confirm(conversation=row, by=nurse.user)
    assert needs(nurse.user) == []


def test_next_conversation_is_a_need_four_weeks_before(nurse, time_machine):
    row = recorded(nurse)
    assert needs(nurse.user) == []
    time_machine.move_to(
        datetime.datetime.combine(row.next_on, datetime.time(12), datetime.UTC) - datetime.timedelta(days=27)
    )
    assert needs(nurse.user) == [("Prepare your next career conversation", None, row.next_on)]


def test_several_shared_conversations_are_counted(appraiser, trust):
    for _ in range(3):
        shared(clinician_user(trust, appraiser=appraiser))
    assert needs(appraiser) == [("Answer or confirm career conversations", 3, None)]


def test_needs_ask_at_most_three_queries(nurse, appraiser, version):
    row = plan(nurse, version)
    objective(row, review_on=today())
    written_up(nurse)
    user = type(nurse.user).objects.get(pk=nurse.user_id)
    _ = user.grants
    with CaptureQueriesContext(connection) as queries:
        presenters.needs_now(user)
    assert len(queries) == 3


# --- how much it asks ----------------------------------------------------------------------------------------------


def test_my_development_asks_the_same_queries_for_one_and_three_of_everything(sign_in, nurse, trust):
    browser, counts = sign_in(nurse.user), []
    for codes in (["ONE"], ["TWO", "THREE"]):
        for code in codes:
            row = plan(nurse, tiny(code=code))
            for _ in range(len(codes)):
                objective(row)
            recorded(nurse)
            RoleMixFactory(post=PostFactory(clinician=nurse))
        counts.append(queries_of(browser, to("development")))
    assert counts[0] == counts[1] <= 22


def test_plan_asks_the_same_queries_for_one_and_three_objectives(sign_in, nurse, version):
    row, browser, counts = plan(nurse, version), sign_in(nurse.user), []
    for number in (1, 2):
        for _ in range(number):
            objective(row)
        counts.append(queries_of(browser, to("plan", row.pk)))
    assert counts[0] == counts[1]


def test_objective_asks_the_same_queries_for_one_and_three_reviews(sign_in, nurse, version):
    aim, browser, counts = objective(plan(nurse, version)), sign_in(nurse.user), []
    for number in (1, 2):
        for _ in range(number):
            objectives.review_objective(objective=aim, on=today(), changed="x", next_on=None, by=nurse.user)
        counts.append(queries_of(browser, to("objective", aim.pk)))
    assert counts[0] == counts[1]


def test_shared_conversations_ask_the_same_queries_for_one_and_three(sign_in, appraiser, trust):
    browser, counts = sign_in(appraiser), []
    for number in (1, 2):
        for _ in range(number):
            shared(clinician_user(trust, appraiser=appraiser))
        counts.append(queries_of(browser, to("shared_conversations")))
    assert counts[0] == counts[1]
