"""The pages of selection: what assessors, leads and applicants see, what they must not, and what their buttons do."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programmes.actions import appealing, assigning, offering, scoring
from programmes.fields import GateKind
from programmes.models import Application, Enrolment, Reading
from programmes.selecting.presenters import needs_of_assessors, needs_of_leads
from programmes.states import ApplicationState, CohortState
from registry.accounts.roles import Role
from registry.audit.models import ReadEvent
from tests.factories import programmes_selecting as selecting
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with

pytestmark = pytest.mark.django_db
A = ApplicationState


@pytest.fixture
def trust():
    return OrganisationFactory(name="Ashdale Trust")


@pytest.fixture
def cohort(lead):
    return selecting.selection(lead, capacity=1)


@pytest.fixture
def assessor(cohort):
    return selecting.assessor(cohort)


def text(response):
    """The page as it came."""
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def queries(client, path):
    """How many queries a page takes."""
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


# --- assessors


def telling(clinician):
    """What would tell an assessor whose application it is."""
    return [
        clinician.given_name,
        clinician.family_name,
        clinician.staff_number,
        clinician.user.email,
        clinician.organisation.name,
        clinician.get_profession_display(),
    ]


def test_an_assessor_reads_answers_without_anything_that_tells_whose_they_are(sign_in, cohort, assessor):
    row = selecting.applicant(cohort, given_name="Wilhelmina", family_name="Unmistakable", profession="podiatrist")
    made = selecting.reading(row, assessor, declared=False)
    page = sign_in(assessor)
    pages = [
        text(page.get(reverse("selecting:to_score"))),
        text(page.get(reverse("selecting:declare", args=[made.pk]))),
    ]
    page.post(reverse("selecting:declare", args=[made.pk]), {"conflict": "no"})
    pages.append(text(page.get(reverse("selecting:score", args=[made.pk]))))
    assert "My answer to Why you." in pages[-1]
    assert [word for shown in pages for word in telling(row.clinician) if word in shown] == []
    assert all(row.reference in shown for shown in pages)


def test_no_answer_is_shown_before_the_declaration(sign_in, cohort, assessor):
    made = selecting.reading(selecting.applicant(cohort), assessor, declared=False)
    page = sign_in(assessor)
    assert page.get(reverse("selecting:score", args=[made.pk])).status_code == 302
    assert "My answer" not in text(page.get(reverse("selecting:declare", args=[made.pk])))


def test_a_conflict_closes_every_page_of_the_application(sign_in, cohort, assessor):
    made = selecting.reading(selecting.applicant(cohort), assessor, declared=False)
    page = sign_in(assessor)
    refused = page.post(reverse("selecting:declare", args=[made.pk]), {"conflict": "yes", "reason": ""})
    assert "Say what the conflict is." in text(refused)
    page.post(reverse("selecting:declare", args=[made.pk]), {"conflict": "yes", "reason": "A friend."})
    for name in ("declare", "score", "conflict"):
        assert page.get(reverse(f"selecting:{name}", args=[made.pk])).status_code == 404


def test_an_application_taken_back_is_gone(sign_in, cohort, assessor, lead):
    made = selecting.reading(selecting.applicant(cohort), assessor)
    assigning.take_back(reading=made, by=lead)
    assert sign_in(assessor).get(reverse("selecting:score", args=[made.pk])).status_code == 404


def points(made, value, **more):
    """A filled-in form."""
    data = {f"points_{one.pk}": value for one in made.gate.criteria.all()}
    return data | {f"comment_{one.pk}": "Clear." for one in made.gate.criteria.all()} | more


def test_a_draft_is_kept_and_submitting_asks_for_every_criterion(sign_in, cohort, assessor):
    made = selecting.reading(selecting.applicant(cohort), assessor)
    page, path = sign_in(assessor), reverse("selecting:score", args=[made.pk])
    first, *_ = made.gate.criteria.all()
    page.post(path, {f"points_{first.pk}": "2", f"comment_{first.pk}": "Good.", "save": "yes"})
    assert "Good." in text(page.get(path))
    refused = text(page.post(path, {f"points_{first.pk}": "2", "submit": "yes"}))
    assert "Score “What you changed”." in refused
    assert page.post(path, points(made, "2", submit="yes")).url == reverse("selecting:to_score")
    made.refresh_from_db()
    assert made.submitted_at is not None


@pytest.mark.parametrize("value", ["4", "-1", "²", "9" * 30, "x", "\x00"])
def test_points_that_there_are_not_are_refused_beside_the_field(sign_in, cohort, assessor, value):
    made = selecting.reading(selecting.applicant(cohort), assessor)
    refused = sign_in(assessor).post(reverse("selecting:score", args=[made.pk]), points(made, value, submit="yes"))
    assert "Choose from 0 to 3 points." in text(refused)


def test_no_assessor_sees_what_another_gave(sign_in, cohort):
    row, people = selecting.applicant(cohort), [selecting.assessor(cohort, name=f"Reader {n}") for n in (1, 2)]
    second = selecting.reading(row, people[1])
    first = selecting.reading(row, people[0])
    sign_in(people[0]).post(reverse("selecting:score", args=[first.pk]), points(first, "3", submit="yes"))
    shown = text(sign_in(people[1]).get(reverse("selecting:score", args=[second.pk])))
    assert "Clear." not in shown
    assert "Reader 1" not in shown
    assert sign_in(people[1]).get(reverse("selecting:score", args=[first.pk])).status_code == 404


def test_an_interviewer_sees_the_name_and_what_was_written(sign_in, lead):
    cohort = selecting.selection(lead, interview=True)
    user, row = selecting.assessor(cohort), selecting.applicant(cohort)
    row.results.create(gate=selecting.gate_of(cohort), outcome="passed", reason="Passed.", points=500)
    made = selecting.reading(row, user, gate=selecting.gate_of(cohort, GateKind.INTERVIEW))
    shown = text(sign_in(user).get(reverse("selecting:score", args=[made.pk])))
    assert row.clinician.name in shown
    assert "My answer to Why you." in shown


def test_an_assessor_reaches_no_page_of_the_applicant(sign_in, cohort, assessor):
    row = selecting.applicant(cohort)
    selecting.reading(row, assessor)
    page = sign_in(assessor)
    for name, key in (
        ("clinicians:profile", row.clinician_id),
        ("applying:application", row.pk),
        ("selecting:application", row.pk),
        ("selecting:cohort", cohort.pk),
    ):
        assert page.get(reverse(name, args=[key])).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_to_score_holds_its_query_count(sign_in, cohort, assessor, number):
    for _ in range(number):
        selecting.reading(selecting.applicant(cohort), assessor)
    page = sign_in(assessor)
    assert queries(page, reverse("selecting:to_score")) == 6


def test_the_home_page_counts_what_there_is_to_score(cohort, assessor):
    for _ in range(2):
        selecting.reading(selecting.applicant(cohort), assessor)
    selecting.scored(selecting.applicant(cohort), assessor)
    (need,) = needs_of_assessors(assessor)
    assert (need.text, need.count) == ("Applications to score", 2)
    assert needs_of_assessors(user_with(Role.ASSESSOR, cohort.organisation)) == []


# --- leads


def test_a_lead_assigns_and_hears_who_is_short(sign_in, cohort, lead, assessor):
    selecting.applicant(cohort)
    gate = selecting.gate_of(cohort)
    answer = sign_in(lead).post(reverse("selecting:assign", args=[cohort.pk, gate.pk]), follow=True)
    assert "still short of a reader" in text(answer)
    assert Reading.objects.get().assessor == assessor


def test_a_lead_sees_totals_only_once_everybody_has_submitted(sign_in, cohort, lead):
    row, people = selecting.applicant(cohort), [selecting.assessor(cohort) for _ in range(2)]
    second = selecting.reading(row, people[1])
    selecting.scored(row, people[0], points=3)
    page = sign_in(lead)
    path = reverse("selecting:gate", args=[cohort.pk, second.gate_id])
    assert "Not yet" in text(page.get(path))
    scoring.submit(reading=second, given=selecting.given(second, 2), by=people[1])
    assert "9, 6" in text(page.get(path)) or "6, 9" in text(page.get(path))


def test_reading_an_application_is_written_down(sign_in, cohort, lead):
    row = selecting.applicant(cohort)
    assert row.clinician.name in text(sign_in(lead).get(reverse("selecting:application", args=[row.pk])))
    assert ReadEvent.objects.filter(purpose="application", subject_id=row.clinician_id, actor_id=lead.pk).exists()


def test_a_reader_is_added_and_taken_back(sign_in, cohort, lead, assessor):
    row, gate = selecting.applicant(cohort), selecting.gate_of(cohort)
    page = sign_in(lead)
    path = reverse("selecting:add_reader", args=[row.pk, gate.pk])
    assert "Choose an assessor." in text(page.post(path, {"assessor": ""}))
    assert "Choose an assessor of this cohort." in text(page.post(path, {"assessor": "9" * 30}))
    page.post(path, {"assessor": assessor.pk})
    made = row.readings.get()
    page.post(reverse("selecting:take_back", args=[made.pk]))
    made.refresh_from_db()
    assert made.removed_at is not None


def test_deciding_shows_the_ranking_with_reasons_and_the_tie_rule(sign_in, cohort, lead):
    rows = [selecting.passed(selecting.applicant(cohort), written=one) for one in (500, 600)]
    page, path = sign_in(lead), reverse("selecting:decide", args=[cohort.pk])
    shown = text(page.get(path))
    assert "Waits: the places are taken" in shown
    assert "SHA-256" in shown
    assert shown.index(rows[1].reference) < shown.index(rows[0].reference)
    page.post(path, {"waiting_list": "on"})
    assert list(Application.objects.order_by("rank").values_list("state", flat=True)) == [A.OFFERED, A.RESERVE]


def test_deciding_says_what_has_to_come_first(sign_in, cohort, lead):
    selecting.applicant(cohort)
    Application.objects.filter(pk=selecting.rejected(selecting.applicant(cohort)).pk).update(feedback="")
    shown = text(sign_in(lead).get(reverse("selecting:decide", args=[cohort.pk])))
    assert "1 person is still before a gate" in shown
    assert "1 person not selected has no feedback" in shown


def test_feedback_is_begun_and_changed(sign_in, cohort, lead):
    row = selecting.rejected(selecting.applicant(cohort))
    Application.objects.filter(pk=row.pk).update(feedback="")
    page = sign_in(lead)
    page.post(reverse("selecting:feedback", args=[cohort.pk]))
    assert "A written application: Not passed." in text(page.get(reverse("selecting:feedback", args=[cohort.pk])))
    page.post(reverse("selecting:write_feedback", args=[row.pk]), {"feedback": "Say more."})
    row.refresh_from_db()
    assert row.feedback == "Say more."


def full(cohort, number):
    """So many applications in each list of the lead's pages."""
    people = [selecting.assessor(cohort) for _ in range(2)]
    for _ in range(number):
        row = selecting.applicant(cohort)
        for user in people:
            selecting.reading(row, user)
        selecting.rejected(selecting.applicant(cohort))
        selecting.passed(selecting.applicant(cohort))


