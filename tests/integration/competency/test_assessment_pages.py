"""The pages of assessments, as a browser meets them: with and without JavaScript, and with hostile input."""

import re

import pytest
from django.urls import reverse

from registry.accounts.roles import Role
from registry.audit.models import ReadEvent
from registry.competency import actions
from registry.competency.actions import Answer, mark_of
from registry.competency.models import Assessment, ElementLevel
from registry.competency.presenters import needs_now
from registry.kernel.needs import Need
from tests.factories.competency import (
    agreed,
    answered,
    appraiser_at,
    draft,
    elements_of,
    framework,
    judge,
    submitted,
    tiny,
)
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, grant, user_with

pytestmark = pytest.mark.django_db
HUGE = 10**30


def to(name, *args):
    return reverse(f"competency:{name}", args=args)


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def fields(response):
    """The values a browser would send back from the page's last form."""
    html = response.content.decode()
    found = {}
    for tag in re.findall(r"<input[^>]*>", html):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") == "hidden" or re.search(r"\schecked\b", tag):
            found[attributes["name"]] = attributes.get("value", "")
    found |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', html))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]*selected', options)
        found[name] = chosen.group(1) if chosen else ""
    found.pop("csrfmiddlewaretoken", None)
    return found


@pytest.fixture
def elements(version):
    return elements_of(version)


# --- the clinician -------------------------------------------------------------------------------------------------


def test_clinician_goes_from_start_to_submitted(sign_in, nurse, version, elements, appraiser):
    nurse.appraiser = appraiser
    nurse.save()
    client = sign_in(nurse.user)
    assert "Nobody else sees an assessment until you send it" in text(client.get(to("mine")))
    begun = client.post(to("start"), {"version": version.pk})
    assessment = Assessment.objects.get()
    assert begun.url == to("assessment", assessment.pk)
    tasks = client.get(begun.url)
    assert "You have completed 0 of 1 parts" in text(tasks)
    assert "Not started" in text(tasks)
    page = client.get(to("domain", assessment.pk, 1))
    one, two = elements
    sent = fields(page) | {f"level_{one.pk}": "2", f"evidence_{one.pk}": "Rounds.\r\nEvery day.", "next": "later"}
    assert client.post(to("domain", assessment.pk, 1), sent).url == to("assessment", assessment.pk)
    assert "1 of 2 answered" in text(client.get(to("assessment", assessment.pk)))
    assert "1 is missing" in text(client.get(to("review", assessment.pk)))
    sent = fields(client.get(to("domain", assessment.pk, 1)))
    assert sent[f"level_{one.pk}"] == "2"
    assert sent[f"evidence_{one.pk}"] == "Rounds.\nEvery day."
    saved = client.post(to("domain", assessment.pk, 1), sent | {f"level_{two.pk}": "1", "next": "continue"})
    assert saved.url == to("review", assessment.pk)
    review = client.get(saved.url)
    assert fields(review)["appraiser"] == str(appraiser.pk)
    assert client.post(saved.url, fields(review)).url == to("result", assessment.pk)
    assessment.refresh_from_db()
    assert (assessment.state, assessment.appraiser) == ("submitted", appraiser)
    assert "Sent to Grace Appraiser." in text(client.get(to("result", assessment.pk)))


def test_after_saving_comes_the_next_domain(sign_in, nurse):
    assessment = draft(nurse, framework("HLM"))
    client = sign_in(nurse.user)
    sent = fields(client.get(to("domain", assessment.pk, 1))) | {"next": "continue"}
    assert client.post(to("domain", assessment.pk, 1), sent).url == to("domain", assessment.pk, 2)


def test_start_offers_the_default_first_and_closed_ones_only_to_read(sign_in, nurse):
    lf, hlm, lqf = framework("LF"), framework("HLM"), framework("LQF")
    page = sign_in(nurse.user).get(to("start"))
    assert fields(page) == {"version": str(lf.pk)}
    assert f'value="{hlm.pk}"' in page.content.decode()
    assert f'value="{lqf.pk}"' not in page.content.decode()
    assert to("framework", lqf.pk) in page.content.decode()


