"""Official wording that a trust loaded over the registry's own prompts, kept apart from the framework itself."""

from django.db import models
from django.db.models.functions import Now

from registry.competency.models.frameworks import FrameworkVersion
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ReferenceModel
from registry.organisations.models import Organisation


class OfficialText(ReferenceModel):
    """A publisher's wording of one framework version, for one organisation's people or, without one, for everybody."""

    version = models.ForeignKey(FrameworkVersion, models.CASCADE, related_name="official_texts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="official_texts")
    publisher = models.CharField(max_length=120)
    copyright = models.TextField()
    permission = models.TextField()
    # {element code: {"prompt": text, "statements": [text]}}; by code, as a framework's file may be loaded anew.
    elements = models.JSONField()
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(db_default=Now(), editable=False)

    privacy = Privacy(operational="id version organisation publisher copyright permission elements digest loaded_at")
    open_because = "it is published wording, and the organisation is the one that loaded it"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "organisation"], nulls_distinct=False, name="official_text_one_for_whom"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version}, {self.publisher}"
