"""`create_administrator`: the first one only, unless told otherwise."""

import io

import pytest
from django.core.management import CommandError, call_command

from registry.accounts.management.commands import create_administrator
from registry.accounts.models import User
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def typed(monkeypatch):
    answers = [PASSWORD, PASSWORD]
    monkeypatch.setattr(create_administrator.getpass, "getpass", lambda prompt: answers[len(prompt) % 2])
    return answers


def run(*arguments):
    out = io.StringIO()
    call_command("create_administrator", *arguments, stdout=out)
    return out.getvalue()


def test_first_administrator_holds_england():
    assert "Morgan Reid (morgan@example.org)" in run("morgan@example.org", "Morgan Reid")
    user = User.objects.get()
    assert [str(grant) for grant in user.grants] == ["Administrator, England"]
    assert user.check_password(PASSWORD)


def test_second_needs_another():
    run("morgan@example.org", "Morgan Reid")
    with pytest.raises(CommandError, match="--another"):
        run("robin@example.org", "Robin")
    run("robin@example.org", "Robin", "--another")
    assert User.objects.count() == 2


@pytest.mark.parametrize(("email", "passwords"), [("nonsense", [PASSWORD] * 2), ("a@b.example", ["short", "short"])])
def test_bad_input_changes_nothing(email, passwords, typed):
    typed[:] = passwords
    with pytest.raises(CommandError):
        run(email, "Morgan")
    assert not User.objects.exists()


def test_passwords_that_differ_change_nothing(typed):
    typed[:] = [PASSWORD, "another password entirely"]
    with pytest.raises(CommandError, match="differ"):
        run("a@b.example", "Morgan")
    assert not User.objects.exists()


def test_password_may_come_from_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    run("morgan@example.org", "Morgan Reid", "--password-stdin")
    assert User.objects.get().check_password(PASSWORD)
