"""The outbox: what is to be told to whom, and how far that has come."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel
from registry.notifications.querysets import MessageQuerySet
from registry.notifications.states import Channel, MessageState
from registry.organisations.models import Organisation


class Message(ScopedModel):
    """One thing to tell one person once; its words are made when it is sent, by the room that registered its kind.

    The unique key is (`kind`, `about_id`, `step`, `recipient_key`): whoever plans twice writes once. Messages that go
    out as one have the first of them as their `head`; only heads are taken, sent and marked. Accounts stand above
    this room, so a person is a key without a foreign key, as in the audit.
    """

    kind = models.CharField(max_length=30)
    # The key of what it is about, in the room of its kind.
    about_id = models.BigIntegerField()
    # Which of the messages about it this is, such as `2027-03-31:28`, four weeks before a due date.
    step = models.CharField(max_length=40)
    # Who it is for, whether they have an account or not: `u` and the user's key, or what the kind makes of it.
    recipient_key = models.CharField(max_length=40)
    recipient_id = models.BigIntegerField(null=True)
    # Whose officers see it when it cannot be delivered; where it is empty, no officer ever does.
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    # Known to nobody outside; what a mail's Message-ID is made of, the same at each attempt.
    reference = models.UUIDField(default=uuid.uuid4, db_default=models.Func(function="gen_random_uuid"), editable=False)
    planned_for = models.DateField()
    channel = models.CharField(max_length=5, choices=Channel, default=Channel.EMAIL)
    head = models.ForeignKey("self", models.CASCADE, null=True, related_name="folded", db_index=False)
    state = models.CharField(max_length=7, choices=MessageState, default=MessageState.WAITING)
    # Nothing was said of this part when its message was sent: it was not this recipient's any more.
    left_out = models.BooleanField(default=False, db_default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    # When it may be taken next; of one that is being sent, when whoever took it has lost it again.
    available_at = models.DateTimeField(db_default=Now())
    # The batch of the worker that took it.
    taken_by = models.UUIDField(null=True)
    finished_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    read_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = MessageQuerySet.as_manager()

    privacy = Privacy(
        operational=(
            "id kind organisation planned_for channel head state left_out attempts available_at taken_by finished_at "
            "read_at created_at"
        ),
        personal="about_id step recipient_key recipient_id",
        confidential="last_error",
        secret="reference",  # noqa: S106 (a field's name)
    )

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["channel", "available_at", "id"], condition=Q(state="waiting"), name="message_waiting"
            ),
            models.Index(fields=["available_at"], condition=Q(state="sending"), name="message_sending"),
            models.Index(fields=["organisation", "-id"], condition=Q(state="failed"), name="message_failed"),
            models.Index(fields=["head"], condition=Q(head__isnull=False), name="message_folded"),
            models.Index(fields=["recipient_id", "-id"], condition=Q(recipient_id__isnull=False), name="message_inbox"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "about_id", "step", "recipient_key"], name="message_once"),
            models.CheckConstraint(
                name="message_folded_into_another",
                condition=Q(state="folded", head__isnull=False) | (~Q(state="folded") & Q(head__isnull=True)),
            ),
            models.CheckConstraint(name="message_not_its_own_head", condition=Q(head__isnull=True) | ~Q(head=F("id"))),
            models.CheckConstraint(
                name="message_taken_while_sending",
                condition=Q(state="sending", taken_by__isnull=False) | (~Q(state="sending") & Q(taken_by__isnull=True)),
            ),
            models.CheckConstraint(
                name="message_finished_when_it_says_so",
                condition=Q(state__in=["sent", "failed", "dropped"], finished_at__isnull=False)
                | (~Q(state__in=["sent", "failed", "dropped"]) & Q(finished_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about_id} {self.step}"
