"""What the commands that import a file share: reading it, and finding the organisation it is for."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from registry.organisations.models import Organisation


def read_file(path: Path) -> bytes:
    """The file's bytes, one more than is allowed at most: enough to see that it is too much."""
    try:
        with path.open("rb") as file:
            return file.read(settings.UPLOAD_MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def organisation_of(ods_code: str) -> Organisation:
    """The organisation of this code, whatever its case."""
    organisation: Organisation | None = Organisation.rows().filter(ods_code=ods_code.upper()).first()
    if organisation is None:
        raise CommandError(f"No organisation has the ODS code {ods_code}.")
    return organisation
