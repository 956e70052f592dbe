"""HR finds in two clicks who is overdue and what was done, and assigns many people an appraiser who manages one of them."""

import pytest

from registry.accounts.roles import Role
from registry.appraisals.models import Appraisal
from registry.notifications.states import MessageState
from tests.factories.appraisals import CycleRuleFactory, appraisal
from tests.factories.officers import in_days, message
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PASSWORD, ClinicianFactory, clinician_user, user_with

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_hr_sees_what_was_done_about_overdue_appraisals_and_assigns_on_a_phone(visitor):
    trust, rule = OrganisationFactory(name="Fictional Trust"), CycleRuleFactory()
    officer = user_with(Role.HR_OFFICER, trust, email="hr@trust.example", name="Harriet Rowe")
    officer.set_password(PASSWORD)
    officer.save()
    appraiser = user_with(Role.APPRAISER, trust, name="Asha Pillai")
    manager = ClinicianFactory(organisation=trust, user=appraiser, given_name="Asha", family_name="Pillai")
    zoe = clinician_user(trust, given_name="Zoë", family_name="O’Neill", department="Ward 4", line_manager=manager)
    ada = clinician_user(trust, given_name="Ada", family_name="Obi", department="Ward 4")
    late = appraisal(zoe, rule=rule, due_on=in_days(-15))
    appraisal(ada, rule=rule, due_on=in_days(20))
    message(late, "overdue:1", days_ago=8)
    message(late, "overdue:2", days_ago=1, state=MessageState.FAILED, error="550 no such address")
    message(late, "manager", to=f"u{appraiser.pk}", days_ago=2)

    hr = visitor(width=320)
    hr.sign_in(officer.email, PASSWORD)
    # Two clicks: from the home page to the list, which says it all; and to everything about one.
    hr.follow("Look at overdue appraisals")
    assert hr.sees("15 days")
    assert hr.sees("Not delivered")
    assert hr.sees("the line manager on")
    hr.follow("Zoë O’Neill")
    assert hr.sees("550 no such address")

    hr.click("Assign an appraiser")
    hr.open("/appraisals/organisation/assign?department=Ward+4")
    hr.page.get_by_label("All 2 that match, on this page and the others").check()
    hr.page.get_by_label("Appraiser", exact=True).last.select_option(label="Asha Pillai (none open)")
    hr.click("Continue")
    assert hr.sees("The appraiser is in their line of management: 1 person")
    hr.click("Assign")
    assert hr.sees("Say why somebody of the line of management appraises all the same.")
    hr.page.get_by_label("Why is this right all the same?").fill("Nobody else knows the service.")
    hr.click("Assign")
    assert hr.sees("Asha Pillai is now the appraiser in 2 appraisals.")
    assert Appraisal.objects.filter(appraiser=appraiser).count() == 2

    hr.open("/appraisals/organisation/")
    hr.open("/appraisals/organisation/overdue?department=Ward+4")
    assert hr.sees("Asha Pillai")
