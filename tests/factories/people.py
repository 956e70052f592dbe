"""Users with roles, and clinicians."""

import datetime

import factory

from registry.accounts.models import RoleGrant, User
from registry.accounts.roles import Level, Role
from registry.clinicians.fields import CareerStage, PayBand, Profession, Register, Sector
from registry.clinicians.models import Clinician, LeadershipRole, Post, Qualification, Registration, RoleMix
from tests.factories.organisations import OrganisationFactory

PASSWORD = "correct horse battery staple"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@trust.example")
    name = factory.Sequence(lambda n: f"Person {n}")
    # Argon2 is slow on purpose: tests that sign in through the page set one with `set_password`.
    password = "!"


def user_with(role: Role, place=None, **attributes) -> User:
    """A user who holds this role at an organisation, in a region, or (with neither) nationally."""
    user = UserFactory(**attributes)
    grant(user, role, place)
    return user


def grant(user: User, role: Role, place=None) -> RoleGrant:
    """Give the role directly, past the rule about who may."""
    kind = place._meta.model_name if place else None
    level = {"organisation": Level.ORGANISATION, "region": Level.REGION, None: Level.NATIONAL}[kind]
    user.__dict__.pop("grants", None)
    user.__dict__.pop("_scopes", None)
    return RoleGrant.objects.create(user=user, role=role, level=level, **({kind: place} if place else {}))


class ClinicianFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Clinician

    organisation = factory.SubFactory(OrganisationFactory)
    staff_number = factory.Sequence(lambda n: f"{n:08}")
    given_name = "Ada"
    family_name = factory.Sequence(lambda n: f"Clinician{n}")
    profession = Profession.NURSE
    sector = Sector.ACUTE
    career_stage = CareerStage.EXPERIENCED


def clinician_user(organisation, **attributes) -> Clinician:
    """A clinician with an account who holds the clinician role at their organisation."""
    clinician = ClinicianFactory(organisation=organisation, **attributes)
    clinician.user = user_with(Role.CLINICIAN, organisation, name=clinician.name)
    clinician.save()
    return clinician


class RegistrationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Registration

    clinician = factory.SubFactory(ClinicianFactory)
    register = Register.NMC
    number = factory.Sequence(lambda n: f"12A{n:04}E")


class PostFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Post

    clinician = factory.SubFactory(ClinicianFactory)
    organisation = factory.SelfAttribute("clinician.organisation")
    title = "Matron"
    band = PayBand.BAND_8A
    started_on = datetime.date(2020, 1, 6)


class RoleMixFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RoleMix

    post = factory.SubFactory(PostFactory)
    from_date = datetime.date(2024, 1, 8)
    practitioner = 70
    partner = 20
    leader = 10


class LeadershipRoleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LeadershipRole

    clinician = factory.SubFactory(ClinicianFactory)
    title = "Clinical lead"
    nature = "formal"
    started_on = datetime.date(2021, 1, 4)


class QualificationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Qualification

    clinician = factory.SubFactory(ClinicianFactory)
    kind = "health_mba"
    title = "MBA in health"
    year = 2019
