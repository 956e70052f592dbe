"""The pages: what each person finds, what bad input is answered, and that lists hold their query count."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.accounts.roles import Role
from registry.audit.models import ReadEvent
from registry.contributions.actions import clearing
from registry.contributions.models import Declaration, Funding, Opportunity, Partner, ServiceChange, Venture
from registry.dashboard.navigation import menu_for
from registry.kernel.clock import today
from tests.factories import contributions as make
from tests.factories.people import clinician_user, grant, user_with

pytestmark = pytest.mark.django_db


def to(name, *args):
    return reverse(f"contributions:{name}", args=args)


def day(name, value):
    return {f"{name}-{part}": str(getattr(value, part)) for part in ("day", "month", "year")}


@pytest.fixture
def lead(trust):
    return user_with(Role.PROGRAMME_LEAD, trust, name="Lee Lead")


# --- ideas put into practice -----------------------------------------------------------------------------------------


def a_change(trust, **more):
    told = {
        "title": "Walking rounds",
        "what_changed": "Social care joins us.\r\nEvery day.",
        "for_whom": "People on a ward",
        "role_played": "I led it",
        "organisation": trust.pk,
        "status": "tried",
        "evidence": "It did not last.",
        "programme": "A fellowship",
    }
    return told | day("started_on", datetime.date(2025, 3, 4)) | more


def test_change_is_written_shown_on_the_profile_changed_and_removed(sign_in, nurse, trust):
    client = sign_in(nurse.user)
    assert "None yet. Small changes count" in client.get(to("mine")).text
    assert client.post(to("add_change"), a_change(trust)).status_code == 302
    row = ServiceChange.objects.get()
    assert (row.clinician, row.what_changed, row.programme) == (
        nurse,
        "Social care joins us.\nEvery day.",
        "A fellowship",
    )
    profile = client.get(reverse("clinicians:own")).text
    for words in ("Ideas put into practice", "Walking rounds", "For whom: People on a ward", "Tried out"):
        assert words in profile
    client.post(to("edit_change", row.pk), a_change(trust, status="stopped"))
    row.refresh_from_db()
    assert row.status == "stopped"
    assert "Keep it" in client.get(to("remove_change", row.pk)).text
    client.post(to("remove_change", row.pk))
    assert not ServiceChange.objects.exists()


def test_officer_reads_a_change_without_the_means_to_change_it_and_the_person_sees_that(sign_in, nurse, hr):
    row = make.ServiceChangeFactory(clinician=nurse)
    profile = sign_in(hr).get(reverse("clinicians:profile", args=[nurse.pk])).text
    assert row.title in profile
    assert to("edit_change", row.pk) not in profile
    page = sign_in(hr).get(to("change", row.pk)).text
    assert row.evidence in page
    assert "Change it" not in page
    assert set(ReadEvent.objects.values_list("purpose", flat=True)) == {"profile", "servicechange"}
    assert "Opened an idea that you put into practice" in sign_in(nurse.user).get("/people/me/seen-by").text


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"title": ""}, "Enter a short name."),
        ({"title": "x" * 121}, "at most 120 characters"),
        ({"what_changed": "x" * 2001}, "Use at most 2000 characters; this has 2001."),
        ({"what_changed": "\x00"}, "null characters"),
        ({"status": "famous"}, "Choose how far it is from the list."),
        ({"organisation": "999999999999999999999"}, "Choose an organisation"),
        (day("started_on", today() + datetime.timedelta(days=1)), "Enter a day between 1950 and today."),
        ({"started_on-year": "0001"}, "Enter a day between 1950 and today."),
        ({"started_on-day": "31", "started_on-month": "2"}, "Enter a real date"),
    ],
)
def test_change_that_cannot_be_saved_is_answered_beside_the_field(sign_in, nurse, trust, wrong, message):
    response = sign_in(nurse.user).post(to("add_change"), a_change(trust, **wrong))
    assert response.status_code == 200
    assert message in response.text
    assert not ServiceChange.objects.exists()


# --- ventures --------------------------------------------------------------------------------------------------------


def test_venture_goes_from_start_to_showcase(sign_in, nurse, hr, foreign):
    own = sign_in(nurse.user)
    told = {"title": "Foot check", "problem": "Found too late.", "business_model": "Paid for each.", "stage": "pilot"}
    own.post(to("start_venture"), told)
    row = Venture.objects.get()
    page = to("venture", row.pk)
    assert "You have not declared your interests yet." in own.get(page).text
    own.post(to("add_part", row.pk, "funding"), {"source": "A fund", "amount": "£25,000", "year": "2025"})
    own.post(to("add_part", row.pk, "partners"), {"name": "A university", "kind": "university"})
    assert "£25,000" in own.get(page).text
    own.post(to("declare", row.pk), {"text": "I hold shares."})
    assert own.post(to("show_venture", row.pk), follow=True).text.count("shown as soon as it is cleared") == 1
    assert "Foot check" not in sign_in(foreign.user).get(to("showcase")).text

    officer = sign_in(hr)
    assert "Decide about interests in ventures" in officer.get("/").text
    listed = officer.get(to("clearing")).text
    assert "Foot check" in listed
    deciding = to("decide", Declaration.objects.get().pk)
    for words in ("I hold shares.", "£25,000", "A university", "Found too late."):
        assert words in officer.get(deciding).text
    officer.post(deciding, {"decision": "clear", "reason": "Not bought here."})
    assert "Decide about interests in ventures" not in officer.get("/").text
    assert "Foot check" in officer.get(to("clearing") + "?show=decided").text

    shown = sign_in(foreign.user).get(to("showcase")).text
    assert all(words in shown for words in ("Foot check", "Ada Nurse", "Northshire Trust", "Found too late."))
    assert not any(words in shown for words in ("I hold shares", "£25,000", "A university", "Not bought here"))
    own = sign_in(nurse.user)
    told = own.get(page).text
    assert all(words in told for words in ("Cleared", "by Priya HR", "Not bought here.", "on the showcase"))
    own.post(to("hide_venture", row.pk))
    assert "Foot check" not in own.get(to("showcase")).text


def test_owner_is_told_what_is_left_to_do(sign_in, nurse, hr):
    make.venture(nurse, title="Undeclared")
    make.decided(nurse, hr, cleared=False, title="Refused")
    make.declared(nurse, title="Waiting")
    make.decided(nurse, hr, title="Cleared")
    text = sign_in(nurse.user).get("/").text
    assert "Declare your interests in Undeclared" in text
    assert "Read why your employer did not clear Refused" in text
    assert "interests in Waiting" not in text
    assert "Cleared" not in text


def test_officer_does_not_read_or_decide_about_their_own_venture(sign_in, nurse, trust):
    grant(nurse.user, Role.HR_OFFICER, trust)
    declaration = make.declared(nurse)
    client = sign_in(nurse.user)
    assert "Somebody else decides" in client.get(to("clearing")).text
    assert "Save the decision" not in client.get(to("decide", declaration.pk)).text
    data = {"decision": "clear", "reason": "Fine."}
    assert client.post(to("decide", declaration.pk), data).status_code == 404
    assert "Decide about interests" not in client.get("/").text
    assert not ReadEvent.objects.exists()


def test_officer_who_opened_an_older_declaration_is_told(sign_in, nurse, hr):
    old = make.declared(nurse)
    clearing.declare(venture=old.venture, text="Something else.", by=nurse.user)
    client = sign_in(hr)
    response = client.post(to("decide", old.pk), {"decision": "clear", "reason": "Fine."})
    assert response.status_code == 409
    assert "has changed since you opened the page" in response.text
    page = client.get(to("decide", old.pk)).text
    assert "has declared something else since" in page
    assert "Save the decision" not in page


def test_officer_who_opened_the_venture_before_it_changed_is_told(sign_in, nurse, hr):
    declaration = make.declared(nurse)
    client, path = sign_in(hr), to("decide", declaration.pk)
    seen = re.search(r'name="seen" value="(\w+)"', client.get(path).text)[1]
    make.PartnerFactory(venture=declaration.venture, name="The supplier")
    data = {"decision": "clear", "reason": "Fine.", "seen": seen}
    response = client.post(path, data)
    assert response.status_code == 409
    assert "The venture has changed since you opened the page" in response.text
    again = re.search(r'name="seen" value="(\w+)"', client.get(path).text)[1]
    assert client.post(path, data | {"seen": again}).status_code == 302


def test_owner_of_a_cleared_venture_is_told_beforehand_that_a_change_ends_it(sign_in, nurse, hr):
    row, waiting = make.decided(nurse, hr), make.declared(nurse, title="Waiting").venture
    client, says = sign_in(nurse.user), "they have to clear it again"
    for one, told in ((row, True), (waiting, False)):
        paths = [
            to("describe_venture", one.pk),
            to("add_part", one.pk, "partners"),
            to("edit_part", one.pk, "funding", one.funding.get().pk),
        ]
        assert [says in client.get(path).text for path in paths] == [told] * 3


def test_officer_reading_a_declaration_is_told_to_its_owner(sign_in, nurse, hr):
    declaration = make.declared(nurse)
    sign_in(hr).get(to("decide", declaration.pk))
    assert "Opened your venture to decide about your interests" in sign_in(nurse.user).get("/people/me/seen-by").text


def test_profile_tells_officers_that_there_is_a_venture_and_colleagues_reach_nothing(sign_in, nurse, hr, trust):
    row = make.declared(nurse).venture
    profile = sign_in(hr).get(reverse("clinicians:profile", args=[nurse.pk])).text
    assert "Foot check" in profile
    assert "To be decided" in profile
    administrator = user_with(Role.ADMINISTRATOR)
    assert "Foot check" not in sign_in(administrator).get(reverse("clinicians:profile", args=[nurse.pk])).text
    for other in (hr, clinician_user(trust).user):
        assert sign_in(other).get(to("venture", row.pk)).status_code == 404


@pytest.mark.parametrize("name", ["describe_venture", "move_venture", "declare", "show_venture"])
def test_page_of_an_ended_venture_that_changes_it_says_so(sign_in, nurse, name):
    row = make.venture(nurse, stage="ended")
    client = sign_in(nurse.user)
    assert client.get(to(name, row.pk)).status_code == 409
    page = client.get(to("venture", row.pk)).text
    assert to(name, row.pk) not in page


@pytest.mark.parametrize(
    ("kind", "data", "message"),
    [
        ("funding", {"source": "A", "amount": "2.5", "year": "2025"}, "Enter whole pounds, like 25,000."),
        ("funding", {"source": "A", "amount": "0", "year": "2025"}, "The amount must be £1 or more."),
        ("funding", {"source": "A", "amount": "9" * 30, "year": "2025"}, "The amount must be £1,000,000,000 or less."),
        ("funding", {"source": "A", "amount": "1", "year": "2100"}, "or earlier."),
        ("funding", {"source": "A", "amount": "1", "year": "1980"}, "The year must be 1990 or later."),
        ("funding", {"source": "", "amount": "", "year": ""}, "Say who gave it."),
        ("partners", {"name": "x" * 201, "kind": "nhs"}, "at most 200 characters"),
        ("partners", {"name": "A", "kind": "friend"}, "Choose the kind of partner from the list."),
    ],
)
def test_part_that_cannot_be_saved_is_answered_beside_the_field(sign_in, nurse, kind, data, message):
    row = make.venture(nurse)
    response = sign_in(nurse.user).post(to("add_part", row.pk, kind), data)
    assert (response.status_code, message in response.text) == (200, True)
    assert (Funding.objects.count(), Partner.objects.count()) == (1, 1)


def test_part_is_changed_and_removed_on_its_own_venture_only(sign_in, nurse):
    row, other = make.venture(nurse), make.venture(nurse, title="Other")
    part, client = row.funding.get(), sign_in(nurse.user)
    data = {"source": "Another fund", "amount": "5", "year": "2024"}
    assert client.post(to("edit_part", other.pk, "funding", part.pk), data).status_code == 404
    assert client.post(to("remove_part", other.pk, "funding", part.pk)).status_code == 404
    assert client.get(to("add_part", row.pk, "shares")).status_code == 404
    client.post(to("edit_part", row.pk, "funding", part.pk), data)
    part.refresh_from_db()
    assert str(part) == "£5 from Another fund, 2024"
    client.post(to("remove_part", row.pk, "funding", part.pk))
    assert not row.funding.exists()


def test_stage_that_cannot_follow_and_end_without_reason_are_answered_beside_the_field(sign_in, nurse):
    row, client = make.venture(nurse), sign_in(nurse.user)
    assert "Choose one of the answers shown." in client.post(to("move_venture", row.pk), {"to": "spread"}).text
    assert "Say why it ends." in client.post(to("move_venture", row.pk), {"to": "ended", "reason": " "}).text


# --- opportunities ---------------------------------------------------------------------------------------------------


def an_opportunity(**more):
    told = {
        "title": "Pilot call",
        "kind": "pilot",
        "offered_by": "A network",
        "gives": "A ward.",
        "professions": ["nurse"],
        "needs_cleared_venture": "on",
        "link": "https://calls.example/pilot",
    }
    return told | day("opens_on", today()) | day("closes_on", today()) | more


def test_programme_lead_publishes_and_everybody_reads_whether_they_can_apply(sign_in, lead, nurse, foreign, hr):
    client = sign_in(lead)
    assert [item["text"] for item in menu_for(lead, "/") if item["href"] == to("opportunities")] == ["Opportunities"]
    client.post(to("add_opportunity"), an_opportunity())
    row = Opportunity.objects.get()
    assert row.keeper == nurse.organisation
    page = to("opportunity", row.pk)
    no = "You cannot apply because you need a venture that your employer has cleared."
    assert no in sign_in(nurse.user).get(page).text
    make.decided(nurse, hr)
    yes = "You can apply because your profession is Nurse and you have a venture that your employer has cleared."
    for path in (page, to("opportunities")):
        assert yes in sign_in(nurse.user).get(path).text
        assert "You cannot apply because it asks for the profession Nurse, and yours is Doctor" in (
            sign_in(foreign.user).get(path).text
        )
        officer = sign_in(hr).get(path).text
        assert "Nurse, with a venture that their employer has cleared" in officer
        assert "You can" not in officer
    assert "Change it" not in sign_in(nurse.user).get(page).text


def test_board_sorts_by_window_and_answers_only_what_is_not_over(sign_in, nurse):
    for name, opens, closes in (("Now", -1, 0), ("Then", 1, 2), ("Over", -3, -1)):
        days = datetime.timedelta(days=opens), datetime.timedelta(days=closes)
        make.OpportunityFactory(title=name, opens_on=today() + days[0], closes_on=today() + days[1])
    client = sign_in(nurse.user)
    found = {}
    for show in ("open", "soon", "closed", "", "junk"):
        text = client.get(to("opportunities"), {"show": show}).text
        found[show] = [name for name in ("Now", "Then", "Over") if f">{name}<" in text], "You can apply" in text
    assert found == {
        "open": (["Now"], True),
        "soon": (["Then"], True),
        "closed": (["Over"], False),
        "": (["Now"], True),
        "junk": (["Now"], True),
    }


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"link": "http://calls.example/"}, "Enter a whole address that begins with https://"),
        ({"link": "javascript:alert(1)"}, "Enter a whole address that begins with https://"),
        ({"link": "https://" + "a" * 300 + ".example"}, "at most 300 characters"),
        (day("closes_on", today() - datetime.timedelta(days=1)), "The last day must be the same as or after"),
        ({"opens_on-year": "1999"}, "The year must be 2000 or later."),
        ({"closes_on-year": "9999"}, "The year must be 2099 or earlier."),
        ({"professions": ["wizard"]}, "wizard"),
        ({"kind": ""}, "Choose the kind of opportunity."),
    ],
)
def test_opportunity_that_cannot_be_saved_is_answered_beside_the_field(sign_in, lead, wrong, message):
    response = sign_in(lead).post(to("add_opportunity"), an_opportunity(**wrong))
    assert (response.status_code, message in response.text) == (200, True)
    assert not Opportunity.objects.exists()


def test_opportunity_belongs_to_whom_its_keeper_chooses_among_their_own(sign_in, lead, trust, elsewhere):
    client = sign_in(lead)
    client.post(to("add_opportunity"), an_opportunity(keeper=elsewhere.pk))
    assert Opportunity.objects.get().keeper == trust
    grant(lead, Role.PROGRAMME_LEAD, elsewhere)
    client = sign_in(lead)
    assert "Choose an organisation." in client.post(to("add_opportunity"), an_opportunity()).text
    client.post(to("add_opportunity"), an_opportunity(keeper=elsewhere.pk, title="Second"))
    assert Opportunity.objects.get(title="Second").keeper == elsewhere
    administrator = sign_in(user_with(Role.ADMINISTRATOR))
    administrator.post(to("add_opportunity"), an_opportunity(title="National"))
    assert Opportunity.objects.get(title="National").keeper is None
    assert (
        "The registry, for all of England"
        in administrator.get(to("opportunity", Opportunity.objects.get(title="National").pk)).text
    )


# --- lists hold their query count ------------------------------------------------------------------------------------


def counted(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_lists_ask_the_same_queries_for_one_and_three_rows(client, nurse, hr, lead, trust):
    paths = {
        nurse.user: [to("mine"), reverse("clinicians:own"), to("opportunities"), to("showcase")],
        hr: [to("clearing"), to("clearing") + "?show=decided"],
        lead: [to("opportunities")],
    }
    counts = []
    for times in (1, 2):
        for number in range(times):
            make.ServiceChangeFactory(clinician=nurse)
            make.declared(nurse, title=f"Declared {times}{number}")
            row = make.shown(nurse, hr, title=f"Shown {times}{number}")
            make.PartnerFactory(venture=row)
            make.OpportunityFactory(keeper=trust)
        found = []
        for user, theirs in paths.items():
            client.force_login(user)
            found += [counted(client, path) for path in theirs]
        counts.append(found)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 25


def test_one_ventures_page_asks_the_same_queries_for_one_and_three_of_everything(client, nurse, hr):
    row = make.shown(nurse, hr)
    counts = []
    for times in (1, 2):
        for number in range(times):
            make.PartnerFactory(venture=row)
            make.FundingFactory(venture=row)
            declaration = clearing.declare(venture=row, text=f"Anew {times}{number}", by=nurse.user)
            clearing.decide(declaration=declaration, cleared=True, reason="Fine.", by=hr)
        found = []
        for user, path in ((nurse.user, to("venture", row.pk)), (hr, to("decide", declaration.pk))):
            client.force_login(user)
            found.append(counted(client, path))
        counts.append(found)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 16
