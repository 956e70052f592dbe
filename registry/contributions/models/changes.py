"""An idea that a clinician put into practice."""

import pghistory
from django.db import models

from registry.clinicians.models import Clinician, OfClinician
from registry.contributions.states import ChangeStatus
from registry.kernel.privacy import Privacy
from registry.organisations.models import Organisation

TITLE_LENGTH = 120
LINE_LENGTH = 200
PROSE_LENGTH = 2000


@pghistory.track()
class ServiceChange(OfClinician):
    """What somebody changed, for whom, what their part was and what came of it, in their own words."""

    clinician = models.ForeignKey(Clinician, models.CASCADE, related_name="service_changes")
    title = models.CharField("short name", max_length=TITLE_LENGTH)
    what_changed = models.TextField("what is different now", max_length=PROSE_LENGTH)
    for_whom = models.CharField("for whom", max_length=LINE_LENGTH)
    role_played = models.CharField("your part in it", max_length=LINE_LENGTH)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="service_changes")
    started_on = models.DateField("since when")
    status = models.CharField("how far it is", max_length=7, choices=ChangeStatus)
    evidence = models.TextField("what came of it", max_length=PROSE_LENGTH, blank=True)
    # In the person's own words: which programme put them in a position to do it.
    programme = models.CharField("programme it came from", max_length=LINE_LENGTH, blank=True)

    privacy = Privacy(
        operational="id",
        personal=(
            "clinician title what_changed for_whom role_played organisation started_on status evidence programme"
        ),
    )

    class Meta:
        ordering = ["-started_on", "-id"]

    def __str__(self) -> str:
        return self.title
