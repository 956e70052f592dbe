"""Housekeeping that beat calls once a night."""

from celery import shared_task
from django.core.management import call_command


@shared_task
def clear_expired() -> None:
    """Remove sessions and access tokens that are over; safe to run twice."""
    call_command("clearsessions")
    call_command("cleartokens")