@pytest.mark.parametrize("wrong", ["", "x", "\0", str(HUGE), "-1"])
def test_start_refuses_what_is_no_open_framework(sign_in, nurse, wrong):
    closed = framework("LQF")
    client = sign_in(nurse.user)
    for value in (wrong, closed.pk):
        page = client.post(to("start"), {"version": value})
        assert page.status_code == 200
        assert "There is a problem" in text(page)
    assert not Assessment.objects.exists()


def test_page_typed_into_is_saved_as_one_types(sign_in, nurse, version, elements):
    assessment = draft(nurse, version)
    client = sign_in(nurse.user)
    sent = fields(client.get(to("domain", assessment.pk, 1))) | {f"level_{elements[0].pk}": "1"}
    first = client.post(to("domain", assessment.pk, 1), sent, headers={"HX-Request": "true"})
    assert "Saved." in text(first)
    assert assessment.levels.get(element=elements[0]).self_level == 1
    # The marks that came back make the next save of the same page no conflict.
    again = sent | fields(first) | {f"level_{elements[0].pk}": "2"}
    assert "Saved." in text(client.post(to("domain", assessment.pk, 1), again, headers={"HX-Request": "true"}))
    assert assessment.levels.get(element=elements[0]).self_level == 2


def test_two_tabs_lose_nothing(sign_in, nurse, version, elements):
    assessment = draft(nurse, version)
    client = sign_in(nurse.user)
    one = elements[0].pk
    opened = fields(client.get(to("domain", assessment.pk, 1)))
    first = opened | {f"level_{one}": "1", f"evidence_{one}": "From the first tab", "next": "continue"}
    second = opened | {f"level_{one}": "2", f"evidence_{one}": "From the second tab", "next": "continue"}
    client.post(to("domain", assessment.pk, 1), first)
    quiet = client.post(to("domain", assessment.pk, 1), second, headers={"HX-Request": "true"})
    assert "Not saved." in text(quiet)
    shown = client.post(to("domain", assessment.pk, 1), second)
    assert "saved somewhere else since you opened it" in text(shown)
    assert "Saved somewhere else for 1.1: Seldom" in text(shown)
    assert "From the first tab" in text(shown)
    assert fields(shown)[f"evidence_{one}"] == "From the second tab"
    assert assessment.levels.get(element=one).evidence == "From the first tab"
    assert client.post(to("domain", assessment.pk, 1), fields(shown)).status_code == 302
    assert assessment.levels.get(element=one).evidence == "From the second tab"


@pytest.mark.parametrize(
    ("level", "evidence", "message"),
    [
        ("3", "", "Choose one of the levels shown."),
        ("-1", "", "Choose one of the levels shown."),
        ("1\0", "", "Choose one of the levels shown."),
        (str(HUGE), "", "Choose one of the levels shown."),
        ("1", "x" * 2001, "Use at most 2000 characters; this has 2001."),
        ("1", "a\0b", "Remove the null characters."),
    ],
)
def test_hostile_answer_gets_a_message_beside_the_field(sign_in, nurse, version, elements, level, evidence, message):
    assessment = draft(nurse, version)
    one = elements[0].pk
    sent = {f"level_{one}": level, f"evidence_{one}": evidence}
    client = sign_in(nurse.user)
    page = client.post(to("domain", assessment.pk, 1), sent)
    assert page.status_code == 200
    assert message in text(page)
    assert re.search(rf'href="#id_(level|evidence)_{one}"', page.content.decode())
    assert message in text(client.post(to("domain", assessment.pk, 1), sent, headers={"HX-Request": "true"}))
    assert not assessment.levels.exists()


def test_long_text_is_refused_rather_than_cut_by_the_browser(sign_in, nurse, version):
    assessment = draft(nurse, version)
    assert "maxlength" not in sign_in(nurse.user).get(to("domain", assessment.pk, 1)).content.decode()


def test_line_breaks_count_once(sign_in, nurse, version, elements):
    assessment = draft(nurse, version)
    evidence = "\r\n".join(["x"] * 1000)
    client = sign_in(nurse.user)
    sent = fields(client.get(to("domain", assessment.pk, 1))) | {f"evidence_{elements[0].pk}": evidence}
    client.post(to("domain", assessment.pk, 1), sent)
    assert len(assessment.levels.get(element=elements[0]).evidence) == 1999


