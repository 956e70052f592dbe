"""What a programme bought: which levels count, whom participants stand beside, and what the report keeps back."""

import csv
import io
import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programmes import ledger
from programmes.fields import OutcomeKind
from programmes.levels import changes, domains_of, own_levels
from programmes.models import Cohort, CohortTransition, Outcome
from programmes.outcome_report import report
from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.competency.change.comparison import Cell
from tests.factories import competency
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import ClinicianFactory, PostFactory, user_with
from tests.factories.programmes import ProgrammeFactory, enrolment
from tests.factories.programmes_outcomes import agreed_on, complete, finished, months_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory(region="Y62")


@pytest.fixture
def version():
    return competency.framework("HLM")


@pytest.fixture
def programme(trust, version):
    made = ProgrammeFactory(organisation=trust, cost_per_place=1200)
    made.domains.add(version.domains.order_by("position").first())
    return made


@pytest.fixture
def cohort(programme, lead):
    """It began 19 months ago and ended 13 months ago."""
    return finished(programme, lead)


def people(trust, number, **attributes):
    return [ClinicianFactory(organisation=trust, **attributes) for _ in range(number)]


def levels(version, lead, some, before, after, *, ended=13):
    """These people agreed one level just before a cohort that ended so long ago, and another 12 months after it."""
    agreed_on(months_ago(ended + 7), version, dict.fromkeys(some, before), by=lead)
    agreed_on(months_ago(ended - 12), version, dict.fromkeys(some, after), by=lead)


def cells(*cohorts):
    """The cells of the one domain 12 months on, by cohort."""
    rows = list(Cohort.objects.filter(pk__in=[one.pk for one in cohorts]).with_programme())
    found = changes(rows, domains_of(rows))
    return {key: some for (months, _), one in found.items() if months == 12 for key, some in one.by_group.items()}


def shown(cohorts, only=None):
    rows = list(Cohort.objects.filter(pk__in=[one.pk for one in cohorts]).with_programme())
    made = report(rows, only=next((row for row in rows if only and row.pk == only.pk), None))
    return made, {point.months: point for point in made.points}


def text(response):
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


# --- levels ----------------------------------------------------------------------------------------------------------


def test_last_level_before_the_start_and_the_nearest_to_the_point_count(trust, lead, version, cohort):
    (one,) = people(trust, 1)
    (place,) = complete(cohort, [one])
    for ago, level in ((46, 4), (30, 1), (20, 2), (18, 4), (7, 3), (3, 0), (1, 3)):
        agreed_on(months_ago(ago), version, {one: level}, by=lead)
    domain = domains_of([cohort])[0]
    # 24 months on has not come; nothing was agreed near it.
    assert own_levels(place, [domain]) == {(0, domain.pk): 24, (6, domain.pk): 36, (12, domain.pk): 36}
    assert cells(cohort) == {cohort.pk: [Cell((12,))]}


def test_others_are_alike_in_all_four_things_and_never_had_a_place(trust, lead, version, cohort):
    takers, alike = people(trust, 2), people(trust, 3) + people(OrganisationFactory(), 1)
    complete(cohort, takers)
    elsewhere = people(trust, 1)
    complete(finished(ProgrammeFactory(organisation=trust), lead), elsewhere)
    unlike = [
        *people(trust, 1, profession="midwife"),
        *people(trust, 1, sector="community"),
        *people(trust, 1, career_stage="practitioner"),
    ]
    levels(version, lead, takers, 2, 3)
    levels(version, lead, alike[:2] + unlike + elsewhere, 2, 4)
    levels(version, lead, alike[2:], 2, 1)
    levels(version, lead, people(trust, 1), 1, 4)
    assert cells(cohort) == {cohort.pk: [Cell((12, 12), others=4, total=24, squares=2 * 24**2 + 2 * 12**2)]}


def test_levels_of_another_version_are_never_compared(trust, lead, version, cohort):
    takers = people(trust, 1)
    complete(cohort, takers)
    agreed_on(months_ago(20), version, dict.fromkeys(takers, 2), by=lead)
    agreed_on(months_ago(1), competency.tiny(), dict.fromkeys(takers, 1), by=lead)
    assert cells(cohort) == {}


# --- the report ------------------------------------------------------------------------------------------------------


