"""Describing programmes, and their versions from a draft to a close; whoever acts locks the programme first."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from programmes.fields import ProgrammeKind
from programmes.models import Cohort, Criterion, Gate, Programme, ProgrammeVersion, Stage
from programmes.publishing import Named, problems_of
from programmes.states import CohortState, VersionState
from programmes.steps import require
from registry.accounts.models import User
from registry.audit.record import record
from registry.kernel.errors import Invalid, WrongState
from registry.kernel.locks import advisory_lock
from registry.kernel.permissions import Permission as P

# What a lead says of a programme; its code, organisation and domains are said when it is made, or apart.
DESCRIBED = (
    "name",
    "kind",
    "tier",
    "intended_outcome",
    "description",
    "provider",
    "delivery",
    "region",
    "budget_holder",
    "professions",
    "career_stages",
    "level",
    "award",
    "length_weeks",
    "cost_per_place",
)
FINAL = "This version is published, so it cannot change. Begin a new version to change something."


@transaction.atomic
def create_programme(*, values: Mapping[str, Any], by: User) -> Programme:
    """Describe a new programme; its first version begins as an empty draft.

    `values` has `DESCRIBED`, `code`, `organisation` and `domains`. Raises Invalid where one of them breaks a rule.
    """
    require(by, P.PROGRAMME_MANAGE, values["organisation"].pk)
    programme = Programme(organisation=values["organisation"], code=values["code"])
    _describe(programme, values)
    ProgrammeVersion.objects.create(programme=programme, number=1)
    record("programme.created", programme, by=by, organisation_id=programme.organisation_id)
    return programme


@transaction.atomic
def edit_programme(*, programme: Programme, values: Mapping[str, Any], by: User) -> Programme:
    """Describe a programme anew: what is said of it, not what is asked of applicants, which its versions hold.

    Raises Invalid for another tier once a cohort was announced, because gates elsewhere count by it; and for other
    professions or career stages while people apply or are selected, because they apply by what is said.
    """
    programme = locked_programme(programme.pk, by)
    if values["tier"] != programme.tier and _cohorts(programme).exists():
        raise Invalid("The tier cannot change any more: there are cohorts that opened with it.", field="tier")
    for name in ("professions", "career_stages"):
        if set(values[name]) != set(getattr(programme, name)) and _applied_for(programme):
            raise Invalid("This cannot change while a cohort is open for applications or selecting.", field=name)
    _describe(programme, values)
    record("programme.edited", programme, by=by, organisation_id=programme.organisation_id)
    return programme


@transaction.atomic
def retire_programme(*, programme: Programme, by: User) -> Programme:
    """Take a programme out of the catalogue: no new cohort; what was done stays done."""
    programme = locked_programme(programme.pk, by)
    require_in_use(programme)
    if _applied_for(programme):
        raise WrongState("People are applying for a cohort of this programme. Decide or cancel it first.")
    programme.retired_at = timezone.now()
    programme.save(update_fields=["retired_at"])
    record("programme.retired", programme, by=by, organisation_id=programme.organisation_id)
    return programme


@transaction.atomic
def draft_version(*, programme: Programme, by: User) -> ProgrammeVersion:
    """Begin the next version: a draft with the stages, gates and criteria of the last one."""
    programme = locked_programme(programme.pk, by)
    require_in_use(programme)
    last = programme.versions.first()
    if last is not None and last.state == VersionState.DRAFT:
        raise WrongState(f"Version {last.number} is a draft already. Publish it first.")
    version = ProgrammeVersion.objects.create(
        programme=programme,
        number=last.number + 1 if last else 1,
        expectations=last.expectations if last else "",
    )
    if last is not None:
        _copy(last, version)
    record("programme.version_drafted", version, by=by, organisation_id=programme.organisation_id)
    return version


@transaction.atomic
def describe_version(*, version: ProgrammeVersion, expectations: str, note: str, by: User) -> ProgrammeVersion:
    """Say what is new in a draft, and what whoever takes a place says yes to."""
    version = locked_draft(version.pk, by)
    version.expectations, version.note = expectations.strip(), note.strip()
    clean(version)
    version.save(update_fields=["expectations", "note"])
    return version


def problems(version: ProgrammeVersion) -> list[str]:
    """What a draft still lacks before it can be published, in words; empty where nothing."""
    gates = list(version.gates.select_related("prerequisite").prefetch_related("criteria"))
    programme = version.programme
    return problems_of(
        gates,
        stages=version.stages.count(),
        tier=programme.tier,
        programme=Named(programme.pk, programme.name),
        fellowship=programme.kind == ProgrammeKind.FELLOWSHIP,
        expectations=version.expectations,
        asks=_prerequisites(leaving_out=programme.pk),
    )


@transaction.atomic
def publish_version(*, version: ProgrammeVersion, by: User) -> ProgrammeVersion:
    """Make a draft final: new cohorts are planned on it, and those of the version before run on.

    Raises WrongState where it lacks something. Programmes are published one after another, so that two cannot be
    made to ask for one another at once.
    """
    advisory_lock("programmes.publish")
    version = locked_draft(version.pk, by)
    found = problems(version)
    if found:
        raise WrongState(f"This version cannot be published yet. {' '.join(found)}")
    version.state, version.published_at, version.published_by = VersionState.PUBLISHED, timezone.now(), by
    version.save(update_fields=["state", "published_at", "published_by"])
    record("programme.version_published", version, by=by, organisation_id=version.programme.organisation_id)
    return version


@transaction.atomic
def close_version(*, version: ProgrammeVersion, by: User) -> ProgrammeVersion:
    """Let no new cohort open on a published version and nobody apply any more; who takes part goes on."""
    version = _locked_version(version.pk, by)
    if version.state != VersionState.PUBLISHED:
        raise WrongState("This version is a draft. Only a published one can be closed.")
    if version.closed_at is not None:
        raise WrongState("This version is closed already.")
    version.closed_at = timezone.now()
    version.save(update_fields=["closed_at"])
    record("programme.version_closed", version, by=by, organisation_id=version.programme.organisation_id)
    return version


def require_in_use(programme: Programme) -> None:
    """Raises WrongState where the programme is retired."""
    if programme.retired_at is not None:
        raise WrongState("This programme is retired.")


def newest_open_version(programme: Programme) -> ProgrammeVersion | None:
    """The version on which a new cohort opens; None where none is published, or the last is closed."""
    return _in_force().filter(programme=programme).first()


def _in_force() -> Any:
    """Of each programme the newest published version, where it is not closed."""
    published = ProgrammeVersion.objects.filter(state=VersionState.PUBLISHED)
    newest = published.order_by("programme_id", "-number").distinct("programme_id")
    return ProgrammeVersion.objects.filter(pk__in=newest.values("pk"), closed_at=None)


def locked_draft(version_id: int, by: User) -> ProgrammeVersion:
    """The version, its programme locked, for whoever may change it; WrongState where it is final."""
    version = _locked_version(version_id, by)
    if version.state != VersionState.DRAFT:
        raise WrongState(FINAL)
    require_in_use(version.programme)
    return version


def clean(row: Any) -> None:
    """Invalid, beside its field, where a row breaks a rule of its model."""
    try:
        row.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid(messages[0], field=field) from error


def _describe(programme: Programme, values: Mapping[str, Any]) -> None:
    for name in DESCRIBED:
        setattr(programme, name, values[name])
    clean(programme)
    programme.save()
    programme.domains.set(values["domains"])


def locked_programme(programme_id: int, by: User) -> Programme:
    """The programme, for whoever changes it or opens a cohort of it."""
    programme = Programme.objects.select_for_update(no_key=True).get(pk=programme_id)
    require(by, P.PROGRAMME_MANAGE, programme.organisation_id)
    return programme


def _locked_version(version_id: int, by: User) -> ProgrammeVersion:
    programme_id = ProgrammeVersion.objects.values_list("programme", flat=True).get(pk=version_id)
    programme = locked_programme(programme_id, by)
    # Read after the lock: whoever held it before may have published it. The lock is the one that triggers wait for.
    version = ProgrammeVersion.objects.select_for_update().get(pk=version_id)
    version.programme = programme
    return version


def _cohorts(programme: Programme) -> Any:
    return Cohort.objects.filter(version__programme=programme).exclude(state=CohortState.DRAFT)


def _applied_for(programme: Programme) -> bool:
    return bool(_cohorts(programme).filter(state__in=[CohortState.OPEN, CohortState.SELECTING]).exists())


def _copy(last: ProgrammeVersion, version: ProgrammeVersion) -> None:
    stages, gates = list(last.stages.all()), list(last.gates.prefetch_related("criteria"))
    for stage in stages:
        stage.pk, stage.version = None, version
    Stage.objects.bulk_create(stages)
    criteria = []
    for gate in gates:
        theirs = list(gate.criteria.all())
        copied = _fields_of(gate) | {"version": version}
        new = Gate.objects.create(**copied)
        criteria += [Criterion(**_fields_of(one) | {"gate": new}) for one in theirs]
    Criterion.objects.bulk_create(criteria)


def _fields_of(row: Any) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in row._meta.concrete_fields if not field.primary_key}


def _prerequisites(*, leaving_out: int) -> dict[int, set[int]]:
    """Which programmes each asks for by name, as published now; all but one."""
    newest = _in_force().exclude(programme=leaving_out)
    asked = Gate.objects.filter(version__in=newest.order_by().values("pk"), prerequisite__isnull=False)
    found: dict[int, set[int]] = {}
    for key, wanted in asked.order_by().values_list("version__programme", "prerequisite"):
        found.setdefault(key, set()).add(wanted)
    return found
