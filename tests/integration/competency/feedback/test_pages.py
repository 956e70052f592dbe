"""The pages of feedback: what each shows, what it keeps to itself, and what it answers to bad input."""

import datetime
import html
import io
import re

import pytest
from django.core.signing import Signer
from django.db import transaction
from django.utils import timezone
from pypdf import PdfReader

from registry.accounts.roles import Role
from registry.audit.models import ReadEvent
from registry.competency.feedback.actions import answering, raters, rounds
from registry.competency.feedback.questionnaire import Answers
from registry.competency.feedback.states import RaterGroup
from registry.competency.library import load_text
from registry.competency.models import FeedbackRater, FeedbackReply, FeedbackRound
from registry.config.logging import without_keys
from registry.kernel.clock import today
from registry.notifications.delivery import drain
from tests.factories import feedback
from tests.factories.competency import elements_of, framework
from tests.factories.people import clinician_user, user_with
from tests.fakes.smtp import smtp_server

pytestmark = pytest.mark.django_db


def words(response) -> str:
    """What the page says, white space folded."""
    text = re.sub(r"<(script|style).*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.fixture
def round_(nurse, version, facilitator):
    return feedback.running(nurse, version, facilitator)


@pytest.fixture
def peer(round_):
    return feedback.asked(round_, "peers")[0]


# --- the person's and the facilitator's pages ----------------------------------------------------------------------


def test_a_round_is_started_named_and_sent_in_the_browser(sign_in, nurse, version, facilitator):
    browser = sign_in(nurse.user)
    sent = browser.post("/leadership/feedback/start", {"version": version.pk, "facilitator": facilitator.pk})
    round_ = FeedbackRound.objects.get()
    assert sent.url == f"/leadership/feedback/{round_.pk}"
    for number in range(3):
        data = {"name": f"Colleague {number}", "email": f"c{number}@x.example", "group": "peers"}
        browser.post(f"{sent.url}/colleagues/add", data)
    page = words(browser.get(sent.url))
    assert "We advise asking 12 people or more; 3 are on the list." in page
    browser.post(f"{sent.url}/send")
    round_.refresh_from_db()
    assert round_.state == "proposed"


def test_mistakes_are_said_beside_the_field(sign_in, nurse, version, facilitator):
    round_ = feedback.started(nurse, version, facilitator)
    page = sign_in(nurse.user).post(
        f"/leadership/feedback/{round_.pk}/colleagues/add", {"name": "", "email": nurse.user.email, "group": "boss"}
    )
    text = words(page)
    assert "There is a problem" in text
    assert "Enter the person's name." in text
    assert "Choose one of the answers shown." in text


def test_sending_a_list_of_two_says_what_is_missing(sign_in, nurse, version, facilitator):
    round_ = feedback.named(nurse, version, facilitator, {"peers": 2})
    page = sign_in(nurse.user).post(f"/leadership/feedback/{round_.pk}/send", follow=True)
    assert "Name at least 3 people." in words(page)


def test_the_facilitator_sees_whom_nobody_knows(sign_in, trust, nurse, version, facilitator):
    boss = clinician_user(trust, email="manager1.staff@x.example", given_name="Imogen", family_name="Shaw")
    nurse.line_manager = boss
    nurse.save()
    round_ = feedback.named(nurse, version, facilitator, {"peers": 3})
    raters.add_rater(
        round=round_, name="Imogen", email="Manager1.Staff@x.example", group=RaterGroup.MANAGER, by=nurse.user
    )
    rounds.propose(round=round_, by=nurse.user)
    page = words(sign_in(facilitator).get(f"/leadership/facilitating/{round_.pk}"))
    assert page.count("Not on the staff list here") == 3
    assert "the line manager on record is Imogen Shaw" in page


def test_somebody_else_can_take_over_from_a_facilitator_who_left(sign_in, trust, nurse, version, facilitator):
    round_ = feedback.running(nurse, version, facilitator)
    browser, here = sign_in(nurse.user), f"/leadership/feedback/{round_.pk}/facilitator"
    assert browser.get(here).url == f"/leadership/feedback/{round_.pk}"
    grant = facilitator.role_grants.get()
    grant.revoked_at, grant.revoked_by = timezone.now(), user_with(Role.HR_OFFICER, trust)
    grant.save()
    assert "can no longer lead this round" in words(browser.get(f"/leadership/feedback/{round_.pk}"))
    asked = feedback.facilitator_at(trust, email=feedback.asked(round_, "peers")[0].email)
    assert "They were asked to answer" in words(browser.post(here, {"facilitator": asked.pk}))
    other = feedback.facilitator_at(trust, name="Other")
    browser.post(here, {"facilitator": other.pk})
    rounds.close(round=round_, by=other)
    assert "Feedback report" in words(sign_in(other).get(f"/leadership/feedback/{round_.pk}/report"))


def test_the_launch_page_warns_of_small_groups_and_sends_invitations(sign_in, nurse, version, facilitator):
    round_ = feedback.proposed(nurse, version, facilitator, {"peers": 3, "patients": 2})
    browser, here = sign_in(facilitator), f"/leadership/facilitating/{round_.pk}/launch"
    assert "Fewer than 3 people are asked as: Patients and lay partners." in words(browser.get(here))
    day = today() + datetime.timedelta(days=20)
    data = {"closes_on-day": day.day, "closes_on-month": day.month, "closes_on-year": day.year, "minimum": "4"}
    browser.post(here, data)
    round_.refresh_from_db()
    assert (round_.state, round_.minimum, round_.closes_on) == ("running", 4, day)


@pytest.mark.parametrize("minimum", ["2", "0", "-1", "99", "three"])
def test_the_launch_page_takes_no_lower_minimum(sign_in, nurse, version, facilitator, minimum):
    round_ = feedback.proposed(nurse, version, facilitator)
    day = today() + datetime.timedelta(days=20)
    data = {"closes_on-day": day.day, "closes_on-month": day.month, "closes_on-year": day.year, "minimum": minimum}
    page = sign_in(facilitator).post(f"/leadership/facilitating/{round_.pk}/launch", data)
    assert "Choose one of the numbers shown." in words(page)
    round_.refresh_from_db()
    assert round_.state == "proposed"


def test_while_colleagues_answer_no_page_tells_who_or_how_many(sign_in, round_, nurse, facilitator):
    pages = [f"/leadership/feedback/{round_.pk}", "/leadership/feedback/", "/"]
    led = [f"/leadership/facilitating/{round_.pk}", "/leadership/facilitating/", "/"]

    def seen():
        found = []
        for user, addresses in ((nurse.user, pages), (facilitator, led)):
            browser = sign_in(user)
            found += [words(browser.get(address)) for address in addresses]
        return found

    before = seen()
    feedback.answer(feedback.asked(round_, "peers")[0], Answers({"1.1": 1}))
    answering.decline(rater=feedback.asked(round_, "peers")[1])
    assert seen() == before


@pytest.mark.parametrize("what", ["revoke", "renew"])
@pytest.mark.parametrize("refuses", [False, True])
def test_changing_a_link_looks_the_same_whatever_the_rater_has_done(
    sign_in, round_, peer, facilitator, settings, what, refuses
):
    """Not even the mail server's answer to a new link tells who has answered."""
    browser, here = sign_in(facilitator), f"/leadership/facilitating/{round_.pk}"
    with smtp_server(settings) as post:
        drain()
        post.answers = {peer.email: ["550 No such person"] * 9 if refuses else []}
        said = []
        for done in (
            lambda: None,
            lambda: feedback.answer(peer, Answers({"1.1": 1})),
            lambda: answering.decline(rater=peer),
        ):
            with transaction.atomic():
                done()
                pages = [browser.post(f"{here}/colleagues/{peer.pk}", {"do": what}, follow=True)]
                drain()
                pages += [browser.get(here), browser.get(f"{here}/colleagues/{peer.pk}")]
                said.append([words(page) for page in pages])
                transaction.set_rollback(True)
    assert said[0] == said[1] == said[2]


def test_an_address_is_mended_only_where_nothing_was_delivered(sign_in, round_, peer, facilitator, settings):
    browser, here = sign_in(facilitator), f"/leadership/facilitating/{round_.pk}/colleagues/{peer.pk}"
    answering.save(rater=peer, part="1", keys=["1.1"], prompts=[], answers=Answers({"1.1": 1}))
    with smtp_server(settings) as post:
        drain()
        page = browser.post(here, {"email": "mine@x.example"})
        assert page.status_code == 409
        assert "so it cannot be changed" in words(page)
        other = feedback.asked(round_, "peers")[1]
        raters.renew_link(rater=other, by=facilitator)
        post.answers = {other.email: ["550 Gone"]}
        drain()
        assert "Correct the address" not in words(
            browser.get(f"/leadership/facilitating/{round_.pk}/colleagues/{other.pk}")
        )
    peer.refresh_from_db()
    assert peer.email != "mine@x.example"


def test_hr_sees_that_a_round_happened_and_nothing_of_it(sign_in, trust, nurse, version, facilitator):
    feedback.released(nurse, version, facilitator, groups={"peers": 3, "manager": 1}, level=2, own=1)
    officer = user_with(Role.HR_OFFICER, trust)
    browser = sign_in(officer)
    page = words(browser.get("/leadership/feedback-rounds/"))
    assert nurse.name in page
    assert "Report released" in page
    for never in ("Peers", "replies", "What peers say"):
        assert never not in page
    round_ = FeedbackRound.objects.get()
    for address in (f"feedback/{round_.pk}", f"feedback/{round_.pk}/report", f"feedback/{round_.pk}/report.pdf"):
        assert browser.get(f"/leadership/{address}").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_lists_hold_their_query_count(sign_in, trust, version, facilitator, number, django_assert_num_queries):
    for _ in range(number):
        feedback.released(clinician_user(trust), version, facilitator, groups={"peers": 3}, level=2, own=1)
        feedback.proposed(clinician_user(trust), version, facilitator, {"peers": 3})
    officer = user_with(Role.HR_OFFICER, trust)
    browser = sign_in(officer)
    with django_assert_num_queries(4):
        browser.get("/leadership/feedback-rounds/")
    browser = sign_in(facilitator)
    with django_assert_num_queries(5):
        browser.get("/leadership/facilitating/")
    round_ = FeedbackRound.objects.filter(state="proposed").first()
    with django_assert_num_queries(7):
        browser.get(f"/leadership/facilitating/{round_.pk}")


# --- behind a link -------------------------------------------------------------------------------------------------


def test_a_rater_answers_part_by_part_and_comes_back(client, round_, peer):
    link = f"/give-feedback/{feedback.link(peer)}"
    assert f"Give feedback to {round_.subject.name}" in words(client.get(link))
    client.post(f"{link}/part/1", {"level_1.1": "2", "level_1.2": "no_chance", "comment_1": "Calm.", "next": "later"})
    again = client.get(f"{link}/part/1").content.decode()
    assert re.search(r'name="level_1\.1"[^>]*value="2"[^>]*checked', again)
    assert re.search(r'name="level_1\.2"[^>]*value="no_chance"[^>]*checked', again)
    assert "Calm." in again
    assert "Completed" in words(client.get(link))
    client.post(link)
    assert "You have sent your answers already." in words(client.get(link))
    assert FeedbackReply.objects.get().answers["comments"] == {"1": "Calm."}


def test_every_box_for_words_carries_its_warning(client, round_, peer):
    link = f"/give-feedback/{feedback.link(peer)}"
    for number, boxes in ((1, 1), (2, 2)):
        page = client.get(f"{link}/part/{number}").content.decode()
        assert page.count("<textarea") == boxes
        assert page.count("never name patients") == boxes
        assert page.count("tells who you are") == boxes


@pytest.mark.parametrize("value", ["3", "-1", "0", "x", "2.5", "9" * 40])
def test_an_answer_off_the_scale_is_refused_beside_its_question(client, peer, value):
    page = client.post(f"/give-feedback/{feedback.link(peer)}/part/1", {"level_1.1": value, "comment_1": "Kept."})
    assert page.status_code == 200
    assert "Choose one of the answers shown." in words(page)
    assert "Kept." in words(page)
    peer.refresh_from_db()
    assert peer.draft == {}


def test_an_altered_or_made_up_link_opens_nothing(client, peer):
    link = feedback.link(peer)
    tries = [link[:-1] + ("A" if link[-1] != "A" else "B"), "x" + link, link + ".x", link.split(".")[0], "0" * 32]
    tries += [
        Signer(salt="another").sign(f"{peer.key}-1"),
        f"{peer.key}-2" + link[len(peer.key) + 2 :],
        "%00",
        "é" * 500,
    ]
    for address in tries:
        page = client.get(f"/give-feedback/{address}")
        assert page.status_code == 404


def test_a_link_says_why_it_no_longer_works(client, round_, peer, facilitator):
    first, second, third, fourth, _ = feedback.asked(round_, "peers")
    old = feedback.link(second)
    feedback.answer(first, Answers({"1.1": 1}))
    raters.renew_link(rater=second, by=facilitator)
    raters.revoke_link(rater=third, by=facilitator)
    answering.decline(rater=fourth)
    expected = [
        (feedback.link(first), 200, "You have sent your answers already."),
        (old, 410, "or a newer link has replaced it"),
        (feedback.link(third), 410, "This link has been withdrawn."),
        (feedback.link(fourth), 200, "You have said that you will not give feedback."),
    ]
    for link, status, sentence in expected:
        page = client.get(f"/give-feedback/{link}")
        assert (page.status_code, sentence in words(page)) == (status, True)
    rounds.close(round=round_, by=facilitator)
    page = client.get(f"/give-feedback/{feedback.link(first)}")
    assert (page.status_code, "its round is closed" in words(page)) == (410, True)


def test_a_round_closed_while_a_rater_types_says_so_and_keeps_nothing(client, round_, peer, facilitator):
    link = f"/give-feedback/{feedback.link(peer)}"
    client.get(f"{link}/part/1")
    rounds.close(round=round_, by=facilitator)
    page = client.post(f"{link}/part/1", {"level_1.1": "2", "next": "continue"})
    assert page.status_code == 410
    assert "its round is closed" in words(page)
    assert "What was not sent before is not counted." in words(page)


def test_the_person_themself_cannot_answer_behind_a_colleagues_link(sign_in, nurse, peer):
    page = sign_in(nurse.user).get(f"/give-feedback/{feedback.link(peer)}")
    assert page.status_code == 403
    assert "This feedback is about you." in words(page)


def test_the_facilitator_cannot_answer_behind_a_colleagues_link(sign_in, facilitator, peer):
    page = sign_in(facilitator).get(f"/give-feedback/{feedback.link(peer)}")
    assert (page.status_code, "You lead this round" in words(page)) == (403, True)


def test_a_link_goes_into_no_log_and_to_no_other_site(client, peer):
    link = feedback.link(peer)
    page = client.get(f"/give-feedback/{link}/part/99")
    assert page.status_code == 404
    assert client.get(f"/give-feedback/{link}")["Referrer-Policy"] == "strict-origin"
    event = without_keys(None, "", {"event": f"Not Found: /give-feedback/{link}/part/99", "n": 1})
    assert event == {"event": "Not Found: /give-feedback/…/part/99", "n": 1}


def test_only_what_counts_can_be_sent(client, peer):
    link = f"/give-feedback/{feedback.link(peer)}"
    client.post(f"{link}/part/1", {"level_1.1": "no_chance", "level_1.2": "rather_not", "next": "later"})
    page = client.post(link)
    assert "Answer at least one question" in words(page)
    assert page.content.decode().count('id="send"') == page.content.decode().count('href="#send"') == 1
    assert not FeedbackReply.objects.exists()


def test_managers_have_no_box_for_words_where_only_they_are_asked(client, round_):
    link = f"/give-feedback/{feedback.link(feedback.asked(round_, 'manager')[0])}/part/2"
    page = client.get(link)
    assert "Clinicians and managers together" in words(page)
    assert "<textarea" not in page.content.decode()


def test_declining_is_asked_for_and_told_to_nobody(client, peer):
    link = f"/give-feedback/{feedback.link(peer)}"
    assert "Nobody is told." in words(client.get(f"{link}/decline"))
    assert "You have said that you will not give feedback" in words(client.post(f"{link}/decline", follow=True))


def test_pages_behind_a_link_are_kept_in_no_cache(client, peer):
    assert "no-store" in client.get(f"/give-feedback/{feedback.link(peer)}")["Cache-Control"]


def test_own_answers_use_the_same_pages(sign_in, nurse, round_):
    browser, here = sign_in(nurse.user), f"/leadership/feedback/{round_.pk}/myself"
    assert "Clinicians and managers together" in words(browser.get(here))
    browser.post(f"{here}/1", {"level_1.1": "1", "level_1.2": "2", "next": "later"})
    assert browser.post(here).url == f"/leadership/feedback/{round_.pk}"
    assert FeedbackReply.objects.get().group == "self"
    assert browser.get(here).url == f"/leadership/feedback/{round_.pk}"


# --- the report ----------------------------------------------------------------------------------------------------

# As in tests/unit/competency/test_aggregation.py, by hand: two elements, scale 1 to 2.
#           1.1  1.2
# self        2    1
# manager     1    2
# peers       1    2 | 2  – | 2  2      1.1: 5/3 = 1.67; 1.2: two answers only
# reports     2    1 | 1  1             with others, as they are two
# others      1    1                    1.1: 4/3 = 1.33; 1.2: 1.00
# all others  1.1: (1+5+4)/7 = 10/7 = 1.43, gap −0.57; 1.2: (2+3)/4 = 1.25, gap +0.25
# domain      own 1.50; manager 1.50; peers 1.67; others 7/6 = 1.17; all (10/7 + 5/4)/2 = 1.34, gap −0.16
BY_HAND = {
    "self": [(2, 1)],
    "manager": [(1, 2)],
    "peers": [(1, 2), (2, None), (2, 2)],
    "reports": [(2, 1), (1, 1)],
    "others": [(1, 1)],
}


@pytest.fixture
def by_hand(nurse, version, facilitator):
    groups = {group: len(some) for group, some in BY_HAND.items() if group != "self"}
    round_ = feedback.running(nurse, version, facilitator, groups)
    for group, some in BY_HAND.items():
        for number, (one, two) in enumerate(some):
            levels = {"1.1": one} | ({} if two is None else {"1.2": two})
            feedback.reply(round_, group, Answers(levels, {}, {"well": f"{group} says {number}."}))
    return rounds.close(round=round_, by=facilitator)


def table_rows(page) -> list[list[str]]:
    """The cells of every table row of a page, headings for phones left out."""
    found = []
    for row in re.findall(r'<tr class="nhsuk-table__row" role="row">(.*?)</tr>', page.content.decode(), re.DOTALL):
        cells = re.findall(
            r'<td[^>]*><span class="nhsuk-table__heading"[^>]*>.*?</span><span>(.*?)</span></td>', row, re.DOTALL
        )
        if cells:
            found.append([html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in cells])
    return found


def test_the_report_is_right_to_the_digit(sign_in, by_hand, facilitator):
    page = sign_in(facilitator).get(f"/leadership/feedback/{by_hand.pk}/report")
    rows = table_rows(page)
    assert ["First domain", "1.50", "1.50", "1.67", "1.17", "1.34", "−0.16"] in rows
    assert ["Listening", "2.00", "1.00", "1.67", "1.33", "1.43", "−0.57", "Blind spot"] in rows
    assert ["Deciding", "1.00", "2.00", "–", "1.00", "1.25", "+0.25", "–"] in rows
    text = words(page)
    assert "Line manager: 1 reply" in text
    assert "Peers: 3 replies" in text
    assert "Others: 3 replies" in text
    assert "“Others” includes, because too few answered to be shown alone: Direct reports." in text
    assert "1.1 Listening: own view 2.00, all others 1.43 (−0.57)" in text
    assert text.count("reports says") == 2


def test_the_pdf_has_the_same_figures_and_is_accessible(sign_in, by_hand, facilitator):
    answer = sign_in(facilitator).get(f"/leadership/feedback/{by_hand.pk}/report.pdf")
    assert answer["Content-Type"] == "application/pdf"
    document = PdfReader(io.BytesIO(answer.content))
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/StructTreeRoot"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()
    assert document.metadata.title == f"Feedback report: {by_hand.subject.name}"
    text = " ".join(" ".join(page.extract_text() for page in document.pages).split())
    for figures in (
        "First domain 1.50 1.50 1.67 1.17 1.34 −0.16",
        "Listening 2.00 1.00 1.67 1.33 1.43 −0.57",
        "Deciding 1.00 2.00 – 1.00 1.25 +0.25",
        "reports says 1.",
    ):
        assert figures in text
    for page in document.pages:
        for font in page["/Resources"]["/Font"].values():
            descendant = font["/DescendantFonts"][0]
            assert {"/FontFile2", "/FontFile3"} & descendant["/FontDescriptor"].keys(), "a font is not embedded"


@pytest.mark.parametrize("text", ["黑 👍 שלום", "#panic() *b* $x$ \\ @a <b> `c`", "O'Neill & Söhne"])
def test_any_words_can_be_printed(sign_in, nurse, version, facilitator, text):
    round_ = feedback.running(nurse, version, facilitator, {"peers": 3})
    for _ in range(3):
        feedback.reply(round_, "peers", Answers({"1.1": 1}, {}, {"well": text}))
    rounds.close(round=round_, by=facilitator)
    answer = sign_in(facilitator).get(f"/leadership/feedback/{round_.pk}/report.pdf")
    assert answer.status_code == 200
    assert PdfReader(io.BytesIO(answer.content)).trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_the_person_reads_the_report_once_it_is_released_and_not_before(sign_in, by_hand, nurse, facilitator):
    here = f"/leadership/feedback/{by_hand.pk}/report"
    assert sign_in(nurse.user).get(here).status_code == 404
    assert sign_in(nurse.user).get(f"{here}.pdf").status_code == 404
    rounds.release(round=by_hand, conversation_on=today(), by=facilitator)
    assert "Feedback report" in words(sign_in(nurse.user).get(here))
    assert sign_in(nurse.user).get(f"{here}.pdf").status_code == 200


def test_that_the_facilitator_read_it_is_written_down(sign_in, by_hand, nurse, facilitator):
    sign_in(facilitator).get(f"/leadership/feedback/{by_hand.pk}/report")
    event = ReadEvent.about(nurse).get()
    assert (event.purpose, event.actor_id) == ("feedback.report", facilitator.pk)
    assert "Opened your feedback report, as your facilitator" in words(sign_in(nurse.user).get("/people/me/seen-by"))


def test_a_round_nobody_answered_has_a_report_that_says_so(sign_in, nurse, version, facilitator):
    round_ = rounds.close(round=feedback.running(nurse, version, facilitator), by=facilitator)
    browser = sign_in(facilitator)
    assert "Too few people answered for anything they said to be shown." in words(
        browser.get(f"/leadership/feedback/{round_.pk}/report")
    )
    assert browser.get(f"/leadership/feedback/{round_.pk}/report.pdf").status_code == 200


def test_importance_is_asked_where_the_framework_asks_it(client, sign_in, nurse, facilitator):
    round_ = feedback.running(nurse, framework("HLM"), facilitator, {"peers": 3})
    link = f"/give-feedback/{feedback.link(feedback.asked(round_, 'peers')[0])}"
    assert "How much does this matter in their role?" in words(client.get(f"{link}/part/1"))
    client.post(f"{link}/part/1", {"level_H1": "2", "importance_H1": "4", "next": "later"})
    assert FeedbackRater.objects.get(draft__levels__H1=2).draft["importance"] == {"H1": 4}
    for level in (4, 3, 3):
        feedback.reply(round_, "peers", Answers({"H1": 2}, {"H1": level}, {}))
    rounds.close(round=round_, by=facilitator)
    rows = table_rows(sign_in(facilitator).get(f"/leadership/feedback/{round_.pk}/report"))
    assert ["Inspiring shared purpose", "–", "3.33", "3.33", "–"] in rows


@pytest.mark.parametrize(("people", "statements"), [(3, 0), (60, 112)])
def test_a_report_opens_in_as_many_queries_whatever_its_size(
    sign_in, nurse, facilitator, tmp_path, people, statements, django_assert_num_queries
):
    version = framework("LF")
    if statements:
        load_text(official_text(tmp_path, version, each=4))
    round_ = feedback.closed(nurse, version, facilitator, {"peers": people}, level=2, own=1)
    assert sum(len(part.questions) for part in round_.asks.parts if not part.groups) == (statements or 28)
    browser = sign_in(facilitator)
    with django_assert_num_queries(5):
        browser.get(f"/leadership/feedback/{round_.pk}/report")


def official_text(folder, version, *, each):
    """A text file with so many statements for every element of the version."""
    elements = [
        f'  - code: "{element.code}"\n    statements: [{", ".join(f"Shows {element.code} in way {n}." for n in range(each))}]'
        for element in elements_of(version)
    ]
    path = folder / "text.yaml"
    path.write_text(
        f'framework: {version.code}\nversion: "{version.version}"\npublisher: The publisher\ncopyright: Theirs.\n'
        "permission: Written for the test.\nelements:\n" + "\n".join(elements)
    )
    return path


def test_official_statements_are_asked_where_a_trust_has_loaded_them(client, nurse, facilitator, tmp_path):
    version = framework("LF")
    load_text(official_text(tmp_path, version, each=4))
    round_ = feedback.running(nurse, version, facilitator, {"peers": 3})
    link = f"/give-feedback/{feedback.link(feedback.asked(round_, 'peers')[0])}"
    assert "Statements by The publisher. Theirs. Written for the test." in words(client.get(link))
    page = client.get(f"{link}/part/1").content.decode()
    assert page.count("<fieldset") == 16
    assert "Shows 1.4 in way 3." in page
