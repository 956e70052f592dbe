"""When foreign keys are checked."""

import pytest
from django.db import IntegrityError, connection, transaction

from registry.clinicians.models import Registration
from registry.kernel.constraints import foreign_keys_checked_at_once

NOBODY = 10**12


@pytest.mark.django_db
def test_foreign_keys_are_checked_at_once_inside():
    with pytest.raises(IntegrityError), transaction.atomic(), foreign_keys_checked_at_once():
        Registration.objects.create(clinician_id=NOBODY, register="GMC", number="0123456")


@pytest.mark.django_db
def test_foreign_keys_wait_for_the_commit_again_afterwards():
    with foreign_keys_checked_at_once():
        pass
    dangling = Registration.objects.create(clinician_id=NOBODY, register="GMC", number="0123456")
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.check_constraints()
    dangling.delete()
