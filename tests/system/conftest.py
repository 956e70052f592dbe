"""A real browser, a real server, a real worker; axe and the console watched on every page."""

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests import chromium
from tests.workers import worker_in_a_thread

# Playwright's synchronous calls keep an event loop running in this thread; Django would refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


# The design system's header has moved what does not fit into its menu; a page without one has nothing to wait for.
STARTED = """() => {
  const header = document.querySelector("[data-module=nhsuk-header]");
  return !header || header.hasAttribute("data-nhsuk-header-init");
}"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium.find(), args=ARGUMENTS)
        yield opened
        opened.close()


class Visitor:
    """Somebody at a browser; every page they open is checked for what nobody should meet."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.faults: list[str] = []
        page.on("console", lambda message: message.type == "error" and self.faults.append(message.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def open(self, path: str) -> None:
        """Go to an address of the service."""
        self.page.goto(f"{self.address}{path}")
        self.check()

    def click(self, name: str, role: str = "button") -> None:
        """Click the button or link of exactly this name, and wait for the page it leads to."""
        self.page.get_by_role(role, name=name, exact=True).first.click()
        self.page.wait_for_load_state()
        self.check()

    def follow(self, name: str) -> None:
        """Follow the link of this name."""
        self.click(name, role="link")

    def sign_in(self, email: str, password: str) -> None:
        """Sign in through the page."""
        self.open("/account/sign-in")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.click("Sign in")

    def sees(self, text: str) -> bool:
        """Whether the page says so."""
        return text in self.page.locator("body").inner_text()

    def heading(self) -> str:
        """The page's one first heading."""
        return self.page.locator("h1").inner_text()

    def check(self) -> None:
        """axe finds nothing, nothing is wider than the screen, and the console is silent; once the page has started."""
        self.page.wait_for_load_state()
        self.page.wait_for_function(STARTED)
        results = Axe().run(self.page, options={"resultTypes": ["violations"]})
        assert results.violations_count == 0, f"{self.page.url}\n{results.generate_report()}"
        width = self.page.viewport_size["width"]
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width, f"{self.page.url} is too wide"
        assert self.faults == [], f"{self.page.url}: {self.faults}"


@pytest.fixture
def visitor(browser, live_server, settings):
    """`visitor()` opens a new private window, `visitor(width=320)` one as wide as a small phone."""
    settings.ALLOWED_HOSTS = ["*"]
    contexts = []

    def arrive(width: int = 1280, javascript: bool = True) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=javascript, locale="en-GB"
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        return Visitor(context.new_page(), live_server.url)

    yield arrive
    for context in contexts:
        context.close()


@pytest.fixture
def worker(transactional_db):
    """A Celery worker on the test's own Redis database, in a thread of this process."""
    with worker_in_a_thread(shutdown_timeout=30) as started:
        yield started