def test_element_of_another_framework_is_passed_over(sign_in, nurse, version):
    foreign = elements_of(framework("HLM"))[0]
    assessment = draft(nurse, version)
    sign_in(nurse.user).post(to("domain", assessment.pk, 1), {f"level_{foreign.pk}": "1"})
    assert not ElementLevel.objects.filter(element=foreign).exists()


def test_what_people_write_is_never_markup(sign_in, nurse, version, elements, appraiser):
    script = "<script>alert(1)</script> & “é”"
    assessment = draft(nurse, version)
    answers = {element.pk: Answer(2, script) for element in elements}
    actions.save_answers(assessment=assessment, answers=answers, by=nurse.user)
    client = sign_in(nurse.user)
    pages = [client.get(to("domain", assessment.pk, 1)), client.get(to("review", assessment.pk))]
    actions.submit(assessment=assessment, appraiser=appraiser, by=nurse.user)
    actions.send_back(assessment=assessment, reason=script, by=appraiser)
    pages.append(client.get(to("assessment", assessment.pk)))
    actions.submit(assessment=assessment, appraiser=appraiser, by=nurse.user)
    judge(assessment, 1, reason=script)
    client = sign_in(appraiser)
    pages += [client.get(to("agree", assessment.pk)), client.get(to("confirm", assessment.pk))]
    actions.agree(assessment=assessment, by=appraiser)
    pages.append(sign_in(nurse.user).get(to("result", assessment.pk)))
    for page in pages:
        assert "<script>alert" not in page.content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; “é”" in page.content.decode()


@pytest.mark.parametrize("appraiser_id", ["", "x", "\0", str(HUGE)])
def test_submitting_to_nobody_in_the_list_is_refused(sign_in, nurse, version, appraiser, appraiser_id):
    assessment = answered(nurse, version)
    client = sign_in(nurse.user)
    for value in (appraiser_id, nurse.user.pk, appraiser_at(OrganisationFactory()).pk):
        page = client.post(to("review", assessment.pk), {"appraiser": value})
        assert page.status_code == 200
        assert 'href="#id_appraiser"' in page.content.decode()
    assessment.refresh_from_db()
    assert assessment.state == "draft"


def test_incomplete_assessment_cannot_be_posted_past_the_page(sign_in, nurse, version, appraiser):
    assessment = draft(nurse, version)
    page = sign_in(nurse.user).post(to("review", assessment.pk), {"appraiser": appraiser.pk})
    assert "Answer every element first: 2 are not answered yet." in text(page)


def test_trust_without_appraisers_says_whom_to_ask(sign_in, nurse, version):
    assessment = answered(nurse, version)
    assert "Ask your HR team. Your answers are kept." in text(sign_in(nurse.user).get(to("review", assessment.pk)))


def test_taking_back_and_withdrawing_ask_first(sign_in, nurse, version, appraiser):
    assessment = submitted(nurse, version, appraiser)
    client = sign_in(nurse.user)
    assert client.get(to("take_back", assessment.pk)).status_code == 405
    assert "Take it back instead" in text(client.get(to("withdraw", assessment.pk)))
    assert client.post(to("take_back", assessment.pk)).url == to("assessment", assessment.pk)
    assert "Take it back instead" not in text(client.get(to("withdraw", assessment.pk)))
    assert client.post(to("withdraw", assessment.pk)).url == to("mine")
    assert client.post(to("withdraw", assessment.pk)).status_code == 409
    assert "Withdrawn" in text(client.get(to("mine")))
    assert client.get(to("result", assessment.pk)).status_code == 200


def test_pages_of_another_state_lead_to_the_result(sign_in, nurse, version, appraiser):
    assessment = submitted(nurse, version, appraiser)
    client = sign_in(nurse.user)
    for name, *more in (("assessment",), ("domain", 1), ("review",)):
        assert client.get(to(name, assessment.pk, *more)).url == to("result", assessment.pk)
    sent = {f"level_{elements_of(version)[0].pk}": "1"}
    assert client.post(to("domain", assessment.pk, 1), sent).status_code == 409
    quiet = client.post(to("domain", assessment.pk, 1), sent, headers={"HX-Request": "true"})
    assert "Not saved. This assessment has already been sent to the appraiser." in text(quiet)
    assert client.post(to("review", assessment.pk), {"appraiser": appraiser.pk}).status_code == 409


