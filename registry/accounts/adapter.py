"""How allauth behaves here: accounts are opened by HR or a command, never by a visitor."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):
    """No sign-up; clients of the API cannot sign in; refusals in our own words."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or password is not correct.",
        "too_many_login_attempts": "You have tried too many times. Wait five minutes, then try again.",
        "enter_current_password": "Your current password is not correct.",
        "invalid_password_reset": "This link has been used or is too old.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """A client of the API is answered like somebody who does not exist."""
        user = super().authenticate(request, **credentials)
        return None if getattr(user, "is_client", False) else user

    def login(self, request: HttpRequest, user: Any) -> None:
        """The last gate, whichever way allauth came to sign somebody in."""
        if user.is_client:
            raise PermissionDenied
        super().login(request, user)

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """The page context calls the signed-in person `user`, so the addressee needs a name of their own."""
        super().send_password_reset_mail(user, email, context | {"addressee": user.name})

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_details")
