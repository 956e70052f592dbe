"""What import pages and files show: words, colours, tables."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.clinicians.intake.rows import Verdict
from registry.clinicians.models import Clinician
from registry.competency.history.rows import Row
from registry.competency.models import Element, HistoryImport
from registry.competency.states import HistoryState
from registry.kernel.needs import Need
from registry.kernel.permissions import Permission
from registry.transfers.history_columns import COLUMNS
from registry.transfers.models import ImportBatch, ImportRow
from registry.transfers.staff_columns import BY_KEY, STAFF_COLUMNS
from registry.transfers.states import BatchState

STATE_COLOURS = {
    BatchState.CHECKING: "blue",
    BatchState.READY: "yellow",
    BatchState.WRITING: "blue",
    BatchState.DONE: "green",
    BatchState.DISCARDED: "grey",
    BatchState.EXPIRED: "grey",
    BatchState.FAILED: "red",
}
VERDICT_COLOURS = {
    Verdict.ERROR: "red",
    Verdict.ADD: "green",
    Verdict.CHANGE: "blue",
    Verdict.SAME: "grey",
    Verdict.LEFT_OUT: "grey",
}


def needs_now(user: User) -> list[Need]:
    """Imports that wait for this person to confirm them; two queries."""
    needs = []
    kinds: tuple[tuple[Any, str, str, str], ...] = (
        (ImportBatch, "a staff import", "transfers:batch", "transfers:batches"),
        (HistoryImport, "an import of old results", "transfers:history", "transfers:histories"),
    )
    for model, what, one, several in kinds:
        waiting = model.visible_to(user, Permission.PEOPLE_IMPORT).filter(state="ready").order_by("-pk")
        keys = list(waiting.values_list("pk", flat=True))
        if keys:
            href = reverse(one, args=keys) if len(keys) == 1 else reverse(several)
            needs.append(Need(f"Confirm or discard {what}", href, count=len(keys), role=Role.HR_OFFICER))
    return needs


HISTORY_COLOURS = {
    HistoryState.READY: "yellow",
    HistoryState.DONE: "green",
    HistoryState.DISCARDED: "grey",
    HistoryState.REMOVED: "grey",
}


def history_tag(batch: HistoryImport) -> dict[str, str]:
    """The tag of the state of an import of old results."""
    state = HistoryState(batch.state)
    return {"text": state.label, "classes": f"nhsuk-tag--{HISTORY_COLOURS[state]}"}


def history_problems(batch: HistoryImport) -> list[tuple[int, str, str]]:
    """What is wrong with an import's rows: row, heading of the column, sentence."""
    headings = COLUMNS[batch.kind].by_key
    return [(row, headings[key].heading if key else "Whole row", sentence) for row, key, sentence in batch.problems]


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One level an import would add; `person` is empty where they have left since the file was checked."""

    number: int
    person: str
    note: str
    on: datetime.date
    source: str
    element: str
    level: int


def history_preview(batch: HistoryImport, viewer: User) -> list[PreviewRow]:
    """Who gets what, of the first levels to add; two queries."""
    people = Clinician.visible_to(viewer, Permission.PEOPLE_IMPORT).filter(pk__in={row[1] for row in batch.preview})
    named = {person.pk: f"{person} ({person.staff_number or person.email})" for person in people}
    elements = {element.pk: str(element) for element in Element.rows().filter(pk__in={row[2] for row in batch.preview})}
    return [
        PreviewRow(
            number=number,
            person=named.get(clinician_id, ""),
            note=note,
            on=datetime.date.fromisoformat(day),
            source=f"{instrument}, {provider}" if provider else instrument,
            element=elements[element_id],
            level=level,
        )
        for number, clinician_id, element_id, day, instrument, provider, level, note in batch.preview
    ]


def history_error_table(batch: HistoryImport) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of the file to mend, as `error_table` has them for staff."""
    columns = COLUMNS[batch.kind].columns
    sentences: dict[int, list[str]] = defaultdict(list)
    for number, heading, sentence in history_problems(batch):
        sentences[number].append(f"{heading}: {sentence}")
    table = [
        [str(row.number), " ".join(sentences[row.number]), *(row.cells.get(column.key, "") for column in columns)]
        for row in (Row(*row) for row in batch.rows)
        if row.number in sentences
    ]
    return ["Row in the file", "What to mend", *(column.heading for column in columns)], table


def state_tag(batch: ImportBatch) -> dict[str, str]:
    """The tag of an import's state."""
    return {"text": batch.get_state_display(), "colour": STATE_COLOURS[BatchState(batch.state)]}


def verdict_tag(row: ImportRow) -> dict[str, str]:
    """The tag of a row's verdict."""
    verdict = Verdict(row.verdict)
    return {"text": verdict.label, "colour": VERDICT_COLOURS[verdict]}


def remark(pair: list[str]) -> str:
    """`Pay Band: Enter the pay band.`"""
    key, sentence = pair
    return f"{BY_KEY[key].heading}: {sentence}" if key in BY_KEY else sentence


def change(triple: list[str]) -> str:
    """`Job title: from Sister to Matron`."""
    what, before, after = triple
    name = what[:1].upper() + what[1:]
    return f"{name}: from {before} to {after}" if before else f"{name}: {after}"


def shares(batch: ImportBatch, chosen: str) -> list[dict[str, Any]]:
    """The filters over an import's rows, with their counts; verdicts without rows are left out."""
    items = [{"value": "", "text": "All rows", "count": batch.total}]
    items += [
        {"value": verdict.value, "text": verdict.label, "count": count}
        for verdict, count in batch.counts().items()
        if count
    ]
    return [item | {"current": item["value"] == chosen} for item in items]


def error_table(rows: Iterable[ImportRow]) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of the error report: what the file said, and beside it what to mend.

    It can be mended and uploaded again as it is: the two columns in front are ones we do not know.
    """
    headings = ["Row in the file", "What to mend", *(column.heading for column in STAFF_COLUMNS)]
    table = []
    for row in rows:
        cells = (row.payload or {}).get("cells", {})
        remarks = " ".join(remark(pair) for pair in (row.problems or row.notes))
        table.append([str(row.number), remarks, *(cells.get(column.key, "") for column in STAFF_COLUMNS)])
    return headings, table


def template_table() -> tuple[list[str], list[list[str]]]:
    """Headings of the template, and one example row."""
    return [column.heading for column in STAFF_COLUMNS], [[column.example for column in STAFF_COLUMNS]]
