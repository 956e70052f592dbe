"""The journeys' browser: `python -m tests.chromium` prints its path, installing it if need be."""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "/usr/bin/chromium", "chromium-browser", "google-chrome")


def find() -> str | None:
    """Return the browser CHROMIUM names, else the machine's; None leaves Playwright to use its own."""
    if named := os.environ.get("CHROMIUM"):
        return named
    return next((path for name in NAMES if (path := shutil.which(name)) and runs(path)), None)


def playwrights_own() -> str | None:
    """Return the browser Playwright has installed, if it has."""
    with sync_playwright() as playwright:
        return shutil.which(playwright.chromium.executable_path)


def runs(path: str) -> bool:
    """Whether it is a browser: Ubuntu's package, for one, is only a pointer to another shop."""
    return subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0


def install() -> None:
    """Install Chromium with apt where that works without a password, else with Playwright."""
    if shutil.which("apt-get"):
        privilege = [] if os.geteuid() == 0 else ["sudo", "-n"]
        apt = [*privilege, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        for arguments in (["update"], ["install", "-y", "chromium", "fonts-liberation"]):
            subprocess.run([*apt, *arguments], stdout=sys.stderr, check=False)
    if not find() and not playwrights_own():
        playwright = [sys.executable, "-m", "playwright", "install", "chromium"]
        subprocess.run(playwright, stdout=sys.stderr, check=False)


def main() -> None:
    """Write the path, or say what to do."""
    if not (path := find() or playwrights_own()):
        sys.stderr.write("Installing Chromium for the browser tests\n")
        install()
        path = find() or playwrights_own()
    if not path:
        sys.exit("Chromium could not be installed. Set CHROMIUM to the path of one.")
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
