"""Writes the past of the clinician who signs in: results from before the registry, imported as an officer would."""

from registry.accounts.models import User
from registry.clinicians.models import Clinician
from registry.competency.history.actions import confirm_history, upload_history
from registry.competency.history.rows import Row
from registry.competency.models import HistoryKind

# Levels of the LQF's fifteen qualities in its order, and of the LF's elements by domain.
LQF_360 = (3, 2, 2, 3, 3, 2, 3, 2, 1, 3, 2, 2, 3, 2, 3)
LF_360 = {1: (2, 2, 1, 2), 2: (2, 2, 2, 1), 3: (1, 1, 2, 1), 4: (2, 1, 2, 1), 5: (1, 1, 1, 0)}


def write(clinician: Clinician, officer: User) -> None:
    """An LQF 360 of 2010, and a Leadership Framework 360 of 2013 from outside."""
    who = {"staff_number": clinician.staff_number}
    lqf = [
        who | {"date": "2010-05-31", "quality": f"Q{number}", "level": str(level)}
        for number, level in enumerate(LQF_360, start=1)
    ]
    lf = [
        who
        | {"date": "2013-09-16", "quality": f"{domain}.{number}", "level": str(level)}
        | {"framework": "LF", "instrument": "Leadership Framework 360", "provider": "Elmtree Assessment"}
        for domain, levels in LF_360.items()
        for number, level in enumerate(levels, start=1)
    ]
    for kind, rows, name in (
        (HistoryKind.LQF_360, lqf, "lqf-360-2010.csv"),
        (HistoryKind.EXTERNAL, lf, "leadership-framework-360-2013.csv"),
    ):
        batch = upload_history(
            rows=[Row(number, cells) for number, cells in enumerate(rows, start=2)],
            file_name=name,
            organisation=clinician.organisation,
            kind=kind,
            by=officer,
        )
        confirm_history(batch=batch, by=officer)
