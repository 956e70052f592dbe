"""The journeys' browser: `python -m tests.chromium` prints its path, installing it if need be."""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "/usr/bin/chromium", "chromium-browser", "google-chrome")


def find() -> str | None:
    """Return the browser CHROMIUM names, else the machine's, else Playwright's own, else None."""
    if named := os.environ.get("CHROMIUM"):
        return named
    with sync_playwright() as playwright:
        names = (*NAMES, playwright.chromium.executable_path)
    return next((path for name in names if (path := shutil.which(name)) and runs(path)), None)


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
    if not find():
        playwright = [sys.executable, "-m", "playwright", "install", "chromium"]
        subprocess.run(playwright, stdout=sys.stderr, check=False)


def main() -> None:
    """Write the path, or say what to do."""
    if not find():
        sys.stderr.write("Installing Chromium for the browser tests\n")
        install()
    if not (path := find()):
        sys.exit("Chromium could not be installed. Set CHROMIUM to the path of one.")
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