def test_report_tells_the_change_beside_the_others_with_intervals(trust, lead, version, cohort):
    takers, others = people(trust, 12), people(trust, 14)
    complete(cohort, takers)
    levels(version, lead, takers[:6], 2, 3)
    levels(version, lead, takers[6:], 2, 4)
    levels(version, lead, others[:7], 2, 2)
    levels(version, lead, others[7:], 2, 3)
    _, points = shown([cohort])
    (line,) = points[12].lines
    assert (line.people, line.others, line.change) == ("12", "14", "+1.5 (+1.1 to +1.9)")
    assert (line.others_change, line.difference) == ("+0.5 (+0.2 to +0.8)", "+1.0 (+0.5 to +1.5)")
    assert points[6].lines[0].shown is False
    assert points[24].come is False
    assert points[12].wide
    assert points[12].narrow


def test_fewer_than_ten_on_either_side_are_not_shown(trust, lead, version, cohort):
    takers, others = people(trust, 9), people(trust, 20)
    complete(cohort, takers)
    levels(version, lead, takers, 2, 3)
    levels(version, lead, others, 2, 3)
    made, points = shown([cohort])
    assert points[12].lines[0].shown is False
    assert points[12].led.posts == points[12].led.working == points[12].led.changes == "Not shown"
    assert made.mixes == ()
    assert made.per_completed == "£1,200 (£10,800 for 9)"


def test_cohort_that_would_tell_of_a_small_one_by_subtraction_is_not_shown(trust, lead, version, programme, cohort):
    small = finished(programme, lead, name="Autumn", ended=14)
    many, few = people(trust, 12), people(trust, 4)
    complete(cohort, many)
    complete(small, few)
    levels(version, lead, many + few, 2, 3, ended=14)
    levels(version, lead, people(trust, 20), 2, 2, ended=14)
    both = [cohort, small]
    assert shown(both)[1][12].lines[0].people == "16"
    for only in both:
        made, points = shown(both, only=only)
        assert points[12].lines[0].shown is False
        assert points[12].led.posts == "Not shown"
        assert made.mixes == ()


def test_report_before_and_after_a_small_cohort_finishes_differs_by_ten_people_or_by_nobody(
    trust, lead, version, programme, cohort
):
    then = finished(programme, lead, name="Small", ended=12)
    # It ended before the others and was finished after them, so it comes after them.
    last = finished(programme, lead, name="Smaller", ended=14)
    CohortTransition.objects.create(cohort=last, before="running", after="finished", by=lead)
    for one, number, profession, after in ((cohort, 12, "nurse", 3), (then, 6, "nurse", 4), (last, 5, "doctor", 4)):
        takers = people(trust, number, profession=profession)
        complete(one, takers)
        levels(version, lead, takers, 2, after, ended=14)
    for profession in ("nurse", "doctor"):
        levels(version, lead, people(trust, 20, profession=profession), 2, 2, ended=14)
    before = shown([cohort])
    assert shown([cohort, then]) == (replace(before[0], places=before[0].places + ledger.Places(6, 6, 7200)), before[1])
    made, points = shown([cohort, then, last])
    assert [points[12].lines[0].people, points[12].led.completed] == ["23", "23"]
    assert sum(number for _, number in made.mixes[0].rows) == 23
    for only, people_of in ((cohort, "12"), (then, ""), (last, "")):
        assert shown([cohort, then, last], only=only)[1][12].lines[0].people == people_of


def test_ledger_counts_people_in_new_posts_once_and_who_still_works(trust, lead, cohort):
    places = complete(cohort, people(trust, 12))
    PostFactory(clinician=places[0].clinician, started_on=months_ago(10))
    PostFactory(clinician=places[0].clinician, started_on=months_ago(15))
    PostFactory(clinician=places[1].clinician, started_on=months_ago(5))
    PostFactory(clinician=places[2].clinician, started_on=months_ago(30))
    note = {"noted_by": lead}
    Outcome.objects.create(enrolment=places[0], months=6, kind=OutcomeKind.POST, what="Director", **note)
    for what in ("Huddles", "Discharge"):
        Outcome.objects.create(enrolment=places[3], months=12, kind=OutcomeKind.SERVICE_CHANGE, what=what, **note)
    for number, place in enumerate(places[:10]):
        kind = OutcomeKind.LEFT if number == 0 else OutcomeKind.STILL_HERE
        Outcome.objects.create(enrolment=place, months=12, kind=kind, **note)
    rows = list(Cohort.objects.filter(pk=cohort.pk).with_programme())
    led = ledger.led_to(rows, ledger.places(rows))
    assert led[6][cohort.pk] == ledger.Led(completed=12, posts=1, cost=14_400)
    assert led[12][cohort.pk] == ledger.Led(12, still=9, left=1, posts=2, changes=2, cost=14_400)
    _, points = shown([cohort])
    assert points[12].led.posts == "2 of 12 people"
    assert points[12].led.working == "80 to 100% of the 10 we know of"
    assert points[12].led.per_change == "£7,200 (£14,400 for 2)"
    assert points[6].led.working == "Not shown"