def test_clinician_without_a_profile_is_told_whom_to_ask(sign_in, trust):
    client = sign_in(user_with(Role.CLINICIAN, trust))
    assert "Ask the HR team" in text(client.get(to("mine")))
    assert client.get(to("start")).status_code == 404


# --- foreign addresses ---------------------------------------------------------------------------------------------

OWN = [("assessment",), ("domain", 1), ("review",), ("withdraw",)]
MINE_TO_AGREE = [("agree",), ("confirm",), ("send_back",)]


def test_others_assessments_are_not_found_in_any_state(sign_in, nurse, trust, appraiser):
    rows = [
        answered(nurse, framework("HLM")),
        submitted(nurse, framework("LCF"), appraiser),
        agreed(nurse, tiny(), appraiser),
    ]
    strangers = [
        clinician_user(trust).user,
        appraiser_at(trust),
        user_with(Role.HR_OFFICER, trust),
        user_with(Role.HR_OFFICER, OrganisationFactory()),
        user_with(Role.ADMINISTRATOR),
    ]
    for stranger in strangers:
        client = sign_in(stranger)
        for row in rows:
            for name, *more in OWN + MINE_TO_AGREE:
                assert client.get(to(name, row.pk, *more)).status_code == 404
                assert client.post(to(name, row.pk, *more)).status_code == (405 if name == "assessment" else 404)
    assert [row.state for row in Assessment.objects.order_by("pk")] == ["draft", "submitted", "agreed"]


def test_addresses_of_nothing_are_not_found(sign_in, nurse, version, appraiser):
    assessment = draft(nurse, version)
    client = sign_in(nurse.user)
    grant(nurse.user, Role.APPRAISER, nurse.organisation)
    for name, *more in [*OWN, *MINE_TO_AGREE, ("result",)]:
        for pk in (0, assessment.pk + 1, HUGE):
            assert client.get(to(name, pk, *more)).status_code == 404
    for pk in (0, version.pk + 1, HUGE):
        assert client.get(to("framework", pk)).status_code == 404
    for position in (0, 2, HUGE):
        assert client.get(to("domain", assessment.pk, position)).status_code == 404


def test_anonymous_people_are_asked_to_sign_in(client, nurse, version):
    assessment = draft(nurse, version)
    for name, *args in (("mine",), ("assessment", assessment.pk), ("result", assessment.pk), ("frameworks",)):
        assert client.get(to(name, *args)).url.startswith(reverse("account_login"))


# --- the appraiser -------------------------------------------------------------------------------------------------


def test_appraiser_agrees_side_by_side(sign_in, nurse, version, appraiser, elements):
    assessment = submitted(nurse, version, appraiser)
    client = sign_in(appraiser)
    assert "To agree (1)" in text(client.get(to("appraisees")))
    page = client.get(to("agree", assessment.pk))
    assert "I led the ward round rota." in text(page)
    one, two = elements
    sent = fields(page)
    assert (sent[f"level_{one.pk}"], sent[f"level_{two.pk}"]) == ("2", "2")
    refused = client.post(to("agree", assessment.pk), sent | {f"level_{one.pk}": "1"})
    assert "Give a reason: your level for 1.1 Listening differs." in text(refused)
    assert f'href="#id_reason_{one.pk}"' in refused.content.decode()
    assert not assessment.levels.filter(agreed_level__isnull=False).exists()
    sent |= {f"level_{one.pk}": "1", f"reason_{one.pk}": "Once only."}
    assert client.post(to("agree", assessment.pk), sent | {"next": "later"}).url == to("appraisees")
    again = fields(client.get(to("agree", assessment.pk)))
    assert (again[f"level_{one.pk}"], again[f"reason_{one.pk}"]) == ("1", "Once only.")
    assert client.post(to("agree", assessment.pk), again | {"next": "confirm"}).url == to("confirm", assessment.pk)
    confirm = client.get(to("confirm", assessment.pk))
    assert "You keep 1 level and change 1." in text(confirm)
    done = client.post(to("confirm", assessment.pk), fields(confirm))
    assert done.url == to("result", assessment.pk)
    assert client.post(to("confirm", assessment.pk), fields(confirm)).status_code == 409
    seen = text(sign_in(nurse.user).get(to("result", assessment.pk)))
    for words in ("Once only.", "Often", "Seldom", "It is the same"):
        assert words in seen