PAGES = ("cohort", "gate", "decide", "feedback", "places")


@pytest.mark.parametrize("name", PAGES)
def test_a_leads_list_holds_its_query_count(sign_in, lead, name):
    counts = []
    for number in (1, 3):
        cohort = selecting.selection(lead, capacity=1)
        full(cohort, number)
        if name == "places":
            Application.objects.filter(cohort=cohort, state=A.SUBMITTED).exclude(results__outcome="passed").update(
                state=A.WITHDRAWN
            )
            offering.decide(cohort=cohort, by=lead)
        args = [cohort.pk, selecting.gate_of(cohort).pk] if name == "gate" else [cohort.pk]
        counts.append(queries(sign_in(lead), reverse(f"selecting:{name}", args=args)))
    assert counts[0] == counts[1]


def test_the_ranking_names_regions_in_as_many_queries_for_three_as_for_one(sign_in, lead, trust):
    counts = []
    for number in (1, 3):
        cohort = selecting.selection(lead, capacity=9)
        cohort.limits.create(kind="region", value=trust.region_links.get().region.code, places=0)
        for _ in range(number):
            selecting.passed(selecting.applicant(cohort))
        path = reverse("selecting:decide", args=[cohort.pk])
        assert text(sign_in(lead).get(path)).count("Waits: at most 0 for North West") == number
        counts.append(queries(sign_in(lead), path))
    assert counts[0] == counts[1]