def test_mix_puts_small_groups_together(trust, cohort):
    complete(cohort, people(trust, 12) + people(trust, 6, profession="doctor") + people(trust, 5, profession="midwife"))
    made, _ = shown([cohort])
    assert made.mixes[0].rows == (("Nurse", 12), ("Groups not shown, together", 11))


def test_places_given_up_cost_and_those_put_off_do_not(trust, cohort):
    complete(cohort, people(trust, 2))
    for state in ("withdrawn", "deferred"):
        place = enrolment(cohort, people(trust, 1)[0])
        place.state = state
        place.save()
    rows = list(Cohort.objects.filter(pk=cohort.pk).with_programme())
    assert ledger.places(rows)[cohort.pk] == ledger.Places(paid=3, completed=2, cost=3600)


# --- its pages -------------------------------------------------------------------------------------------------------


def test_pages_state_the_aim_the_figures_and_the_method(sign_in, trust, lead, version, programme, cohort):
    takers = people(trust, 12)
    complete(cohort, takers)
    levels(version, lead, takers, 2, 3)
    levels(version, lead, people(trust, 12), 2, 2)
    browser = sign_in(user_with(Role.REGIONAL_LEAD, trust.region_links.get().region))
    assert programme.name in text(browser.get(reverse("outcomes:report")))
    page = text(browser.get(reverse("outcomes:programme", args=[programme.code])))
    assert page.index("Teams that improve what they do.") < page.index("12 months after the end")
    assert "+1.0 (+0.9 to +1.1)" in page
    assert "Abadie and Imbens" in page
    assert "does not prove" in page
    assert "This has not come yet." in page
    assert "+1.0 (+0.9 to +1.1)" in text(browser.get(reverse("outcomes:cohort", args=[cohort.pk])))


def test_file_has_the_figures_and_leaves_a_trace(sign_in, trust, lead, version, programme, cohort):
    takers = people(trust, 12)
    complete(cohort, takers)
    levels(version, lead, takers, 3, 2)
    levels(version, lead, people(trust, 12), 3, 3)
    response = sign_in(lead).get(reverse("outcomes:export", args=[programme.code]))
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    row = next(row for row in rows if row["What"] == "Difference" and row["Months after the end"] == "12")
    assert (row["People"], row["Figure"], row["From"], row["To"]) == ("12", "−1.0", "−1.1", "−0.9")
    assert AuditEvent.objects.filter(verb="programme.report_exported", actor_id=lead.pk).count() == 1


def test_empty_states(sign_in, lead, cohort):
    browser = sign_in(user_with(Role.NATIONAL_LEAD))
    page = text(browser.get(reverse("outcomes:cohort", args=[cohort.pk])))
    assert "too few people agreed levels" in page
    cohort.version.programme.domains.clear()
    elsewhere = sign_in(user_with(Role.HR_OFFICER, OrganisationFactory()))
    assert "No cohort has finished yet" in text(elsewhere.get(reverse("outcomes:report")))


def test_queries_do_not_grow(sign_in, trust, lead, version, programme, cohort):
    browser = sign_in(lead)

    def queries(path):
        browser.get(path)
        with CaptureQueriesContext(connection) as found:
            assert browser.get(path).status_code == 200
        return len(found)

    paths = [
        reverse("outcomes:report"),
        reverse("outcomes:programme", args=[programme.code]),
        reverse("outcomes:people", args=[cohort.pk]),
    ]
    some = people(trust, 1)
    complete(cohort, some)
    before = [queries(path) for path in paths]
    more = people(trust, 2)
    places = complete(cohort, more)
    for place in places:
        Outcome.objects.create(enrolment=place, months=6, kind=OutcomeKind.POST, what="Lead", noted_by=lead)
        PostFactory(clinician=place.clinician, started_on=months_ago(10))
    levels(version, lead, some + more, 2, 3)
    for _ in range(2):
        complete(finished(programme, lead, name="Another"), people(trust, 1))
        complete(finished(ProgrammeFactory(organisation=trust), lead), people(trust, 1))
    assert [queries(path) for path in paths] == before
