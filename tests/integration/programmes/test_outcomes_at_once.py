"""Several people at one line of the ledger at once."""

import pytest

from programmes.actions import outcomes
from programmes.actions.outcomes import Told
from registry.accounts.roles import Role
from registry.kernel.errors import Invalid
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with
from tests.factories.programmes import ProgrammeFactory
from tests.factories.programmes_outcomes import complete, finished
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_windows_note_a_post_once():
    trust = OrganisationFactory()
    nurse = clinician_user(trust)
    lead = user_with(Role.PROGRAMME_LEAD, trust)
    (place,) = complete(finished(ProgrammeFactory(organisation=trust), lead), [nurse])
    told = {"enrolment": place, "months": 12, "told": Told(post="Director"), "by": nurse.user}
    results = at_once(*[lambda: outcomes.note(**told)] * 2)
    assert [type(one) for one in results if isinstance(one, Exception)] == [Invalid]
    assert place.outcomes.count() == 1


def test_still_working_is_kept_once_however_many_say_it():
    trust = OrganisationFactory()
    lead = user_with(Role.PROGRAMME_LEAD, trust)
    nurse = clinician_user(trust)
    (place,) = complete(finished(ProgrammeFactory(organisation=trust), lead), [nurse])
    note = {"enrolment": place, "months": 12}
    results = at_once(*[lambda: outcomes.note(**note, told=Told(working=True), by=nurse.user)] * 4)
    assert outcome(results) == (4, 0)
    row = place.outcomes.get()
    assert outcome(at_once(*[lambda: outcomes.take_back(outcome=row, by=nurse.user)] * 4)) == (1, 3)