def test_leads_hear_of_appeals_and_of_scores_that_are_missing(cohort, lead, assessor):
    selecting.reading(selecting.applicant(cohort), assessor)
    lost = selecting.rejected(selecting.applicant(cohort))
    appealing.lodge(application=lost, grounds="Overlooked.", by=lost.clinician.user)
    assert [need.text for need in needs_of_leads(lead)] == ["Appeals to decide", f"Scores missing: {cohort}"]
    assert needs_of_leads(user_with(Role.PROGRAMME_LEAD, OrganisationFactory())) == []


def test_appeals_of_a_cohort_that_was_cancelled_wait_for_nobody(cohort, lead):
    lost = selecting.rejected(selecting.applicant(cohort))
    appealing.lodge(application=lost, grounds="Overlooked.", by=lost.clinician.user)
    cohort.state = CohortState.CANCELLED
    cohort.save()
    assert needs_of_leads(lead) == []


# --- applicants


def offered(cohort, lead):
    """Somebody with an offer."""
    row = selecting.passed(selecting.applicant(cohort))
    offering.decide(cohort=cohort, by=lead)
    row.refresh_from_db()
    return row


def test_an_applicant_accepts_with_the_expectations(sign_in, cohort, lead):
    row = offered(cohort, lead)
    page, path = sign_in(row.clinician.user), reverse("selecting:offer", args=[row.pk])
    assert "Come to every session." in text(page.get(path))
    assert "Say yes to what you and we expect" in text(page.post(path, {}))
    page.post(path, {"expectations": "on"})
    assert Enrolment.objects.get().application == row


