"""What mentoring does: where mentors are missing, who became one, and how levels changed, without telling of a few."""

import datetime
import re

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mentoring import capacity, diffusion, growth
from mentoring.actions import register
from mentoring.fields import OfferState
from mentoring.models import MentoringRequest, MentorProfile
from mentoring.quarters import quarter_of
from registry.accounts.roles import Role
from registry.kernel.clock import today
from tests.factories import competency
from tests.factories import mentoring as make
from tests.factories.mentoring_relationships import proposed, under_way
from tests.factories.mentoring_sessions import logged, planned
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import ClinicianFactory, clinician_user, grant, user_with
from tests.factories.programmes_outcomes import agreed_on, months_ago

pytestmark = pytest.mark.django_db
URL = "mentoring:insight"


def text(client, user):
    client.force_login(user)
    response = client.get(reverse(URL))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def noon(day):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))


def lines(user, heading):
    (table,) = [table for table in capacity.against_need(user) if table.heading == heading]
    return {line.name: (line.looking, line.free) for line in table.lines}


def mentored(trust, number, *, began, mentor=None, **attributes):
    """So many clinicians of a trust who began to be mentored on that day."""
    profile = mentor or make.offering(user_with(Role.MENTOR, trust), capacity=12)
    found = []
    for _ in range(number):
        wanted = MentoringRequest.objects.create(
            clinician=ClinicianFactory(organisation=trust, user=user_with(Role.CLINICIAN, trust), **attributes),
            kind="mentor",
            aim="To lead.",
        )
        wanted.needs.create(domain=make.domains()[0])
        if profile.relationships.count() >= 12:
            profile = make.offering(user_with(Role.MENTOR, trust), capacity=12)
        under_way(profile, wanted, started_at=noon(began))
        found.append(wanted.clinician)
    return found


# --- what pairs do ---------------------------------------------------------------------------------------------------


def last_month():
    return today().replace(day=1) - datetime.timedelta(days=3)


def paired(trust, number):
    """So many pairs that are under way for long enough to have gone quiet."""
    found = []
    for _ in range(number):
        profile = make.offering(user_with(Role.MENTOR, trust))
        found.append(under_way(profile, make.looking(clinician_user(trust)), started_at=noon(months_ago(6))))
    return found


def test_activity_is_told_in_numbers_and_themes_only_of_many(trust, lead, client):
    pairs = paired(trust, 6)
    for pair in pairs[:4]:
        logged(pair, held_on=last_month(), minutes=45, themes=["career"])
    said = text(client, lead)
    assert "Pairs under way 6" in said
    assert "fewer than 5 of them logged a session" in said
    logged(pairs[4], held_on=last_month(), minutes=45, themes=["career", "conflict"])
    logged(pairs[5], held_on=last_month(), minutes=45, themes=["career"])
    said = text(client, lead)
    assert "Pairs that met 6 Sessions 6 Hours 4.5" in said
    # What five of six spoke about can be told, what one spoke about cannot.
    assert "Career At least so many 5" in said
    assert "Conflict" not in said


def test_quiet_pairs_are_counted_and_leads_see_which(trust, lead, client):
    quiet, met, planning = paired(trust, 3)
    logged(met, held_on=today() - datetime.timedelta(days=20))
    planned(planning)
    assert "Of these, quiet 1 See which" in text(client, lead)
    page = client.get(reverse("mentoring:relationships") + "?state=quiet").text
    assert str(quiet.clinician) in page
    assert str(met.clinician) not in page
    assert str(planning.clinician) not in page
    assert "See which" not in text(client, user_with(Role.HR_OFFICER, trust))


# --- where mentors are missing ---------------------------------------------------------------------------------------


def test_free_places_stand_beside_people_who_look_the_most_missing_first(trust, lead, nurse):
    one, two = make.domains(2)
    make.looking(nurse, needs=[one, two])
    make.looking(clinician_user(trust, profession="midwife"), needs=[two])
    doctor = clinician_user(trust, profession="doctor")
    make.offering(doctor.user, strengths=[one], capacity=3)
    assert lines(lead, "Domain") == {str(two): (2, 0), str(one): (1, 3)}
    assert next(iter(lines(lead, "Domain"))) == str(two)
    assert lines(lead, "Profession") == {"Nurse": (1, 0), "Midwife": (1, 0), "Doctor": (0, 3)}


def test_places_taken_proposed_paused_or_of_closed_accounts_are_not_free(trust, lead, nurse):
    profile = make.offering(user_with(Role.MENTOR, trust), capacity=3)
    proposed(profile, make.looking(nurse))
    assert lines(lead, "Domain") == {str(make.domains()[0]): (0, 2)}
    under_way(profile, make.looking(clinician_user(trust)))
    assert lines(lead, "Domain") == {str(make.domains()[0]): (0, 1)}
    register.move_offer(profile=profile, to=OfferState.PAUSED, by=profile.user)
    assert lines(lead, "Domain") == {}


def test_people_without_a_clinical_profile_and_other_trusts_are_counted_where_they_belong(trust, elsewhere, lead):
    make.looking(clinician_user(OrganisationFactory(region="Y56")))
    make.looking(clinician_user(elsewhere))
    make.offering(user_with(Role.MENTOR, trust), capacity=2)
    assert lines(lead, "Profession") == {capacity.NO_PROFILE: (0, 2)}
    everybody = user_with(Role.PROGRAMME_LEAD)
    make.offering(user_with(Role.MENTOR), capacity=1)
    assert lines(everybody, "Region") == {"London": (1, 0), "North West": (1, 2), capacity.NO_REGION: (0, 1)}


