"""A file of old results on its way in: read as a table, then handed to the competency room."""

from django.conf import settings

from registry.accounts.models import User
from registry.competency.history import actions
from registry.competency.models import HistoryImport, HistoryKind
from registry.organisations.models import Organisation
from registry.transfers import history_columns, tables


def upload(
    *, data: bytes, file_name: str, organisation: Organisation, kind: HistoryKind, by: User | None
) -> HistoryImport:
    """Read and check a file, and keep its rows to be confirmed; raises Invalid for one that cannot be read at all."""
    tables.check_size(data, settings.UPLOAD_MAX_BYTES)
    return actions.upload_history(
        rows=history_columns.read(data, history_columns.COLUMNS[kind.value]),
        file_name=tables.NOT_TEXT.sub("", file_name)[:200] or "results",
        organisation=organisation,
        kind=kind,
        by=by,
    )
