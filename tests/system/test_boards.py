"""An HR officer builds, decides and publishes a list, with JavaScript and without, at a desk and on a phone."""

import pytest

from tests.factories import boards
from tests.factories.organisations import OrganisationFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "javascript"), [(1280, True), (320, False)])
def test_officer_builds_decides_and_publishes(visitor, worker, client, width, javascript):
    trust = OrganisationFactory(region="Y62")
    officer = boards.hr_officer(trust)
    for level in (12, 24):
        boards.candidate(trust, levels=(level, 24, 24))
    boards.candidate(trust, registered=False)
    vacancy = boards.opened(trust, officer, title="Chief nurse")
    client.force_login(officer)
    hr = visitor(width=width, javascript=javascript)
    page = hr.page
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": hr.address}])

    page.goto(f"{hr.address}/vacancies/")
    page.get_by_role("link", name="Chief nurse").click()
    page.get_by_role("button", name="Build the list").click()
    page.get_by_role("heading", name="Candidates", level=1).wait_for(timeout=30_000)
    page.get_by_role("row").filter(has_text="To decide").first.get_by_role("link").click()
    for _ in range(2):  # saving a decision leads to the next candidate, and after the last back to the list
        page.get_by_label("Include", exact=True).check()
        page.get_by_label("Reason").fill("Meets what the post needs")
        page.get_by_role("button", name="Save the decision").click()
    page.get_by_role("link", name="See who is not eligible, and why").click()
    page.get_by_role("heading", name="Not eligible", level=1).wait_for()
    assert hr.sees("No registration on record")
    page.get_by_role("link", name="Back to the list").click()
    page.get_by_role("button", name="Publish the list").click()
    page.get_by_role("heading", name="Publish the list", level=1).wait_for()
    page.get_by_role("button", name="Publish the list").click()
    page.get_by_role("heading", name="Published list", level=1).wait_for()
    assert hr.sees(vacancy.shortlists.get().sha256)
