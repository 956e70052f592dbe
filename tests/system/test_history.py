"""Results from before the registry: from an officer's file to the clinician's timeline, and back."""

from io import StringIO

import pytest
from django.core.management import call_command

from registry.accounts.roles import Role
from tests.factories.competency import agreed, framework
from tests.factories.history import lqf_file
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PASSWORD, clinician_user, user_with

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def with_password(user):
    user.set_password(PASSWORD)
    user.save()
    return user


def test_lqf_file_shows_on_the_timeline_beside_todays_levels(visitor, live_server, tmp_path):
    call_command("load_frameworks", stdout=StringIO())
    trust = OrganisationFactory(name="Fictional Trust")
    with_password(user_with(Role.HR_OFFICER, trust, email="hr@trust.example"))
    nurse = clinician_user(trust, staff_number="00012345", given_name="Zoë", family_name="O’Neill")
    with_password(nurse.user)
    agreed(nurse, framework("LF"), level=3)
    file = tmp_path / "lqf.csv"
    rows = [f"00012345,{year}-05-31,Q{number},2" for year in (2008, 2010) for number in range(1, 16)]
    file.write_bytes(lqf_file(*rows, "00012345,2010-05-31,Charm,2"))

    # HR uploads it, sees what is wrong, and imports the rest.
    hr = visitor()
    hr.sign_in("hr@trust.example", PASSWORD)
    hr.follow("People")
    hr.follow("Imports")
    hr.follow("Old assessment results")
    hr.click("Import old results")
    hr.page.get_by_label("LQF 360 results", exact=True).check()
    hr.page.locator("input[type=file]").set_input_files(file)
    hr.click("Upload and check")
    assert hr.sees("1 row has errors and will not be imported.")
    assert hr.sees("The NHS Leadership Qualities Framework has no quality or element of this code or name.")
    hr.click("Import 30 levels")
    assert hr.sees("30 levels were added to people’s timelines.")

    # The clinician finds it on a phone, beside what was agreed.
    clinician = visitor(width=320)
    clinician.sign_in(nurse.user.email, PASSWORD)
    clinician.open("/leadership/assessments/")
    clinician.follow("See your leadership over time")
    assert clinician.heading().endswith("My timeline")
    assert clinician.sees("NHS Leadership Qualities Framework over time")
    assert clinician.sees("Leadership Framework: agreed levels")
    assert clinician.page.locator("svg[role=img]").count() == 3

    # HR reads it from the profile, and takes the import back.
    hr.open(f"/people/{nurse.pk}")
    hr.follow("Open the timeline")
    assert hr.sees("31 May 2010")
    hr.follow("People")
    hr.follow("Imports")
    hr.follow("Old assessment results")
    hr.follow("lqf.csv")
    hr.follow("Take this import back")
    hr.click("Take it back")
    assert hr.sees("gone from every timeline")
    clinician.page.reload()
    assert not clinician.sees("31 May 2010")
