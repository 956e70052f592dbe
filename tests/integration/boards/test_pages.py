"""The room's pages: who reaches them, what they show, and what bad input gets."""

import datetime
import uuid

import pytest
from django.urls import reverse

from registry.accounts.actions import withdraw_consent
from registry.accounts.roles import Role
from registry.audit.models import ReadEvent
from registry.boards.actions import builds, decisions
from registry.boards.models import Vacancy
from registry.boards.presenters import needs_now
from registry.kernel.clock import today
from tests.factories import boards
from tests.factories.organisations import OrganisationFactory, RegionFactory
from tests.factories.people import user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory(region="Y62", name="Home Trust")


@pytest.fixture
def hr(trust):
    return boards.hr_officer(trust, name="Hannah Reyes")


@pytest.fixture
def page(sign_in, hr):
    """A browser's client, signed in as the trust's HR officer."""
    return sign_in(hr)


def details(trust, **changes):
    closes = today() + datetime.timedelta(days=10)
    return {
        "organisation": trust.pk,
        "post": "chief_nurse",
        "title": "Chief nurse",
        "description": "",
        "closes_on-day": closes.day,
        "closes_on-month": closes.month,
        "closes_on-year": closes.year,
        "framework": boards.FrameworkVersionFactory().pk,
    } | changes


def specification(vacancy, **changes):
    rows = vacancy.specification.domains.all()
    return {
        "registration": "registered",
        "professions": ["nurse"],
        "minimum_band": "8a",
        "minimum_years": "0",
        "years_cap": "10",
        "years_weight": "1",
        "leading_weight": "0",
        "qualification_weight": "0",
        "band_weight": "0",
        "sector_weight": "0",
        **{f"minimum_{row.domain_id}": "0" for row in rows},
        **{f"weight_{row.domain_id}": "2" for row in rows},
    } | changes


def test_vacancy_goes_from_draft_to_published_in_the_browser(
    page, trust, hr, django_capture_on_commit_callbacks, monkeypatch
):
    from registry.boards.actions import builds
    from registry.boards.tasks import build_shortlist

    monkeypatch.setattr(build_shortlist, "delay", lambda pk: builds.build(shortlist_id=pk))
    for level in (12, 24):
        boards.candidate(trust, levels=(level, 24, 24))
    answer = page.post(reverse("boards:new"), details(trust))
    vacancy = Vacancy.objects.get()
    assert answer.url == reverse("boards:specification", args=[vacancy.pk])
    answer = page.post(answer.url, specification(vacancy))
    assert answer.url == reverse("boards:vacancy", args=[vacancy.pk])
    assert page.post(reverse("boards:open", args=[vacancy.pk])).status_code == 302
    with django_capture_on_commit_callbacks(execute=True):
        answer = page.post(reverse("boards:build", args=[vacancy.pk]))
    shortlist = vacancy.shortlists.get()
    assert answer.url == reverse("boards:shortlist", args=[shortlist.pk])
    for entry in boards.candidates(shortlist):
        answer = page.post(
            reverse("boards:candidate", args=[shortlist.pk, entry.reference]),
            {"outcome": "include", "reason": "Meets what the post needs", "seen": ""},
        )
    assert answer.url == reverse("boards:shortlist", args=[shortlist.pk])
    assert page.post(reverse("boards:publish", args=[shortlist.pk])).status_code == 302
    shortlist.refresh_from_db()
    shown = page.get(reverse("boards:shortlist", args=[shortlist.pk])).content.decode()
    assert shortlist.sha256 in shown
    vacancy.refresh_from_db()
    assert vacancy.status == "decided"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": ""}, "Enter a title."),
        ({"title": "Chief\x00nurse"}, "Null characters are not allowed."),
        ({"title": "x" * 121}, "Ensure this value has at most 120 characters"),
        ({"post": "emperor"}, "Choose a post from the list."),
        ({"closes_on-day": "31", "closes_on-month": "2"}, "Enter a real date"),
        ({"closes_on-year": "2020"}, "The closing date must be today or later."),
        ({"organisation": "999999999999"}, "Select a valid choice."),
        ({"framework": "many"}, "Select a valid choice."),
    ],
)
def test_draft_with_bad_input_says_so_and_writes_nothing(page, trust, change, message):
    answer = page.post(reverse("boards:new"), details(trust, **change))
    assert answer.status_code == 200
    assert message in answer.content.decode()
    assert not Vacancy.objects.exists()