def test_clinician_does_not_see_levels_before_they_are_agreed(sign_in, nurse, version, appraiser):
    assessment = submitted(nurse, version, appraiser)
    judge(assessment, 1, reason="Not what I saw.")
    assert "Not what I saw." not in text(sign_in(nurse.user).get(to("result", assessment.pk)))


def test_confirming_something_else_than_was_shown_is_refused(sign_in, nurse, version, appraiser):
    assessment = submitted(nurse, version, appraiser)
    client = sign_in(appraiser)
    assert client.get(to("confirm", assessment.pk)).url == to("agree", assessment.pk)
    judge(assessment, 2)
    shown = mark_of(assessment.levels.all())
    judge(assessment, 1)
    assert client.post(to("confirm", assessment.pk), {"seen": shown}).status_code == 409
    assert client.post(to("confirm", assessment.pk)).status_code == 409
    assessment.refresh_from_db()
    assert assessment.state == "submitted"


def test_two_tabs_of_the_appraiser_lose_nothing(sign_in, nurse, version, appraiser, elements):
    assessment = submitted(nurse, version, appraiser)
    client = sign_in(appraiser)
    one = elements[0].pk
    opened = fields(client.get(to("agree", assessment.pk)))
    client.post(to("agree", assessment.pk), opened | {f"level_{one}": "1", f"reason_{one}": "First tab"})
    shown = client.post(to("agree", assessment.pk), opened | {f"reason_{one}": "Second tab"})
    assert "saved somewhere else since you opened it" in text(shown)
    assert fields(shown)[f"reason_{one}"] == "Second tab"
    assert assessment.levels.get(element=one).reason == "First tab"
    assert client.post(to("agree", assessment.pk), fields(shown)).status_code == 302


def test_appraiser_returns_it_with_a_reason(sign_in, nurse, version, appraiser):
    assessment = submitted(nurse, version, appraiser)
    client = sign_in(appraiser)
    for reason in ("", "  ", "x" * 1001, "a\0b"):
        page = client.post(to("send_back", assessment.pk), {"reason": reason})
        assert 'href="#id_reason"' in page.content.decode()
    assert client.post(to("send_back", assessment.pk), {"reason": "Say more."}).url == to("appraisees")
    assert "Nothing has been sent to you yet" in text(client.get(to("appraisees")))
    shown = text(sign_in(nurse.user).get(to("assessment", assessment.pk)))
    assert "Grace Appraiser returned this to you" in shown
    assert "Say more." in shown


def test_appraiser_is_told_when_the_clinician_has_it_back(sign_in, nurse, version, appraiser):
    assessment = submitted(nurse, version, appraiser)
    actions.take_back(assessment=assessment, by=nurse.user)
    client = sign_in(appraiser)
    for name, *more in MINE_TO_AGREE:
        page = client.post(to(name, assessment.pk, *more))
        assert page.status_code == 409
        assert "taken this assessment back or withdrawn it" in text(page)
    assert client.get(to("result", assessment.pk)).status_code == 404


# --- results -------------------------------------------------------------------------------------------------------


@pytest.fixture
def twice(nurse, appraiser):
    """Two agreed assessments of the Leadership Framework, the second at level 3 agreed at 2."""
    lf = framework("LF")
    agreed(nurse, lf, appraiser, level=1)
    return agreed(nurse, lf, appraiser, level=3, agreed_level=2)


