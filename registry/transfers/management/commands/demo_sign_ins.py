"""Print one sign-in per role of the demonstration, and its client of the API; never in production."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from registry.transfers.demo import accounts


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("There are no demonstration sign-ins in production.")
        for person in accounts.SIGN_INS:
            self.stdout.write(f"  {person.role.label:<20} {person.email}")
        self.stdout.write(f"  Password for each: {accounts.PASSWORD}")
        self.stdout.write(f"  Client of the API: CLIENT_ID={accounts.CLIENT_ID} CLIENT_SECRET={accounts.CLIENT_SECRET}")
