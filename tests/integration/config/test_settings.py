"""Production refuses to start half configured, and says what is missing."""

import os
import subprocess
import sys

import pytest

from tests.paths import ROOT

WHOLE = {
    "REGISTRY_MODE": "production",
    "SECRET_KEY": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "EQUALITY_KEY": "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210",
    "NOTES_KEYS": "89abcdef0123456789abcdef0123456789abcdef0123456789abcdef01234567",
    "DATABASE_URL": "postgres://nobody@127.0.0.1/none",
    "REDIS_URL": "redis://127.0.0.1/0",
    "ALLOWED_HOSTS": "registry.example",
}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """`manage.py` in an environment of its own; nothing is connected to."""
    kept = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    command = [sys.executable, ROOT / "manage.py", *arguments]
    return subprocess.run(command, env=kept | environment, capture_output=True, text=True, check=False, cwd=ROOT)


@pytest.mark.parametrize(
    "missing", ["SECRET_KEY", "EQUALITY_KEY", "NOTES_KEYS", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS"]
)
def test_production_without_one_setting_says_which(missing):
    result = run("check", **{name: value for name, value in WHOLE.items() if name != missing})
    assert result.returncode != 0
    assert f"Production settings need {missing} in the environment." in result.stderr


def test_production_with_every_setting_passes_the_deployment_check():
    result = run("check", "--deploy", "--fail-level", "WARNING", **WHOLE)
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout + result.stderr


def test_production_never_loads_demonstration_data():
    for command in (["load_demo"], ["demo_sign_ins"], ["up"]):
        result = run(*command, **WHOLE)
        assert result.returncode != 0
        assert "production" in result.stderr


@pytest.mark.parametrize("only", ["NOTIFY_API_KEY", "NOTIFY_TEMPLATE_ID"])
def test_half_of_what_notify_needs_is_refused(only):
    result = run("check", **WHOLE | {only: "something"})
    assert result.returncode != 0
    assert "GOV.UK Notify needs NOTIFY_API_KEY and NOTIFY_TEMPLATE_ID, both or neither." in result.stderr


def test_unknown_mode_is_refused():
    result = run("check", **WHOLE | {"REGISTRY_MODE": "prod"})
    assert result.returncode != 0
    assert "must be production, demo or test" in result.stderr