def figures(response):
    """The table of figures: a list of cells for each domain."""
    html = response.content.decode()
    table = html[html.index("The same figures") :].split("</table>")[0]
    rows = [
        re.findall(r"<td.*?</td>", row, re.DOTALL)
        for row in table.split('<tr class="nhsuk-table__row" role="row">')[2:]
    ]
    hidden = re.compile(r'<span class="nhsuk-table__heading".*?</span>', re.DOTALL)
    return [[re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", hidden.sub("", cell))).strip() for cell in row] for row in rows]


def test_result_shows_own_agreed_expected_and_previous(sign_in, nurse, twice):
    page = sign_in(nurse.user).get(to("result", twice.pk))
    shown = figures(page)
    assert shown[0] == ["1 Demonstrating personal qualities", "3", "2 Not yet", "2", "3 (expected)", "1"]
    assert shown[6] == ["7 Delivering the strategy", "3", "2", "Has no stages", "Nothing yet", "1"]
    assert page.content.decode().count('role="img"') == 2
    for name in (
        "Stage you assess at",
        "Your own levels",
        "Agreed levels",
        "Expected at your career stage",
        "Agreed last time",
    ):
        assert name in text(page)


def test_result_has_no_inline_style(sign_in, nurse, twice):
    assert " style=" not in sign_in(nurse.user).get(to("result", twice.pk)).content.decode()


def test_hr_sees_agreed_levels_only_and_the_reading_is_recorded(sign_in, nurse, twice, trust):
    hr = user_with(Role.HR_OFFICER, trust)
    page = sign_in(hr).get(to("result", twice.pk))
    assert figures(page)[0] == ["1 Demonstrating personal qualities", "2 Not yet", "2", "3 (expected)", "1"]
    for private in ("I led the ward round rota.", "Seen in the audit.", "Own level"):
        assert private not in text(page)
    event = ReadEvent.objects.get()
    assert (event.purpose, event.actor_id, event.subject_id) == ("assessment.result", hr.pk, nurse.pk)
    assert event.detail == {"assessment": twice.pk, "framework": "LF"}


def test_hr_of_another_trust_and_unagreed_ones_are_not_found(sign_in, nurse, twice, trust, appraiser):
    waiting = submitted(nurse, framework("HLM"), appraiser)
    elsewhere = sign_in(user_with(Role.HR_OFFICER, OrganisationFactory()))
    assert elsewhere.get(to("result", twice.pk)).status_code == 404
    assert sign_in(user_with(Role.HR_OFFICER, trust)).get(to("result", waiting.pk)).status_code == 404
    assert not ReadEvent.objects.exists()


def test_reading_ones_own_is_not_recorded_and_the_appraisers_is(sign_in, nurse, twice, appraiser):
    sign_in(nurse.user).get(to("result", twice.pk))
    assert not ReadEvent.objects.exists()
    sign_in(appraiser).get(to("result", twice.pk))
    waiting = submitted(nurse, framework("HLM"), appraiser)
    sign_in(appraiser).get(to("agree", waiting.pk))
    assert list(ReadEvent.objects.order_by("pk").values_list("purpose", flat=True)) == [
        "assessment.result",
        "assessment.agree",
    ]


def test_appraiser_sees_no_earlier_assessment_somebody_else_agreed(sign_in, nurse, twice, trust):
    other = appraiser_at(trust)
    newest = agreed(nurse, framework("LF"), other, level=4)
    page = sign_in(other).get(to("result", newest.pk))
    assert figures(page)[0] == ["1 Demonstrating personal qualities", "4", "4 Ahead", "2", "3 (expected)"]


def test_level_not_observed_is_said_in_words(sign_in, nurse, version, appraiser):
    assessment = agreed(nurse, version, appraiser, level=0)
    shown = text(sign_in(nurse.user).get(to("result", assessment.pk)))
    assert "Not observed" in shown


# --- frameworks and expectations -------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["MLCF", "CLCF", "LF", "LQF", "HLM", "LCF"])
def test_every_framework_can_be_read(sign_in, nurse, code):
    version = framework(code)
    page = text(sign_in(nurse.user).get(to("framework", version.pk)))
    for element in elements_of(version):
        assert element.name.replace("’", "'") in page.replace("&#39;", "'").replace("&amp;", "&")
    assert ("Closed to new assessments" in page) == (code == "LQF")


def test_list_of_frameworks_says_which_are_closed(sign_in, nurse):
    assert "No framework has been loaded yet" in text(sign_in(nurse.user).get(to("frameworks")))
    framework("LF")
    framework("LQF")
    page = text(sign_in(nurse.user).get(to("frameworks")))
    assert ("In use" in page, "Closed to new assessments" in page) == (True, True)
    assert "Choose what your organisation expects" not in page


def test_hr_chooses_for_their_own_organisation(sign_in, trust):
    client = sign_in(user_with(Role.HR_OFFICER, trust))
    assert client.get(to("expectations")).url == to("expectation", trust.ods_code)
    assert fields(client.get(to("expectation", trust.ods_code))) == {"matrix": "cumulative"}
    for wrong in ("", "other", "\0"):
        assert 'href="#id_matrix"' in client.post(to("expectation", trust.ods_code), {"matrix": wrong}).content.decode()
    client.post(to("expectation", trust.ods_code), {"matrix": "gated"})
    assert fields(client.get(to("expectation", trust.ods_code))) == {"matrix": "gated"}
    elsewhere = OrganisationFactory()
    assert client.get(to("expectation", elsewhere.ods_code)).status_code == 404
    assert client.post(to("expectation", elsewhere.ods_code), {"matrix": "gated"}).status_code == 404


def test_expectations_are_no_page_for_others(sign_in, nurse, appraiser, trust):
    for user in (nurse.user, appraiser):
        assert sign_in(user).get(to("expectations")).status_code == 404
        assert sign_in(user).get(to("expectation", trust.ods_code)).status_code == 404


# --- home and menu -------------------------------------------------------------------------------------------------


def test_needs_name_what_waits(nurse, appraiser, trust):
    assert needs_now(nurse.user) == needs_now(appraiser) == needs_now(user_with(Role.HR_OFFICER, trust)) == []
    begun = draft(nurse, framework("HLM"))
    sent = submitted(nurse, tiny(), appraiser)
    assert needs_now(nurse.user) == [
        Need("Continue your Healthcare Leadership Model assessment", to("assessment", begun.pk), role="clinician"),
        Need("Your Tiny framework assessment is with Grace Appraiser", to("result", sent.pk), role="clinician"),
    ]
    assert needs_now(appraiser) == [Need("Assessments to agree", to("appraisees"), count=1, role="appraiser")]


def test_menu_names_the_pages_of_ones_roles(sign_in, nurse, appraiser):
    assert "My leadership" in text(sign_in(nurse.user).get(to("mine")))
    assert "My appraisees" not in text(sign_in(nurse.user).get(to("mine")))
    assert sign_in(nurse.user).get(to("appraisees")).status_code == 404
    assert sign_in(appraiser).get(to("mine")).status_code == 404


# --- the number of queries ----------------------------------------------------------------------------------------


def queries(client, django_assert_max_num_queries, path):
    client.get(path)
    with django_assert_max_num_queries(100) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_lists_take_as_many_queries_for_three_rows_as_for_one(
    sign_in, nurse, trust, appraiser, django_assert_max_num_queries
):
    def fill(count):
        for n in range(count):
            version = tiny(code=f"T{n}{count}")
            draft(nurse, tiny(code=f"D{n}{count}"))
            submitted(nurse, version, appraiser)
            agreed(clinician_user(trust), version, appraiser)
            agreed(nurse, tiny(code=f"A{n}{count}"), appraiser)

    def count():
        own = sign_in(nurse.user)
        mine = [queries(own, django_assert_max_num_queries, to(name)) for name in ("mine", "start", "frameworks")]
        theirs = queries(sign_in(appraiser), django_assert_max_num_queries, to("appraisees"))
        return [*mine, theirs]

    fill(1)
    before = count()
    fill(2)
    assert count() == before


def test_pages_take_as_many_queries_for_many_elements_as_for_few(
    sign_in, nurse, appraiser, django_assert_max_num_queries
):
    def count(version):
        begun = answered(nurse, version)
        own = sign_in(nurse.user)
        found = [
            queries(own, django_assert_max_num_queries, path)
            for path in (to("assessment", begun.pk), to("domain", begun.pk, 1), to("review", begun.pk))
        ]
        actions.submit(assessment=begun, appraiser=appraiser, by=nurse.user)
        judge(begun, 2)
        theirs = sign_in(appraiser)
        found += [queries(theirs, django_assert_max_num_queries, to(name, begun.pk)) for name in ("agree", "confirm")]
        actions.agree(assessment=begun, by=appraiser)
        own = sign_in(nurse.user)
        found.append(queries(own, django_assert_max_num_queries, to("result", begun.pk)))
        found.append(queries(own, django_assert_max_num_queries, to("framework", version.pk)))
        return found

    assert count(framework("LCF")) == count(framework("LF"))
