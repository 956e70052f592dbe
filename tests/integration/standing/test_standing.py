"""Standing says what its sources say, in the transaction that changed them."""

import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from registry.accounts.actions import give_consent, withdraw_consent
from registry.accounts.models import ConsentReach
from registry.clinicians.fields import PayBand, Profession, Register, RegistrationStatus
from registry.standing.actions import refresh
from registry.standing.models import Standing
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import ClinicianFactory, PostFactory, RegistrationFactory, clinician_user


@pytest.mark.django_db
def test_consent_reaches_standing_at_once_and_leaves_at_once():
    clinician, bystander = clinician_user(OrganisationFactory()), clinician_user(OrganisationFactory())
    refresh([bystander.pk])

    give_consent(user=clinician.user, reach=ConsentReach.REGION, by=clinician.user)
    assert clinician.standing.consent == "region"

    withdraw_consent(user=clinician.user, by=clinician.user)
    clinician.standing.refresh_from_db()
    assert clinician.standing.consent == ""
    assert bystander.standing.consent == ""


@pytest.mark.django_db
def test_consent_rolled_back_leaves_no_trace_in_standing():
    clinician = clinician_user(OrganisationFactory())
    with pytest.raises(RuntimeError), transaction.atomic():
        give_consent(user=clinician.user, reach=ConsentReach.NATIONAL, by=clinician.user)
        raise RuntimeError
    assert not Standing.objects.exists()


@pytest.mark.django_db
def test_standing_takes_the_best_status_on_the_professions_own_register():
    nurse = ClinicianFactory(profession=Profession.NURSE)
    RegistrationFactory(clinician=nurse, status=RegistrationStatus.LAPSED)
    RegistrationFactory(clinician=nurse, status=RegistrationStatus.CONDITIONS)
    RegistrationFactory(clinician=nurse, register=Register.HCPC, number="PA12345")
    refresh([nurse.pk])
    assert nurse.standing.registration == "conditions"


@pytest.mark.django_db
def test_standing_takes_the_most_senior_post_held_today():
    nurse = ClinicianFactory()
    PostFactory(clinician=nurse, band=PayBand.BAND_7)
    PostFactory(clinician=nurse, band=PayBand.BAND_8A)
    PostFactory(clinician=nurse, band=PayBand.BAND_9, ended_on="2021-01-01")
    refresh([nurse.pk])
    assert nurse.standing.band_rank == 8


@pytest.mark.django_db
def test_refresh_takes_the_same_queries_for_one_and_for_three(django_assert_num_queries):
    from django.test.utils import CaptureQueriesContext

    people = [PostFactory().clinician for _ in range(3)]
    refresh([person.pk for person in people])
    with CaptureQueriesContext(
        connection,
    ) as one:
        refresh([people[0].pk])
    with CaptureQueriesContext(connection) as three:
        refresh([person.pk for person in people])
    assert len(one) == len(three)


@pytest.mark.django_db
def test_check_finds_a_row_that_is_not_what_its_sources_say():
    nurse, other = PostFactory().clinician, PostFactory().clinician
    call_command("rebuild_standing", stdout=StringIO())
    call_command("rebuild_standing", "--check", stdout=StringIO())

    Standing.objects.filter(pk=nurse.pk).update(band_rank=13)
    with pytest.raises(CommandError) as found:
        call_command("rebuild_standing", "--check")
    assert f"Standing ({nurse.pk}, '')" in str(found.value)
    assert f"Standing ({other.pk}, '')" not in str(found.value)


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_both_reach_standing():
    """The second transaction waits for the first, then reads what it wrote."""
    clinician = clinician_user(OrganisationFactory())
    refresh([clinician.pk])
    first_wrote, second_started = threading.Event(), threading.Event()

    def consent():
        with transaction.atomic():
            give_consent(user=clinician.user, reach=ConsentReach.NATIONAL, by=clinician.user)
            first_wrote.set()
            second_started.wait(5)
        connection.close()

    thread = threading.Thread(target=consent)
    thread.start()
    assert first_wrote.wait(5)
    with transaction.atomic():
        PostFactory(clinician=clinician, band=PayBand.BAND_9)
        second_started.set()
        refresh([clinician.pk])
    thread.join(5)
    clinician.standing.refresh_from_db()
    assert (clinician.standing.consent, clinician.standing.band_rank) == ("national", 12)