def test_draft_for_another_trust_is_not_offered(page, trust):
    other = OrganisationFactory()
    answer = page.post(reverse("boards:new"), details(other))
    assert "Select a valid choice." in answer.content.decode()
    assert not Vacancy.objects.exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"years_weight": "11"}, "Enter a whole number from 0 to 10."),
        ({"years_weight": "1.5"}, "Enter a whole number from 0 to 10."),
        ({"years_weight": ""}, "Enter a whole number from 0 to 10."),
        ({"years_cap": "0"}, "Enter a whole number from 1 to 40."),
        ({"professions": ["wizard"]}, "Select a valid choice."),
        ({"qualification_weight": "3"}, "Choose the qualifications that count"),
        ({"sector_weight": "3"}, "Choose the sectors that count"),
        ({"regions": ["0"]}, "Select a valid choice."),
    ],
)
def test_specification_with_bad_input_says_so_and_writes_nothing(page, trust, hr, change, message):
    vacancy = boards.draft(trust, hr, years_weight=7)
    answer = page.post(reverse("boards:specification", args=[vacancy.pk]), specification(vacancy, **change))
    assert answer.status_code == 200
    assert message in answer.content.decode()
    vacancy.specification.refresh_from_db()
    assert vacancy.specification.years_weight == 7


def test_specification_with_a_level_off_the_scale_says_so(page, trust, hr):
    vacancy = boards.draft(trust, hr)
    name = f"minimum_{vacancy.specification.domains.first().domain_id}"
    answer = page.post(reverse("boards:specification", args=[vacancy.pk]), specification(vacancy, **{name: "9"}))
    assert "Choose a level from the list." in answer.content.decode()


def test_open_vacancy_cannot_be_edited(page, trust, hr):
    vacancy = boards.opened(trust, hr)
    for name in ("edit", "specification", "open"):
        assert page.get(reverse(f"boards:{name}", args=[vacancy.pk])).status_code == 409
    assert page.post(reverse("boards:specification", args=[vacancy.pk]), {}).status_code == 409


def addresses(vacancy, shortlist):
    entry = boards.candidates(shortlist)[0]
    return [
        reverse("boards:vacancy", args=[vacancy.pk]),
        reverse("boards:edit", args=[vacancy.pk]),
        reverse("boards:specification", args=[vacancy.pk]),
        reverse("boards:open", args=[vacancy.pk]),
        reverse("boards:close", args=[vacancy.pk]),
        reverse("boards:build", args=[vacancy.pk]),
        reverse("boards:shortlist", args=[shortlist.pk]),
        reverse("boards:building", args=[shortlist.pk]),
        reverse("boards:not_eligible", args=[shortlist.pk]),
        reverse("boards:publish", args=[shortlist.pk]),
        reverse("boards:candidate", args=[shortlist.pk, entry.reference]),
    ]


def test_second_trusts_officer_gets_404_everywhere_and_an_empty_list(sign_in, trust, hr):
    boards.candidate(trust)
    vacancy = boards.opened(trust, hr)
    shortlist = boards.built(vacancy, hr)
    outsider = sign_in(boards.hr_officer(OrganisationFactory(region="Y62")))
    for address in addresses(vacancy, shortlist):
        assert outsider.get(address).status_code == 404
        assert outsider.post(address).status_code in {404, 405}
    assert vacancy.title not in outsider.get(reverse("boards:vacancies")).content.decode()


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.APPRAISER, Role.AUDITOR, Role.API_CLIENT])
def test_other_roles_see_no_vacancies(sign_in, trust, hr, role):
    boards.candidate(trust)
    vacancy = boards.opened(trust, hr)
    shortlist = boards.built(vacancy, hr)
    browser = sign_in(user_with(role, trust))
    for address in addresses(vacancy, shortlist):
        assert browser.get(address).status_code == 404


def test_regional_lead_watches_but_does_not_act(sign_in, trust, hr):
    boards.candidate(trust)
    vacancy = boards.opened(trust, hr)
    shortlist = boards.built(vacancy, hr)
    lead = sign_in(user_with(Role.REGIONAL_LEAD, RegionFactory(code="Y62")))
    entry = boards.candidates(shortlist)[0]
    assert lead.get(reverse("boards:vacancy", args=[vacancy.pk])).status_code == 200
    answer = lead.get(reverse("boards:candidate", args=[shortlist.pk, entry.reference]))
    assert "Save the decision" not in answer.content.decode()
    assert lead.post(reverse("boards:build", args=[vacancy.pk])).status_code == 404
    assert lead.post(reverse("boards:publish", args=[shortlist.pk])).status_code == 404
    answer = lead.post(
        reverse("boards:candidate", args=[shortlist.pk, entry.reference]),
        {"outcome": "include", "reason": "Meets what the post needs"},
    )
    assert answer.status_code == 404
    assert not entry.decisions.exists()