def test_an_applicant_turns_a_place_down(sign_in, cohort, lead):
    row = offered(cohort, lead)
    sign_in(row.clinician.user).post(reverse("selecting:decline", args=[row.pk]), {"reason": "A new job."})
    row.refresh_from_db()
    assert row.state == A.DECLINED


def test_the_applicants_page_leads_to_the_offer_and_to_an_appeal(sign_in, cohort, lead):
    row = offered(cohort, lead)
    shown = text(sign_in(row.clinician.user).get(reverse("applying:application", args=[row.pk])))
    assert reverse("selecting:offer", args=[row.pk]) in shown
    lost = selecting.rejected(selecting.applicant(selecting.selection(lead)))
    shown = text(sign_in(lost.clinician.user).get(reverse("applying:application", args=[lost.pk])))
    assert reverse("selecting:appeal", args=[lost.pk]) in shown


def test_an_appeal_is_lodged_and_decided_on_pages(sign_in, trust, cohort):
    lost = selecting.rejected(selecting.applicant(cohort))
    page, path = sign_in(lost.clinician.user), reverse("selecting:appeal", args=[lost.pk])
    assert "Say why the result should be looked at again." in text(page.post(path, {"grounds": ""}))
    page.post(path, {"grounds": "My second answer was not read."})
    appeal = lost.appeals.get()
    other = user_with(Role.PROGRAMME_LEAD, trust)
    path = reverse("selecting:decide_appeal", args=[appeal.pk])
    assert "My second answer was not read." in text(sign_in(other).get(path))
    sign_in(other).post(path, {"upheld": "yes", "reason": "It was overlooked."})
    lost.refresh_from_db()
    assert lost.state == A.SUBMITTED


def test_a_lead_with_a_part_in_the_result_gets_no_form(sign_in, cohort, lead):
    lost = selecting.rejected(selecting.applicant(cohort), by=lead)
    appeal = appealing.lodge(application=lost, grounds="Overlooked.", by=lost.clinician.user)
    shown = text(sign_in(lead).get(reverse("selecting:decide_appeal", args=[appeal.pk])))
    assert "somebody else decides" in shown
    assert "<textarea" not in shown


def test_nobody_reaches_the_application_of_somebody_else(sign_in, cohort, lead, trust):
    row = offered(cohort, lead)
    page = sign_in(clinician_user(trust).user)
    for name in ("offer", "decline", "appeal"):
        assert page.get(reverse(f"selecting:{name}", args=[row.pk])).status_code == 404


# --- statistics


def test_statistics_are_for_everybody_once_published_and_for_leads_before(sign_in, lead, trust):
    cohort = selecting.selection(lead, state=CohortState.RUNNING)
    selecting.rejected(selecting.applicant(cohort))
    path, somebody = reverse("selecting:statistics", args=[cohort.pk]), clinician_user(trust).user
    assert sign_in(somebody).get(path).status_code == 404
    assert "Publish the statistics" in text(sign_in(lead).get(path))
    sign_in(lead).post(reverse("selecting:publish_statistics", args=[cohort.pk]))
    assert "Relative likelihood" in text(sign_in(somebody).get(path))
