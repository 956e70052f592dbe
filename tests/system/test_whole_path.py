"""From a trust's staff file to a board shortlist that a program pulls: four people and a program, one real path."""

import json
import re
import urllib.parse
import urllib.request
from base64 import b64encode
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command

from registry.accounts.roles import Role
from registry.boards.freezing import verify
from tests.factories import staff_files
from tests.factories.clients import SECRET, client_of
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PASSWORD, user_with

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CLINICIAN = "zoe.oneill@trust.example"


def with_password(user):
    user.set_password(PASSWORD)
    user.save()
    return user


def choose(page, field, level):
    """The nth choice of the nth question of the page."""
    page.locator("fieldset").nth(field).get_by_role("radio").nth(level).check()


def test_staff_file_becomes_a_shortlist_that_a_program_pulls(visitor, worker, live_server, tmp_path):
    call_command("load_frameworks", stdout=StringIO())
    trust = OrganisationFactory(name="Fictional Trust", ods_code="ZZ1")
    with_password(user_with(Role.HR_OFFICER, trust, email="hr@trust.example", name="Harriet Rowe"))
    with_password(user_with(Role.APPRAISER, trust, email="appraiser@trust.example", name="Asha Pillai"))
    client = client_of(trust)

    # HR imports the staff file, sees what it would do, and confirms.
    file = tmp_path / "staff.csv"
    file.write_bytes(staff_files.csv_of(staff_files.row(), staff_files.row(Last_Name="", Employee_Number="2")))
    hr = visitor()
    hr.sign_in("hr@trust.example", PASSWORD)
    hr.follow("People")
    hr.follow("Imports")
    hr.click("Import a staff file")
    hr.page.locator("input[type=file]").set_input_files(file)
    hr.page.get_by_label("Sector").select_option("acute")
    hr.click("Upload and check")
    hr.page.get_by_role("button", name="Import 1 row").wait_for(timeout=20_000)
    assert hr.sees("1 row has errors and will not be imported")
    hr.click("Import 1 row")
    hr.page.get_by_text("Imported", exact=True).first.wait_for(timeout=20_000)
    hr.follow("People")
    assert hr.sees("O'Neill")

    # The clinician sets a password through the e-mailed link, on a phone, and consents.
    clinician = visitor(width=320)
    clinician.open("/account/set-password")
    clinician.page.get_by_label("E-mail address").fill(CLINICIAN)
    clinician.click("E-mail me a link")
    path = re.search(r"/account/set-password/\S+", mail.outbox[-1].body).group()
    clinician.open(path)
    clinician.page.get_by_label("New password", exact=True).fill(PASSWORD)
    clinician.click("Save password")
    clinician.sign_in(CLINICIAN, PASSWORD)
    clinician.open("/account/board-posts")
    clinician.page.get_by_label("Anywhere in England").check()
    clinician.click("Agree to be considered")
    assert clinician.sees("Anywhere in England")

    # The clinician assesses themself against the Leadership Framework and sends it to the appraiser.
    clinician.open("/leadership/assessments/start")
    clinician.page.get_by_label("Leadership Framework", exact=False).first.check()
    clinician.click("Start")
    clinician.page.get_by_label("Stage 3: Across services or wider organisation").check()
    clinician.click("Save and continue")
    clinician.page.get_by_role("link", name="Demonstrating personal qualities").click()
    for _ in range(7):
        for question in range(4):
            choose(clinician.page, question, 3)
        clinician.click("Save and continue")
    assert clinician.heading().endswith("Check your answers")
    clinician.page.get_by_label("Your appraiser").select_option(label="Asha Pillai")
    clinician.click("Send to your appraiser")

    # The appraiser agrees all levels but one, and says why.
    appraiser = visitor()
    appraiser.sign_in("appraiser@trust.example", PASSWORD)
    appraiser.follow("My appraisees")
    appraiser.page.get_by_role("link", name="O'Neill").first.click()
    appraiser.page.get_by_label("Your level for 1.1", exact=True).select_option("2")
    appraiser.click("Save and check")
    assert appraiser.sees("Give a reason: your level for 1.1 Developing self awareness differs.")
    appraiser.page.get_by_label("Reason, if your level for 1.1 differs").fill(
        "Seen across teams, not yet across services."
    )
    appraiser.click("Save and check")
    appraiser.click("Agree these levels")
    clinician.follow("My leadership")
    assert clinician.sees("Agreed")

    # HR opens a vacancy, has the list built, decides and publishes.
    hr.follow("Vacancies")
    hr.click("Add a vacancy")
    hr.page.get_by_label("Post", exact=True).select_option("chief_nurse")
    hr.page.get_by_label("Title of the vacancy").fill("Chief nurse")
    for part, value in (("Day", "1"), ("Month", "3"), ("Year", "2030")):
        hr.page.get_by_label(part).fill(value)
    hr.page.get_by_label("Leadership framework").select_option(label="Leadership Framework (2011)")
    hr.click("Save and continue")
    first = hr.page.get_by_role("group", name="Demonstrating personal qualities")
    first.get_by_label("Agreed level at least").select_option("2")
    first.get_by_label("Weight").fill("5")
    hr.click("Save the person specification")
    hr.page.get_by_role("button", name="Open the vacancy").first.click()
    hr.click("Open the vacancy")
    hr.click("Build the list")
    hr.page.get_by_role("heading", name="Candidates", level=1).wait_for(timeout=30_000)
    hr.page.get_by_role("row").filter(has_text="To decide").get_by_role("link").first.click()
    hr.page.get_by_label("Include", exact=True).check()
    hr.page.get_by_label("Reason").fill("Leads across services, and the evidence says so.")
    hr.click("Save the decision")
    hr.page.get_by_role("button", name="Publish the list").first.click()
    hr.click("Publish the list")
    hr.page.get_by_role("heading", name="Published list", level=1).wait_for()

    # A program pulls it.
    def call(address, body=None, **headers):
        request = urllib.request.Request(address, data=body, headers=headers)
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    basic = b64encode(f"{client.client_id}:{SECRET}".encode()).decode()
    asked = urllib.parse.urlencode({"grant_type": "client_credentials", "scope": "shortlists:read"}).encode()
    token = call(f"{live_server.url}/api/oauth/token", asked, Authorization=f"Basic {basic}")["access_token"]
    (summary,) = call(f"{live_server.url}/api/v1/shortlists/", Authorization=f"Bearer {token}")["results"]
    pulled = call(summary["url"], Authorization=f"Bearer {token}")
    assert verify(pulled)
    (entry,) = pulled["entries"]
    assert entry["candidate"]["name"] == "Zoë O'Neill"
    # One element at 2 and three at 3, in twelfths, times the weight.
    points = {part["title"]: part["points"] for part in entry["candidate"]["contributions"]}
    assert points["Demonstrating personal qualities"] == 5 * 12 * (2 + 3 + 3 + 3) // 4
    assert entry["candidate"]["total"] == sum(points.values())
