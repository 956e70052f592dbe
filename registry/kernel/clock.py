"""What day it is for the people the registry serves."""

import datetime

from django.utils import timezone


def today() -> datetime.date:
    """Today's date in Europe/London, whatever the server's own clock is set to."""
    return timezone.localdate()
