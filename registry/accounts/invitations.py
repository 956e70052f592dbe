"""The e-mailed link with which somebody sets their first password."""

import smtplib

import structlog
from django.http import HttpRequest

from registry.accounts.forms import ResetPasswordForm
from registry.accounts.models import User

log = structlog.get_logger(__name__)


def send_password_link(request: HttpRequest, user: User) -> bool:
    """Send the message that "Set your password" sends; False where the mail server refuses it.

    What was just saved stays saved: the person can ask for the link again from the sign-in page.
    """
    form = ResetPasswordForm({"email": user.email})
    if not form.is_valid():
        return False
    try:
        form.save(request)
    except (smtplib.SMTPException, OSError):
        log.exception("password_link_not_sent", user=user.pk)
        return False
    return True
