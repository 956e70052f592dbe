"""Two append-only tables without foreign keys, so that no audit row can block or follow live data."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel, ScopedQuerySet
from registry.kernel.scope import Scope


class AuditQuerySet(ScopedQuerySet):
    """Rows hang on the organisation in whose name the act was done."""

    def within(self, scope: Scope) -> "AuditQuerySet":
        if scope.everything:
            return self
        return self.filter(organisation_id__in=scope.organisation_ids)


class AuditRow(ScopedModel):
    """Who, through what, on which thing, when."""

    at = models.DateTimeField(db_default=Now(), editable=False)
    actor_id = models.BigIntegerField(null=True, editable=False)
    actor_name = models.CharField(max_length=200, editable=False)
    subject_type = models.CharField(max_length=60, editable=False)
    subject_id = models.BigIntegerField(null=True, editable=False)
    organisation_id = models.BigIntegerField(null=True, editable=False)
    request_id = models.CharField(max_length=36, blank=True, editable=False)
    address = models.CharField(max_length=45, blank=True, editable=False)
    via = models.CharField(max_length=10, editable=False)

    objects = AuditQuerySet.as_manager()

    privacy = Privacy(
        operational="id at subject_type subject_id organisation_id request_id via",
        personal="actor_id actor_name address",
    )

    class Meta:
        abstract = True
        ordering = ["-id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    @classmethod
    def about(cls, subject: models.Model) -> models.QuerySet:
        """The rows about one thing, latest first, for whoever was let through to the thing itself."""
        return cls.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)


class AuditEvent(AuditRow):
    """What an action meant: `verb` in the field's words, `detail` with the reason and the figures."""

    verb = models.CharField(max_length=60, editable=False)
    detail = models.JSONField(default=dict, editable=False)

    privacy = Privacy(
        operational="id at subject_type subject_id organisation_id request_id via verb",
        personal="actor_id actor_name address",
        confidential="detail",
    )

    class Meta(AuditRow.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-id"]),
            models.Index(fields=["organisation_id", "-id"]),
        ]


class ReadEvent(AuditRow):
    """Who saw which person's profile, assessment, shortlist or export."""

    purpose = models.CharField(max_length=60, editable=False)
    detail = models.JSONField(default=dict, editable=False)

    privacy = Privacy(
        operational="id at subject_type subject_id organisation_id request_id via purpose",
        personal="actor_id actor_name address",
        confidential="detail",
    )

    class Meta(AuditRow.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-id"]),
            models.Index(fields=["organisation_id", "-id"]),
        ]
