"""Who may write what on a profile, and what else happens when they do."""

import pytest

from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.clinicians import actions
from registry.clinicians.fields import Register, RegistrationStatus, VerificationMethod
from registry.clinicians.models import Clinician, Post, Registration
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.standing.models import Standing
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import (
    ClinicianFactory,
    PostFactory,
    RegistrationFactory,
    UserFactory,
    clinician_user,
    user_with,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def hr(trust):
    return user_with(Role.HR_OFFICER, trust)


@pytest.fixture
def other_hr():
    return user_with(Role.HR_OFFICER, OrganisationFactory())


@pytest.fixture
def nurse(trust):
    return clinician_user(trust)


def test_clinician_changes_own_fields(nurse):
    actions.update_details(clinician=nurse, changes={"career_stage": "practitioner"}, by=nurse.user)
    nurse.refresh_from_db()
    assert nurse.career_stage == "practitioner"
    assert Standing.objects.get(clinician=nurse).career_stage == "practitioner"
    event = AuditEvent.objects.get(verb="profile.changed")
    assert (event.actor_id, event.detail) == (nurse.user_id, {"fields": ["career_stage"]})


@pytest.mark.parametrize("field", sorted(actions.EMPLOYER_FIELDS - actions.OWN_FIELDS))
def test_clinician_cannot_change_what_the_employer_says(nurse, field):
    with pytest.raises(NotAllowed):
        actions.update_details(clinician=nurse, changes={field: None}, by=nurse.user)


def test_nobody_else_changes_a_profile(nurse, other_hr):
    colleague = clinician_user(nurse.organisation)
    for by in (other_hr, colleague.user, UserFactory()):
        with pytest.raises(NotAllowed):
            actions.update_details(clinician=nurse, changes={"given_name": "Eve"}, by=by)


def test_hr_cannot_move_somebody_to_an_organisation_they_do_not_keep(nurse, hr):
    with pytest.raises(NotAllowed):
        actions.update_details(clinician=nurse, changes={"organisation": OrganisationFactory()}, by=hr)
    nurse.refresh_from_db()
    assert nurse.organisation in {grant.organisation for grant in hr.grants}


def test_move_leaves_the_line_manager_behind(nurse):
    nurse.line_manager = ClinicianFactory(organisation=nurse.organisation)
    nurse.save()
    national = user_with(Role.ADMINISTRATOR)
    actions.update_details(clinician=nurse, changes={"organisation": OrganisationFactory()}, by=national)
    nurse.refresh_from_db()
    assert nurse.line_manager is None


def test_staff_number_taken_at_the_organisation_is_refused(nurse, hr):
    taken = ClinicianFactory(organisation=nurse.organisation).staff_number
    with pytest.raises(Invalid) as refusal:
        actions.update_details(clinician=nurse, changes={"staff_number": taken}, by=hr)
    assert refusal.value.field == "staff_number"


def test_staff_number_of_another_organisation_is_free(nurse, hr):
    elsewhere = ClinicianFactory().staff_number
    actions.update_details(clinician=nurse, changes={"staff_number": elsewhere}, by=hr)
    nurse.refresh_from_db()
    assert nurse.staff_number == elsewhere


def test_line_manager_of_another_organisation_is_refused(nurse, hr):
    with pytest.raises(Invalid):
        actions.update_details(clinician=nurse, changes={"line_manager": ClinicianFactory()}, by=hr)


def test_nobody_is_their_own_manager_or_appraiser(nurse, hr):
    for changes in ({"line_manager": nurse}, {"appraiser": nurse.user}):
        with pytest.raises(Invalid) as refusal:
            actions.update_details(clinician=nurse, changes=changes, by=hr)
        assert refusal.value.field == next(iter(changes))


def test_post_added_is_in_standing_at_once(nurse):
    entry = PostFactory.build(clinician=nurse, organisation=nurse.organisation, band="9")
    actions.save_entry(entry=entry, by=nurse.user)
    assert Standing.objects.get(clinician=nurse).band_rank == 12
    actions.remove_entry(entry=entry, by=nurse.user)
    assert Standing.objects.get(clinician=nurse).band_rank == 0
    assert not Post.objects.filter(clinician=nurse).exists()


def test_entry_of_somebody_else_is_out_of_reach(nurse, other_hr):
    entry = PostFactory(clinician=nurse)
    for act in (actions.save_entry, actions.remove_entry):
        with pytest.raises(NotAllowed):
            act(entry=entry, by=other_hr)


def test_entry_cannot_be_moved_onto_ones_own_profile(nurse):
    stolen = PostFactory()
    stolen.clinician = nurse
    with pytest.raises(WrongState):
        actions.save_entry(entry=stolen, by=nurse.user)


def test_removing_twice_is_a_wrong_state(nurse, hr):
    entry = PostFactory(clinician=nurse)
    again = Post.objects.get(pk=entry.pk)
    actions.remove_entry(entry=entry, by=hr)
    with pytest.raises(WrongState):
        actions.remove_entry(entry=again, by=hr)


def test_registration_number_taken_elsewhere_says_nothing_about_the_holder(nurse):
    holder = RegistrationFactory(number="12A3456E", clinician__family_name="Secretname")
    entry = Registration(clinician=nurse, register=Register.NMC, number="12a 3456e")
    with pytest.raises(Invalid) as refusal:
        actions.save_entry(entry=entry, by=nurse.user)
    assert refusal.value.field == "number"
    assert "Secretname" not in refusal.value.message
    assert holder.clinician.organisation.name not in refusal.value.message


def test_registration_of_the_wrong_form_is_refused(nurse):
    with pytest.raises(Invalid):
        actions.save_entry(entry=Registration(clinician=nurse, register=Register.GMC, number="12A3456E"), by=nurse.user)


def test_clinician_cannot_declare_a_status_or_a_check(nurse):
    entry = RegistrationFactory.build(clinician=nurse, status="lapsed", method="register", verified_by=nurse.user)
    actions.save_entry(entry=entry, by=nurse.user)
    entry.refresh_from_db()
    assert (entry.status, entry.verified_by, entry.method) == ("registered", None, "")


def verify(registration, by, status=RegistrationStatus.SUSPENDED):
    return actions.record_verification(
        registration=registration, status=status, method=VerificationMethod.ONLINE_REGISTER, by=by
    )


def test_verification_says_who_when_and_how(nurse, hr):
    registration = verify(RegistrationFactory(clinician=nurse), hr)
    assert (registration.verified_by, registration.method) == (hr, "register")
    assert registration.verified_at is not None
    assert Standing.objects.get(clinician=nurse).registration == "suspended"


def test_nobody_verifies_their_own_registration(nurse, hr, other_hr):
    registration = RegistrationFactory(clinician=nurse)
    hr_too = ClinicianFactory(organisation=nurse.organisation, user=hr)
    for row, by in ((registration, nurse.user), (registration, other_hr), (RegistrationFactory(clinician=hr_too), hr)):
        with pytest.raises(NotAllowed):
            verify(row, by)


def test_clinician_cannot_shed_a_suspension(nurse, hr):
    registration = verify(RegistrationFactory(clinician=nurse), hr)
    registration.number = "99A9999E"
    with pytest.raises(WrongState):
        actions.save_entry(entry=registration, by=nurse.user)
    with pytest.raises(WrongState):
        actions.remove_entry(entry=registration, by=nurse.user)


def test_changed_number_loses_its_verification(nurse, hr):
    registration = verify(RegistrationFactory(clinician=nurse), hr, RegistrationStatus.CONDITIONS)
    registration.number = "99A9999E"
    actions.save_entry(entry=registration, by=hr)
    registration.refresh_from_db()
    assert (registration.status, registration.verified_at, registration.method) == ("registered", None, "")


def test_verification_of_a_number_that_changed_meanwhile_is_refused(nurse, hr):
    seen = RegistrationFactory(clinician=nurse)
    Registration.objects.filter(pk=seen.pk).update(number="99A9999E")
    with pytest.raises(WrongState):
        verify(seen, hr)


def test_account_is_opened_once_with_the_clinician_role(trust, hr):
    clinician = ClinicianFactory(organisation=trust, email="ada@trust.example")
    user = actions.open_clinician_account(clinician=clinician, by=hr)
    clinician.refresh_from_db()
    assert (clinician.user, user.email, user.has_usable_password()) == (user, "ada@trust.example", False)
    assert [(grant.role, grant.organisation) for grant in user.grants] == [("clinician", trust)]
    with pytest.raises(WrongState):
        actions.open_clinician_account(clinician=clinician, by=hr)


def test_account_of_somebody_who_works_only_elsewhere_is_never_linked(trust, hr):
    mentor = user_with(Role.MENTOR, OrganisationFactory(), email="mentor@elsewhere.example")
    clinician = ClinicianFactory(organisation=trust, email=mentor.email)
    with pytest.raises(Invalid):
        actions.open_clinician_account(clinician=clinician, by=hr)
    assert Clinician.objects.get(pk=clinician.pk).user is None
    assert [grant.role for grant in mentor.grants] == ["mentor"]


def test_account_of_an_address_in_use_says_nothing_about_the_holder(trust, hr):
    holder = clinician_user(OrganisationFactory())
    clinician = ClinicianFactory(organisation=trust, email=holder.user.email.upper())
    with pytest.raises(Invalid) as refusal:
        actions.open_clinician_account(clinician=clinician, by=hr)
    assert refusal.value.field == "email"
    assert holder.organisation.name not in refusal.value.message
    assert Clinician.objects.get(pk=clinician.pk).user is None


def test_account_cannot_be_opened_by_the_person_or_another_employer(nurse, other_hr):
    unclaimed = ClinicianFactory(organisation=nurse.organisation, email="b@trust.example")
    for by in (nurse.user, other_hr):
        with pytest.raises(NotAllowed):
            actions.open_clinician_account(clinician=unclaimed, by=by)


def test_move_ends_the_management_of_those_left_behind(nurse):
    manager = clinician_user(nurse.organisation)
    actions.update_details(clinician=nurse, changes={"line_manager": manager}, by=user_with(Role.ADMINISTRATOR))
    there = OrganisationFactory()
    actions.update_details(clinician=manager, changes={"organisation": there}, by=user_with(Role.ADMINISTRATOR))
    nurse.refresh_from_db()
    assert nurse.line_manager is None


def test_clinician_edits_own_details_whatever_is_wrong_with_the_employers(nurse):
    Clinician.objects.filter(pk=nurse.pk).update(line_manager=clinician_user(OrganisationFactory()))
    actions.update_details(clinician=nurse, changes={"career_stage": "practitioner"}, by=nurse.user)
    nurse.refresh_from_db()
    assert nurse.career_stage == "practitioner"