def test_a_mentor_counts_and_is_shown_where_they_hold_a_role_and_no_more_where_they_held_one(trust):
    mentor, london = user_with(Role.MENTOR, trust), OrganisationFactory(region="Y56", name="London Trust")
    mentor.role_grants.update(revoked_at=timezone.now(), revoked_by=mentor)
    grant(mentor, Role.MENTOR, london)
    profile = make.offering(mentor, capacity=2)
    everybody = user_with(Role.PROGRAMME_LEAD)
    assert lines(everybody, "Region") == {"London": (0, 2)}
    assert MentorProfile.objects.with_people().get(pk=profile.pk).works_at == "London Trust"


# --- mentees who became mentors --------------------------------------------------------------------------------------


def test_mentees_who_offer_afterwards_are_counted_from_then_on(trust, lead):
    began = quarter_of(today()).first - relativedelta(months=7)
    people = mentored(trust, 11, began=began)
    first, second, before = people[:3]
    for person, since in ((first, began + relativedelta(months=4)), (second, today()), (before, began)):
        make.offering(person.user)
        MentorProfile.objects.filter(user=person.user).update(since=noon(since) - datetime.timedelta(hours=1))
    found = diffusion.diffusion(lead, today())
    assert found.shown
    assert [row[1:] for row in found.rows[-4:]] == [(11, 0), (11, 0), (11, 1), (11, 2)][-4:]
    assert found.rows[0][1:] == (0, 0)


def test_mentees_whose_account_is_gone_count_each(trust, lead):
    for person in mentored(trust, 11, began=months_ago(5)):
        person.user = None
        person.save(update_fields=["user"])
    assert diffusion.diffusion(lead, today()).rows[-1][1:] == (11, 0)


def test_spread_is_not_told_of_a_few_nor_of_other_trusts(trust, elsewhere, lead, client):
    mentored(elsewhere, 11, began=months_ago(5))
    mentored(trust, 9, began=months_ago(5))
    assert "fewer than 10 people were mentored" in text(client, lead)
    mentored(trust, 1, began=months_ago(5))
    assert "fewer than 10 people were mentored" not in text(client, lead)
    assert diffusion.diffusion(lead, today()).rows[-1][1] == 10


# --- how levels changed ----------------------------------------------------------------------------------------------


@pytest.fixture
def began():
    """Early in a quarter whose point has come."""
    return quarter_of(today()).first - relativedelta(months=21)


def agreed(lead, people, before, after, began, *, stage=2):
    version = competency.framework("LF")
    agreed_on(began - relativedelta(months=1), version, dict.fromkeys(people, before), by=lead)
    agreed_on(began + relativedelta(months=12), version, dict.fromkeys(people, after), by=lead, stage=stage)


def test_change_is_told_in_the_domains_worked_on_beside_people_never_mentored(trust, lead, began, client):
    mentees = mentored(trust, 10, began=began)
    others = [ClinicianFactory(organisation=trust) for _ in range(12)]
    agreed(lead, mentees, 2, 4, began)
    agreed(lead, others, 2, 3, began)
    found = growth.growth(lead, today())
    worked_on, *rest = found.lines
    assert (worked_on.people, worked_on.others) == ("10", "12")
    assert worked_on.change.startswith("+2.0")
    assert worked_on.others_change.startswith("+1.0")
    assert worked_on.difference.startswith("+1.0")
    assert not [line for line in rest if line.shown]
    assert "+2.0" in text(client, lead)


def test_change_is_not_told_of_nine_nor_before_its_time_has_come(trust, lead, began):
    nine, many = mentored(trust, 9, began=began), mentored(trust, 12, began=began + relativedelta(months=9))
    agreed(lead, nine + many, 2, 3, began)
    agreed(lead, [ClinicianFactory(organisation=trust) for _ in range(12)], 2, 2, began)
    assert not [line for line in growth.growth(lead, today()).lines if line.shown]


def test_levels_at_different_stages_are_not_compared(trust, lead, began):
    agreed(lead, mentored(trust, 12, began=began), 2, 4, began, stage=3)
    assert not [line for line in growth.growth(lead, today()).lines if line.shown]


def test_somebody_who_is_or_was_mentored_stands_beside_nobody(trust, lead, began):
    mentees = mentored(trust, 10, began=began)
    later = mentored(trust, 10, began=today())
    agreed(lead, mentees + later, 2, 3, began)
    (line, *_) = growth.growth(lead, today()).lines
    assert (line.others, line.difference) == ("None", "Not compared")


# --- the page --------------------------------------------------------------------------------------------------------


def test_whoever_only_reports_sees_no_list_of_who_looks_or_offers(trust, nurse, client):
    make.looking(nurse)
    for role in (Role.HR_OFFICER, Role.REGIONAL_LEAD):
        place = trust if role == Role.HR_OFFICER else None
        reader = user_with(role, place) if place else user_with(Role.NATIONAL_LEAD)
        said = text(client, reader)
        assert "also see here where mentors are missing" in said
        assert "Places free" not in said


def test_page_asks_as_many_queries_for_many_as_for_one(trust, lead, client):
    client.force_login(lead)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(URL)).status_code == 200
        return len(captured)

    mentored(trust, 1, began=months_ago(20))
    make.looking(clinician_user(trust))
    queries()
    one = queries()
    mentored(trust, 12, began=months_ago(18))
    for _ in range(3):
        make.looking(clinician_user(trust))
        make.offering(user_with(Role.MENTOR, trust))
    assert queries() == one
