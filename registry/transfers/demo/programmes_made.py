"""What the parts of the demonstration that are about programmes make alike: a published programme."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from programmes.fields import Delivery, GateKind, ProgrammeKind, StageKind, Tier
from programmes.models import Criterion, Gate, Programme, ProgrammeVersion, Stage
from programmes.states import VersionState
from registry.accounts.models import User
from registry.organisations.models import Organisation


def published(
    organisation: Organisation,
    lead: User,
    *,
    stages: Sequence[tuple[str, StageKind, int]],
    expectations: str = "",
    endorsed: bool = False,
    questions: Sequence[tuple[str, ...]] = (),
    pass_mark: int = 4,
    **programme: Any,
) -> ProgrammeVersion:
    """A programme of the organisation's own faculty with its first version, published.

    Gates: the line manager where it has to be `endorsed`, and a written application where there are `questions` (name,
    question and what earns full marks).
    """
    usual = {"kind": ProgrammeKind.LEADERSHIP, "tier": Tier.MIDDLE, "cost_per_place": 2400}
    made = Programme.objects.create(
        organisation=organisation,
        provider="The trust’s own faculty",
        delivery=Delivery.IN_HOUSE,
        **(usual | {"length_weeks": sum(weeks for _, _, weeks in stages)} | programme),
    )
    version = ProgrammeVersion.objects.create(programme=made, number=1, expectations=expectations)
    for position, (name, kind, weeks) in enumerate(stages, start=1):
        Stage.objects.create(version=version, position=position, name=name, kind=kind, weeks=weeks)
    if endorsed:
        Gate.objects.create(version=version, position=1, kind=GateKind.ENDORSEMENT)
    if questions:
        gate = Gate.objects.create(
            version=version,
            position=1 + endorsed,
            kind=GateKind.WRITTEN,
            assessors=2,
            spread_limit=3,
            pass_mark=pass_mark,
        )
        for position, (name, question, *full_marks) in enumerate(questions, start=1):
            Criterion.objects.create(
                gate=gate, position=position, name=name, question=question, full_marks="".join(full_marks)
            )
    version.state, version.published_at, version.published_by = VersionState.PUBLISHED, timezone.now(), lead
    version.save()
    return version
