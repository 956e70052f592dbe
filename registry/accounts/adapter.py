"""How allauth behaves here: accounts are opened by HR or a command, never by a visitor."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """No sign-up; clients of the API cannot sign in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
