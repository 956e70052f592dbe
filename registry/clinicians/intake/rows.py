"""What a trust says of its staff, row by row, and what a row would do to the registry."""

import datetime
from dataclasses import dataclass, field

from django.db import models

from registry.clinicians.fields import CareerStage, PayBand, Profession, Register, RegistrationStatus, Sector
from registry.clinicians.models import Clinician, Post, Registration

# (key of a field, or "" for the whole row; sentence)
Remark = tuple[str, str]


class Verdict(models.TextChoices):
    """What a row does, or did, to the registry."""

    ADD = "add", "New person"
    CHANGE = "change", "Changes"
    SAME = "same", "No change"
    LEFT_OUT = "left_out", "Left out"
    ERROR = "error", "Error"


@dataclass(frozen=True, slots=True)
class PostFacts:
    """The post somebody holds now."""

    title: str
    band: PayBand
    started_on: datetime.date


@dataclass(frozen=True, slots=True)
class StaffRow:
    """What an employer says of one member of staff; empty text and None mean "not said", never "none".

    `assumed` names fields that were worked out and not said: they count for new people only.
    """

    number: int
    staff_number: str
    given_name: str
    family_name: str
    email: str
    profession: Profession | None
    sector: Sector | None
    career_stage: CareerStage | None
    assumed: frozenset[str]
    register: Register | None
    registration_number: str
    registration_status: RegistrationStatus | None
    post: PostFacts | None
    line_manager: str
    appraiser: str
    may_be_left_out: bool
    # Fields that the spreadsheet held as numbers, so that leading zeros may be lost.
    numbers: frozenset[str]
    department: str = ""


@dataclass(slots=True)
class Planned:
    """One row's verdict, why, and what will be written; `changes` are (what, before, after) for people to read."""

    row: StaffRow
    verdict: Verdict = Verdict.SAME
    clinician: Clinician | None = None
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)
    # To be written: new rows have no key yet.
    account: bool = False
    manager: Clinician | None = None
    registration: Registration | None = None
    posts: list[Post] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        """Whether the person is not on the registry yet."""
        return self.clinician is not None and self.clinician.pk is None
