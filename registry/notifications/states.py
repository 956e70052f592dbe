"""The states of a message, and by which way it goes."""

from django.db import models


class MessageState(models.TextChoices):
    """Where a message stands; only the first of several messages sent as one has a state of its own."""

    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Could not be delivered"
    DROPPED = "dropped", "No longer needed"
    FOLDED = "folded", "Sent with another"


# What somebody finds in their inbox, whether the e-mail with it arrived or not.
TOLD = (MessageState.SENT, MessageState.FAILED)


class Channel(models.TextChoices):
    """By which way a message goes; whatever goes by e-mail to somebody with an account is in their inbox as well."""

    EMAIL = "email", "E-mail"
    INBOX = "inbox", "In the registry only"
