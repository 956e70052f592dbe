"""Steps of a migration that are taken together: history gives every table triggers, and each alone is slow to add."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations.base import Operation


class Together(Operation):
    """Operations that add triggers, constraints or indexes to tables that are there.

    After each operation by itself Django builds every model anew that is related to the changed one, which here is
    nearly all of them; of these it is enough to build all once.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: Any) -> None:
        """What each does to the state; the models that were built of it are forgotten."""
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Each in its order, on the models as they are in the end."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Each backwards, the last first."""
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """What `migrate --plan` prints."""
        return f"Add {len(self.operations)} triggers, constraints and indexes"
