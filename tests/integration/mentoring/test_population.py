"""Who takes part in a round, what the matching knows of them, and every rule that keeps two people apart."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mentoring import steps
from mentoring.actions import register
from mentoring.fields import OfferState
from mentoring.fit import Fit
from mentoring.points import Rule
from mentoring.population import population
from mentoring.states import RelationshipState
from programmes.states import CohortState
from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.clinicians.models import Clinician
from tests.factories import appraisals
from tests.factories import mentoring as make
from tests.factories import mentoring_relationships as related
from tests.factories import mentoring_rounds as rounds
from tests.factories import programmes_selecting as selecting
from tests.factories.people import ClinicianFactory, PostFactory, clinician_user, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def mentor(trust):
    return clinician_user(trust, given_name="Mo", family_name="Mentor")


@pytest.fixture
def pair(trust, lead, nurse, mentor):
    """A round in which nothing keeps the nurse and the mentor apart."""
    profile, wanted = make.offering(mentor.user), make.looking(nurse)
    return rounds.opened(lead, trust), profile, wanted


def rule(pair):
    """What keeps the two apart now; None where nothing does."""
    round_, profile, wanted = pair
    people = population(round_)
    assert [one.key for one in people.mentees] == [wanted.pk]
    return Fit(people.mentees, people.mentors).rule_against(wanted.pk, profile.pk)


def people_of(round_):
    found = population(round_)
    return [one.key for one in found.mentees], [one.key for one in found.mentors]


# --- who takes part --------------------------------------------------------------------------------------------------


def test_whoever_looks_and_whoever_offers_here_takes_part(pair):
    round_, profile, wanted = pair
    assert people_of(round_) == ([wanted.pk], [profile.pk])
    assert rule(pair) is None


def test_nobody_of_another_trust_profession_or_kind_takes_part(pair, lead, trust, elsewhere, foreign):
    _, profile, wanted = pair
    make.offering(foreign.user)
    make.looking(foreign)
    make.looking(clinician_user(trust, profession="doctor"))
    nurses = rounds.opened(lead, trust, kinds=["mentor"], professions=["nurse"])
    assert people_of(nurses) == ([wanted.pk], [profile.pk])
    assert people_of(rounds.opened(lead, trust, kinds=["coach"])) == ([], [])


def test_nobody_takes_part_who_paused_left_withdrew_or_cannot_sign_in(pair, nurse, mentor):
    round_, profile, wanted = pair
    for state in (OfferState.PAUSED, OfferState.LEFT):
        register.move_offer(profile=profile, to=state, by=mentor.user)
        assert people_of(round_)[1] == []
    register.move_offer(profile=profile, to=OfferState.OPEN, by=mentor.user)
    User.objects.filter(pk__in=[nurse.user_id, mentor.user_id]).update(is_active=False)
    assert people_of(round_) == ([], [])
    User.objects.filter(pk__in=[nurse.user_id, mentor.user_id]).update(is_active=True)
    register.stop_looking(wanted=wanted, by=nurse.user)
    assert people_of(round_)[0] == []


def test_a_mentors_places_are_those_nobody_has_or_is_proposed_for(pair, trust):
    round_, profile, _ = pair
    related.proposed(profile, make.looking(clinician_user(trust)))
    assert population(round_).places == (1,)
    related.under_way(profile, make.looking(clinician_user(trust)))
    assert people_of(round_)[1] == []


def test_somebody_without_a_profile_works_where_they_hold_a_role(trust, lead):
    guest = user_with(Role.MENTOR, trust, name="Gill Guest")
    profile = make.offering(guest)
    found = population(rounds.opened(lead, trust)).mentors
    assert [(one.key, one.organisation, one.profession, one.rank) for one in found] == [(profile.pk, trust.pk, "", 0)]
    assert found[0].region == "Y62"


def test_the_grade_is_the_highest_of_the_posts_held_today(pair, nurse):
    PostFactory(clinician=nurse, band="vsm", ended_on=datetime.date(2021, 1, 1))
    PostFactory(clinician=nurse, band="9", started_on=datetime.date(2999, 1, 1))
    PostFactory(clinician=nurse, band="6")
    PostFactory(clinician=nurse, band="7")
    assert population(pair[0]).mentees[0].rank == 7


def test_the_number_of_queries_is_the_same_for_one_and_for_three(pair, trust, nurse):
    counts = []
    nurse.line_manager = ClinicianFactory(organisation=trust)
    nurse.save()
    for _ in (1, 2):
        with CaptureQueriesContext(connection) as queries:
            population(pair[0])
        counts.append(len(queries))
        for _ in (1, 2):
            person = clinician_user(trust, line_manager=ClinicianFactory(organisation=trust))
            make.looking(person, needs=make.domains(2))
            make.offering(person.user, strengths=make.domains(2))
            make.excluding(person.user)
    assert counts[0] == counts[1]


# --- who is kept apart -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("levels", [1, 3])
@pytest.mark.parametrize("upward", [True, False])
def test_nobody_is_mentored_within_their_own_line_of_management(pair, trust, nurse, mentor, levels, upward):
    below, above = (nurse, mentor) if upward else (mentor, nurse)
    for _ in range(levels - 1):
        between = ClinicianFactory(organisation=trust)
        Clinician.objects.filter(pk=below.pk).update(line_manager=between)
        below = between
    Clinician.objects.filter(pk=below.pk).update(line_manager=above)
    assert rule(pair) == Rule.BARRED


def test_two_with_the_same_manager_are_not_in_each_others_line(pair, trust, nurse, mentor):
    boss = ClinicianFactory(organisation=trust)
    Clinician.objects.filter(pk__in=[nurse.pk, mentor.pk]).update(line_manager=boss)
    assert rule(pair) is None


def test_a_line_of_management_that_goes_round_in_a_circle_is_survived(pair, trust, nurse, mentor):
    other = ClinicianFactory(organisation=trust, line_manager=nurse)
    Clinician.objects.filter(pk=nurse.pk).update(line_manager=other)
    assert rule(pair) is None
    Clinician.objects.filter(pk=other.pk).update(line_manager=mentor)
    assert rule(pair) == Rule.BARRED


def test_neither_appraiser_nor_appraisee_is_a_mentor(pair, nurse, mentor):
    Clinician.objects.filter(pk=nurse.pk).update(appraiser=mentor.user)
    assert rule(pair) == Rule.BARRED
    Clinician.objects.filter(pk=nurse.pk).update(appraiser=None)
    assert rule(pair) is None
    Clinician.objects.filter(pk=mentor.pk).update(appraiser=nurse.user)
    assert rule(pair) == Rule.BARRED


def test_whoever_does_ones_appraisal_is_no_mentor_whatever_the_profile_says(pair, nurse, mentor):
    appraisals.appraisal(nurse, appraiser=mentor.user)
    assert rule(pair) == Rule.BARRED


@pytest.mark.parametrize("whose", ["mentee", "mentor"])
def test_whoever_one_of_the_two_excludes_is_kept_apart_whatever_the_case_of_the_address(pair, nurse, mentor, whose):
    by, other = (nurse, mentor) if whose == "mentee" else (mentor, nurse)
    make.excluding(by.user, "somebody.else@trust.example")
    assert rule(pair) is None
    User.objects.filter(pk=other.user_id).update(email="Mixed.Case@Trust.Example")
    make.excluding(by.user, "mixed.case@trust.example")
    assert rule(pair) == Rule.BARRED


def test_the_work_address_of_a_staff_record_is_excluded_as_well(pair, nurse, mentor):
    Clinician.objects.filter(pk=mentor.pk).update(email="Mo.Mentor@nhs.example")
    make.excluding(nurse.user, "mo.mentor@nhs.example")
    assert rule(pair) == Rule.BARRED


@pytest.mark.parametrize("state", [RelationshipState.DECLINED, RelationshipState.LAPSED, RelationshipState.ENDED])
def test_nobody_is_matched_twice_with_the_same_person_either_way_round(trust, lead, nurse, mentor, state):
    profile, wanted = make.offering(nurse.user), make.looking(mentor)
    made = (related.under_way if state == RelationshipState.ENDED else related.proposed)(profile, wanted)
    made.ended_at = timezone.now() if state == RelationshipState.ENDED else None
    steps.move(made, state, by=mentor.user, also=("ended_at",))
    pair = rounds.opened(lead, trust), make.offering(mentor.user), make.looking(nurse)
    assert rule(pair) == Rule.BARRED


def test_nobody_mentors_themself(trust, lead, nurse):
    assert rule((rounds.opened(lead, trust), make.offering(nurse.user), make.looking(nurse))) == Rule.BARRED


def test_two_on_the_same_panel_are_kept_apart_while_the_selection_is_open(pair, trust, nurse, mentor):
    cohort = selecting.selection(user_with(Role.PROGRAMME_LEAD, trust))
    for person in (nurse, mentor):
        cohort.assessors.create(user=person.user)
    assert rule(pair) == Rule.BARRED
    type(cohort).objects.filter(pk=cohort.pk).update(state=CohortState.CANCELLED)
    assert rule(pair) is None


def test_whoever_competes_is_kept_apart_from_those_who_select(pair, trust, nurse, mentor):
    cohort = selecting.selection(user_with(Role.PROGRAMME_LEAD, trust))
    selecting.programmes.application(cohort, nurse)
    assert rule(pair) is None
    cohort.assessors.create(user=mentor.user)
    assert rule(pair) == Rule.BARRED


def test_whoever_has_the_file_of_somebody_is_kept_apart_from_them(pair, trust, nurse, mentor):
    cohort = selecting.selection(user_with(Role.PROGRAMME_LEAD, trust))
    made = selecting.programmes.application(cohort, nurse)
    made.readings.create(gate=selecting.gate_of(cohort), assessor=mentor.user)
    assert rule(pair) == Rule.BARRED


def test_the_mentor_is_not_the_junior_of_the_two_unless_in_reverse_mentoring(pair, trust, lead, nurse, mentor):
    PostFactory(clinician=nurse, band="8a")
    PostFactory(clinician=mentor, band="6")
    assert rule(pair) == Rule.GRADE
    register.stop_looking(wanted=pair[2], by=nurse.user)
    register.offer(profile=pair[1], strengths=make.domains(), by=mentor.user)
    type(pair[1]).objects.filter(pk=pair[1].pk).update(kinds=["reverse"])
    assert rule((pair[0], pair[1], make.looking(nurse, kind="reverse"))) is None


def test_two_who_cannot_meet_are_kept_apart(trust, lead, nurse, mentor):
    round_, profile = rounds.opened(lead, trust), make.offering(mentor.user, meeting="remote")
    assert rule((round_, profile, make.looking(nurse, meeting="person"))) == Rule.TRAVEL