def test_unknown_and_huge_keys_are_not_found(page):
    for address in ("/vacancies/9", "/vacancies/99999999999999999999999", "/vacancies/lists/99999999999999999999999"):
        assert page.get(address).status_code == 404
    assert page.get(f"/vacancies/lists/1/candidates/{uuid.uuid4()}").status_code == 404


@pytest.mark.parametrize("name", ["shortlist", "not_eligible"])
def test_list_pages_take_the_same_queries_with_one_and_three_rows(
    page, trust, hr, name, django_assert_max_num_queries, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for people in (1, 3):
        for _ in range(people):
            boards.candidate(trust)
            boards.candidate(trust, registered=False)
        shortlist = boards.built(boards.opened(trust, hr), hr)
        page.get(reverse("boards:vacancies"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert page.get(reverse(f"boards:{name}", args=[shortlist.pk])).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_vacancies_page_takes_the_same_queries_with_one_and_three_rows(page, trust, hr):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for drafts in (1, 2):
        for _ in range(drafts):
            boards.draft(trust, hr)
        page.get(reverse("boards:vacancies"))
        with CaptureQueriesContext(connection) as queries:
            assert page.get(reverse("boards:vacancies")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_vacancies_are_filtered_by_status(page, trust, hr):
    boards.draft(trust, hr, title="In draft")
    boards.opened(trust, hr, title="Now open")
    shown = page.get(reverse("boards:vacancies") + "?status=open").content.decode()
    assert "Now open" in shown
    assert "In draft" not in shown
    assert "In draft" in page.get(reverse("boards:vacancies") + "?status=nonsense").content.decode()


def test_withdrawn_candidate_disappears_from_every_page_at_once(page, trust, hr):
    stays, goes = boards.candidate(trust), boards.candidate(trust)
    shortlist = boards.built(boards.opened(trust, hr), hr)
    entry = shortlist.entries.get(clinician=goes)
    withdraw_consent(user=goes.user, by=goes.user)
    shown = page.get(reverse("boards:shortlist", args=[shortlist.pk])).content.decode()
    assert stays.family_name in shown
    assert goes.family_name not in shown
    assert "1 person has withdrawn since" in shown
    assert page.get(reverse("boards:candidate", args=[shortlist.pk, entry.reference])).status_code == 404
    ineligible = boards.candidate(trust, registered=False)
    newer = boards.built(shortlist.vacancy, hr)
    withdraw_consent(user=ineligible.user, by=ineligible.user)
    shown = page.get(reverse("boards:not_eligible", args=[newer.pk])).content.decode()
    assert ineligible.family_name not in shown


def test_people_outside_the_pool_are_neither_shown_nor_counted(page, trust, hr):
    silent = boards.candidate(trust, consent="")
    elsewhere = boards.candidate(OrganisationFactory(region="Y56"), consent="region")
    neighbour = boards.candidate(OrganisationFactory(region="Y62"), consent="trust")
    shortlist = boards.built(boards.opened(trust, hr), hr)
    assert (shortlist.considered, shortlist.eligible) == (0, 0)
    for name in ("shortlist", "not_eligible"):
        shown = page.get(reverse(f"boards:{name}", args=[shortlist.pk])).content.decode()
        for person in (silent, elsewhere, neighbour):
            assert person.family_name not in shown


def test_not_eligible_page_names_the_criterion_and_the_figures(page, trust, hr):
    boards.candidate(trust, levels=(12, 24, 24))
    shortlist = boards.built(boards.opened(trust, hr, levels={1: (3, 1)}), hr)
    shown = page.get(reverse("boards:not_eligible", args=[shortlist.pk])).content.decode()
    assert "At least level 3" in shown
    assert "1.00 out of 4" in shown


def test_decision_without_a_reason_says_so(page, trust, hr):
    boards.candidate(trust)
    shortlist = boards.built(boards.opened(trust, hr), hr)
    entry = boards.candidates(shortlist)[0]
    address = reverse("boards:candidate", args=[shortlist.pk, entry.reference])
    for reason, message in (("", "Write the reason"), ("ok", "in a few words"), ("a\x00b c d e f", "Null characters")):
        answer = page.post(address, {"outcome": "include", "reason": reason})
        assert message in answer.content.decode()
    assert "Choose whether to include" in page.post(address, {"reason": "Meets the need well"}).content.decode()
    assert not entry.decisions.exists()


def test_decision_somebody_else_made_meanwhile_is_shown_before_it_is_changed(page, trust, hr):
    boards.candidate(trust)
    shortlist = boards.built(boards.opened(trust, hr), hr)
    entry = boards.candidates(shortlist)[0]
    colleague = boards.hr_officer(trust, name="Owen Colleague")
    decisions.decide(entry=entry, outcome="exclude", reason="Wants another post", seen=None, by=colleague)
    address = reverse("boards:candidate", args=[shortlist.pk, entry.reference])
    form = {"outcome": "include", "reason": "Meets what the post needs", "seen": ""}
    answer = page.post(address, form)
    assert "Owen Colleague has decided about this candidate" in answer.content.decode()
    assert entry.decisions.count() == 1
    assert page.post(address, form | {"seen": entry.decisions.get().pk}).status_code == 302
    assert [decision.outcome for decision in entry.decisions.all()] == ["include", "exclude"]


def test_reading_a_list_and_a_candidate_is_recorded(page, trust, hr):
    person = boards.candidate(trust)
    shortlist = boards.built(boards.opened(trust, hr), hr)
    page.get(reverse("boards:shortlist", args=[shortlist.pk]))
    page.get(reverse("boards:candidate", args=[shortlist.pk, boards.candidates(shortlist)[0].reference]))
    events = ReadEvent.objects.order_by("id").values_list("actor_id", "purpose", "subject_type", "subject_id")
    assert list(events) == [
        (hr.pk, "shortlist", "boards.shortlist", shortlist.pk),
        (hr.pk, "board candidate", "clinicians.clinician", person.pk),
    ]
    assert ReadEvent.objects.order_by("id").first().detail["clinicians"] == [person.pk]


def test_progress_fragment_reloads_the_page_when_the_list_is_built(page, trust, hr):
    shortlist = boards.built(boards.opened(trust, hr), hr)
    answer = page.get(reverse("boards:building", args=[shortlist.pk]))
    assert answer.headers["HX-Refresh"] == "true"


def test_page_of_a_build_given_up_offers_to_build_again(page, trust, hr, monkeypatch):
    shortlist = builds.request_build(vacancy=boards.opened(trust, hr), by=hr)
    assert "Build again" not in page.get(reverse("boards:shortlist", args=[shortlist.pk])).text
    monkeypatch.setattr(builds, "GIVEN_UP_AFTER", datetime.timedelta())
    text = page.get(reverse("boards:shortlist", args=[shortlist.pk])).text
    assert ("Build again" in text, 'http-equiv="refresh"' in text, "hx-get" in text) == (True, False, False)


def test_progress_page_works_without_javascript(page, trust, hr):
    from registry.boards import progress
    from registry.boards.actions.builds import request_build

    shortlist = request_build(vacancy=boards.opened(trust, hr), by=hr)
    progress.report(shortlist.pk, 30, 200)
    shown = page.get(reverse("boards:shortlist", args=[shortlist.pk])).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in shown
    assert 'value="15"' in shown
    assert 'hx-trigger="every 1s"' in shown


def test_failed_build_shows_its_sentence_and_offers_another(page, trust, hr):
    from registry.boards.actions import builds

    shortlist = builds.request_build(vacancy=boards.opened(trust, hr), by=hr)
    builds.give_up(shortlist_id=shortlist.pk, sentence=builds.STOPPED)
    shown = page.get(reverse("boards:shortlist", args=[shortlist.pk])).content.decode()
    assert builds.STOPPED in shown
    assert "Build again" in shown


def test_needs_follow_the_vacancy(trust, hr):
    def needs():
        return [(need.text, need.count) for need in needs_now(hr)]

    boards.candidate(trust)
    boards.candidate(trust)
    vacancy = boards.opened(trust, hr, title="Chief nurse")
    assert needs() == [("Build the list for Chief nurse", None)]
    shortlist = boards.built(vacancy, hr)
    assert needs() == [("Decide about candidates for Chief nurse", 2)]
    boards.decide_all(shortlist, hr)
    assert needs() == [("Publish the list for Chief nurse", None)]
    decisions.publish(shortlist=shortlist, by=hr)
    assert needs() == []
    assert needs_now(boards.hr_officer(OrganisationFactory())) == []
