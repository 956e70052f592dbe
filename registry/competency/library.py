"""The frameworks on the shelf: loading versions, the crosswalk between them, and official wording."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from django.db import transaction
from django.db.models import ProtectedError

from registry.audit.record import record
from registry.competency import crosswalk_files, framework_files, strict_yaml, text_files
from registry.competency.framework_files import FrameworkFile
from registry.competency.models import CrosswalkRow, Domain, Element, Expectation, FrameworkVersion, OfficialText
from registry.competency.states import Matrix
from registry.kernel.errors import Invalid, WrongState
from registry.kernel.locks import advisory_lock
from registry.organisations.models import Organisation

File = TypeVar("File")
LOADED, REPLACED, UNCHANGED = "loaded", "replaced", "unchanged"


def read_files(paths: Iterable[Path]) -> dict[Path, FrameworkFile]:
    """The framework versions in these files, and in the YAML files of these folders.

    Raises Invalid with one line for each problem (file, line, reason) if any file has one.
    """
    found: dict[Path, FrameworkFile] = {}
    problems: list[str] = []
    first: dict[tuple[str, str], Path] = {}
    for path in _yaml_files(paths):
        try:
            framework = _read(path, framework_files.read)
        except Invalid as refused:
            problems += refused.message.splitlines()
        else:
            twin = first.setdefault((framework.code, framework.version), path)
            if twin != path:
                problems.append(f"{path}: {framework.code} {framework.version} is in {twin} as well")
            found[path] = framework
    if problems:
        raise Invalid("\n".join(problems))
    return found


def _read(path: Path, reader: Callable[[bytes], File]) -> File:
    try:
        # One byte more than is ever accepted is enough to refuse a file of any size.
        with path.open("rb") as file:
            return reader(file.read(strict_yaml.MAX_BYTES + 1))
    except OSError as error:
        raise Invalid(f"{path}: cannot be read: {error.strerror}") from error
    except strict_yaml.Refused as refused:
        raise Invalid("\n".join(f"{path}, {problem}" for problem in refused.problems)) from refused


def _yaml_files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted([*path.glob("*.yaml"), *path.glob("*.yml")])
        else:
            yield path


@transaction.atomic
def load(frameworks: Iterable[FrameworkFile]) -> list[tuple[FrameworkVersion, str]]:
    """Bring the database to what these framework versions say; all of them or, on a refusal, none.

    Each comes back with what happened: `loaded`, `replaced` (its file says something else now, and no assessment is
    on it yet) or `unchanged`. Raises WrongState where a changed version has assessments or is in use elsewhere, or two
    versions of a framework would begin on one day.
    """
    advisory_lock("load_frameworks")
    return [_load(framework) for framework in frameworks]


def _load(file: FrameworkFile) -> tuple[FrameworkVersion, str]:
    digest = framework_files.digest(file)
    # Whoever starts an assessment on it meanwhile waits, as their new row needs this one's key.
    version = FrameworkVersion.objects.select_for_update().filter(code=file.code, version=file.version).first()
    if version is not None and version.digest == digest:
        return version, UNCHANGED
    if version is not None and version.assessments.exists():
        raise WrongState(
            f"{file.code} {file.version} differs from what is loaded, and assessments have been made on it. "
            "It can only be superseded: give the new file a version of its own."
        )
    same_day = FrameworkVersion.objects.filter(code=file.code, effective_from=file.effective_from)
    if rival := same_day.exclude(version=file.version).first():
        raise WrongState(
            f"{file.code} {file.version} takes effect on the same day as {file.code} {rival.version}. "
            "Only one version of a framework can be in force."
        )
    done = REPLACED if version else LOADED
    try:
        if version is not None:
            version.domains.all().delete()
    except ProtectedError as error:
        raise WrongState(
            f"{file.code} {file.version} differs from what is loaded, and what is loaded is in use elsewhere, as by a "
            "vacancy's person specification. Give the new file a version of its own."
        ) from error
    version = _write(version or FrameworkVersion(code=file.code, version=file.version), file, digest)
    record(f"framework.{done}", version, by=None, detail={"code": file.code, "version": file.version, "digest": digest})
    return version, done


def _write(version: FrameworkVersion, file: FrameworkFile, digest: str) -> FrameworkVersion:
    copied = (
        "name publisher audience professions effective_from effective_to closed_to_new source copyright default_scale"
    )
    for name in copied.split():
        setattr(version, name, getattr(file, name))
    version.is_default, version.digest = file.default, digest
    version.scales = [asdict(scale) for scale in file.scales]
    version.stages = [asdict(stage) for stage in file.stages]
    version.matrices = [
        {
            "code": matrix.code,
            "name": matrix.name,
            "source": matrix.source,
            "stages": {row.career_stage: row.name for row in matrix.rows},
        }
        for matrix in file.expectations
    ]
    version.save()
    domains = Domain.objects.bulk_create(
        Domain(
            version=version,
            position=position,
            code=domain.code,
            name=domain.name,
            summary=domain.summary,
            staged=domain.staged,
            scale=domain.scale or file.default_scale,
        )
        for position, domain in enumerate(file.domains, 1)
    )
    Element.objects.bulk_create(
        Element(
            domain=domain,
            position=position,
            code=element.code,
            name=element.name,
            prompt=element.prompt,
            max_level=element.max_level,
            emotional_intelligence=list(element.emotional_intelligence),
        )
        for domain, said in zip(domains, file.domains, strict=True)
        for position, element in enumerate(said.elements, 1)
    )
    by_code = {domain.code: domain for domain in domains}
    Expectation.objects.bulk_create(
        Expectation(
            domain=by_code[cell.domain],
            matrix=Matrix(matrix.code),
            career_stage=row.career_stage,
            expectation=cell.expectation,
            minimum_level=cell.minimum_level,
        )
        for matrix in file.expectations
        for row in matrix.rows
        for cell in row.cells
    )
    return version


@transaction.atomic
def load_crosswalk(path: Path = crosswalk_files.SHIPPED) -> str:
    """Put the rows of this file in place of those there are; answers what happened.

    Raises Invalid with one line for each problem of the file, such as an element that no loaded framework has, or a
    row to a framework that is closed to new assessments.
    """
    advisory_lock("load_frameworks")
    domains: dict[str, set[str]] = defaultdict(set)
    elements: dict[str, set[str]] = defaultdict(set)
    codes = Element.objects.values_list("domain__version__code", "domain__code", "code")
    for framework, domain, element in codes:
        domains[framework].add(domain)
        elements[framework].add(element)

    def codes_of(framework: str) -> set[str]:
        return domains.get(framework, set()) | elements.get(framework, set())

    # Of each framework the last version says whether it takes new evidence.
    versions = FrameworkVersion.objects.order_by("effective_from").values_list("code", "closed_to_new")
    closed = {framework for framework, is_closed in dict(versions).items() if is_closed}
    file = _read(path, lambda content: crosswalk_files.read(content, codes_of=codes_of, closed=closed))
    rows = {
        (*row.source.split(), *row.target.split(), row.strength, file.author, file.date)
        for row in crosswalk_files.spelt_out(file, elements_of=lambda framework: elements.get(framework, set()))
    }
    fields = ["source_framework", "source_code", "target_framework", "target_code", "strength", "author", "date"]
    before = set(CrosswalkRow.objects.values_list(*fields))
    if rows == before:
        return UNCHANGED
    CrosswalkRow.objects.all().delete()
    written = CrosswalkRow.objects.bulk_create(
        CrosswalkRow(**dict(zip(fields, row, strict=True))) for row in sorted(rows)
    )
    done = REPLACED if before else LOADED
    record(f"crosswalk.{done}", written[0], by=None, detail={"rows": len(rows), "author": file.author})
    return done


@transaction.atomic
def load_text(path: Path) -> tuple[OfficialText, str]:
    """Put the wording of this file over our own, for whom it names, in place of what was loaded for them before.

    Raises Invalid with one line for each problem of the file, and then loads none of it.
    """
    advisory_lock("load_frameworks")
    file = _read(path, _read_text)
    version = FrameworkVersion.objects.get(code=file.framework, version=file.version)
    organisation = Organisation.objects.filter(ods_code=file.organisation).first() if file.organisation else None
    digest = strict_yaml.digest(file)
    before = OfficialText.objects.filter(version=version, organisation=organisation).first()
    if before is not None and before.digest == digest:
        return before, UNCHANGED
    if before is not None:
        before.delete()
    text = OfficialText.objects.create(
        version=version,
        organisation=organisation,
        publisher=file.publisher,
        copyright=file.copyright,
        permission=file.permission,
        elements={
            element.code: {"prompt": element.prompt, "statements": element.statements} for element in file.elements
        },
        digest=digest,
    )
    done = REPLACED if before else LOADED
    detail = {"framework": file.framework, "version": file.version, "digest": digest, "permission": file.permission}
    organisation_id = organisation.pk if organisation else None
    record(f"framework.text_{done}", text, by=None, organisation_id=organisation_id, detail=detail)
    return text, done


@transaction.atomic
def remove_text(code: str, version: str, *, ods_code: str | None = None) -> None:
    """Take away the official wording loaded for this organisation or, without one, for everybody.

    Raises WrongState where there is none. Rounds of feedback that have begun keep the words they began with.
    """
    advisory_lock("load_frameworks")
    texts = OfficialText.objects.filter(version__code=code, version__version=version)
    text = texts.filter(organisation__ods_code=ods_code) if ods_code else texts.filter(organisation=None)
    found = text.first()
    if found is None:
        raise WrongState(f"No wording of {code} {version} is loaded for {ods_code or 'everybody'}.")
    detail = {"framework": code, "version": version, "digest": found.digest, "permission": found.permission}
    record("framework.text_removed", found, by=None, organisation_id=found.organisation_id, detail=detail)
    found.delete()


def _read_text(content: bytes) -> text_files.TextFile:
    def elements_of(framework: str, version: str) -> set[str]:
        rows = Element.objects.filter(domain__version__code=framework, domain__version__version=version)
        return set(rows.values_list("code", flat=True))

    def is_organisation(ods_code: str) -> bool:
        return Organisation.objects.filter(ods_code=ods_code).exists()

    return text_files.read(content, elements_of=elements_of, is_organisation=is_organisation)
