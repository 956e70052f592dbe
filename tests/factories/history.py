"""Files of old results, and imports of them."""

from registry.competency.history.actions import confirm_history
from registry.competency.models import HistoryKind
from registry.transfers import history_files
from tests.factories.competency import framework

LQF_HEADINGS = "Employee Number,Date,Quality,Level"
EXTERNAL_HEADINGS = "Employee Number,Framework,Instrument,Provider,Date,Quality,Level"


def lqf_file(*rows: str, headings: str = LQF_HEADINGS) -> bytes:
    """A file of LQF results from rows as they stand in it."""
    return "\r\n".join([headings, *rows]).encode()


def external_file(*rows: str) -> bytes:
    """A file of other results from rows as they stand in it."""
    return lqf_file(*rows, headings=EXTERNAL_HEADINGS)


def uploaded(organisation, data, *, by=None, kind=HistoryKind.LQF_360):
    """The import of this file, waiting to be confirmed."""
    return history_files.upload(data=data, file_name="results.csv", organisation=organisation, kind=kind, by=by)


def waiting(clinician, by, *, day="2010-05-31"):
    """Two levels of this clinician, waiting to be confirmed, and a row with an error."""
    framework("LQF")
    number = clinician.staff_number
    data = lqf_file(f"{number},{day},Self awareness,3", f"{number},{day},Q1,2", f"{number},{day},Q1,2")
    return uploaded(clinician.organisation, data, by=by)


def imported(clinician, by, *, day="2010-05-31"):
    """Two levels of this clinician, imported."""
    return confirm_history(batch=waiting(clinician, by, day=day), by=by)
