"""The demonstration is whole, the same every time, and goes only into an empty registry."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from programmes.catalogue_files import SHIPPED
from programmes.library import read_files
from programmes.models import Cohort, Programme
from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.appraisals.models import Appraisal, Obligation, Postponement
from registry.boards.models import Shortlist, Vacancy
from registry.clinicians.models import Clinician, RoleMix
from registry.competency.models import Assessment
from registry.contributions.eligibility import Window
from registry.contributions.models import Opportunity, ServiceChange, Venture
from registry.equality.models import EqualityAnswers
from registry.equality.totals import totals_by
from registry.kernel.clock import today
from registry.notifications.models import Message
from registry.transfers.demo import accounts, cast, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(settings):
    settings.DEMO_CLINICIANS = 150
    call_command("load_frameworks", stdout=StringIO())
    call_command("load_demo", stdout=StringIO())


def test_demonstration_shows_every_role_and_every_stage_of_the_work(loaded):
    assert {person.role for person in accounts.SIGN_INS} == set(Role) - {Role.API_CLIENT}
    for person in accounts.SIGN_INS:
        assert User.objects.get(email=person.email).holds(person.role)
    assert Clinician.objects.count() == 150
    assert set(Assessment.objects.values_list("state", flat=True)) == {"draft", "submitted", "agreed"}
    assert set(Vacancy.objects.values_list("status", flat=True)) == {"draft", "open", "built", "decided"}
    assert Shortlist.objects.published().count() == 1


def test_demonstration_shows_development_and_how_a_post_divides(loaded):
    clinician = User.objects.get(email="clinician@ashdale.example").clinician
    (plan,) = clinician.development_plans.all()
    assert set(plan.objectives.values_list("state", flat=True)) == {"planned", "under_way", "achieved"}
    assert set(clinician.career_conversations.values_list("state", flat=True)) == {"recorded", "preparing"}
    first, *_, last = RoleMix.objects.filter(post__clinician=clinician)
    assert (last.from_date - first.from_date).days > 600


def test_demonstration_has_a_catalogue_and_cohorts_in_every_state_before_places_are_offered(loaded):
    assert len(read_files([SHIPPED])) == 12 <= Programme.objects.count()
    assert {"draft", "open", "selecting", "cancelled"} <= set(Cohort.objects.values_list("state", flat=True))


def test_most_of_the_demonstrations_clinicians_answered_the_equality_questions(loaded):
    users = list(Clinician.objects.values_list("user_id", flat=True))
    table = totals_by({"Everybody": users}, "sex")
    assert table.totals == (150,)
    assert table.count(0, "female", "male") > 100
    assert 110 < EqualityAnswers.objects.count() < 145


def test_demonstrations_standing_is_what_its_sources_say(loaded):
    call_command("rebuild_standing", "--check", stdout=StringIO())


def test_everybody_of_the_cast_is_the_same_every_time():
    assert list(cast.people(300, world.DAY)) == list(cast.people(300, world.DAY))


def test_cast_never_repeats_an_address_or_a_registration_number():
    people = list(cast.people(3000, world.DAY))
    assert len({person.email for person in people}) == 3000
    assert len({(person.register, person.registration_number) for person in people}) == 3000


def test_demonstration_never_goes_into_a_registry_in_use(loaded):
    with pytest.raises(CommandError, match="not empty"):
        call_command("load_demo")
    call_command("load_demo", "--if-empty", stdout=StringIO())
    assert Clinician.objects.count() == 150


def test_password_is_printed_once_for_every_sign_in():
    out = StringIO()
    call_command("demo_sign_ins", stdout=out)
    assert out.getvalue().count(accounts.PASSWORD) == 1
    assert all(person.email in out.getvalue() for person in accounts.SIGN_INS)


def test_demonstration_shows_appraisals_in_every_state_and_what_was_done_about_them(loaded):
    assert set(Appraisal.objects.values_list("state", flat=True)) == {"preparing", "ready", "signed", "done"}
    assert Appraisal.objects.overdue(today()).exists()
    assert Appraisal.objects.to_assign().filter(appraiser__isnull=True).exists()
    assert set(Postponement.objects.values_list("approved", flat=True)) >= {None}
    assert set(Message.objects.filter(kind="appraisal_reminder").values_list("state", flat=True)) == {"sent", "failed"}
    officer = User.objects.get(email="responsible@ashdale.example")
    assert set(officer.connections.values_list("kind", flat=True)) == {"standard"}
    hero = User.objects.get(email="clinician@ashdale.example").clinician
    assert hero.appraisals.filter(state="done", objectives__isnull=False).distinct().count() == 2
    assert Obligation.objects.filter(cycle__kind="appraisal").count() == 150
    assert Clinician.objects.filter(department="").count() < 10


def test_demonstration_shows_ideas_ventures_and_opportunities(loaded):
    hero = User.objects.get(email="clinician@ashdale.example").clinician
    assert set(hero.service_changes.values_list("status", flat=True)) == {"spread", "stopped"}
    assert ServiceChange.objects.exclude(clinician=hero).count() > 3
    ventures = Venture.objects.with_clearance()
    assert set(ventures.values_list("clearance", flat=True)) == {"cleared", "waiting", "not_cleared", "undeclared"}
    assert Venture.showcase().count() == 2
    assert [Opportunity.objects.on(today(), way).count() for way in Window] == [3, 2, 1]
