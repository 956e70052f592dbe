"""`manage.py create_administrator EMAIL NAME`: the first national administrator."""

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from registry.accounts.actions import grant_role, open_account
from registry.accounts.models import RoleGrant, User
from registry.accounts.roles import Level, Role
from registry.kernel.errors import Invalid
from registry.kernel.locks import advisory_lock


class Command(BaseCommand):
    """Opens an account, sets its password and grants it the role administrator for England."""

    help = "Appoint the first national administrator; --another appoints a further one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--another", action="store_true", help="although there is an administrator already")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    @transaction.atomic
    def handle(self, *args: Any, email: str, name: str, another: bool, password_stdin: bool, **options: Any) -> None:
        advisory_lock("first administrator")
        first = not RoleGrant.objects.active().filter(role=Role.ADMINISTRATOR, level=Level.NATIONAL).exists()
        if not first and not another:
            raise CommandError("There is a national administrator already. Use --another to appoint a further one.")
        existed = User.objects.filter(email__iexact=email.strip()).exists()
        try:
            validate_email(email.strip())
            user = open_account(email=email, name=name, by=None)
            grant_role(user=user, role=Role.ADMINISTRATOR, by=None)
            if not existed:
                password = sys.stdin.readline().rstrip("\n") if password_stdin else _ask()
                validate_password(password, user)
                user.set_password(password)
                user.save(update_fields=["password"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except Invalid as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{user} ({user.email}) is now a national administrator.")


def _ask() -> str:
    password = getpass.getpass("Password: ")
    if getpass.getpass("Password, again: ") != password:
        raise CommandError("The two passwords differ. Nothing was changed.")
    return password
