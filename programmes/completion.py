"""Which programmes people have completed, as standing and gates know it."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from programmes.models import Enrolment


def completed(clinician_ids: Collection[int]) -> Mapping[int, Collection[str]]:
    """For each of these clinicians who has completed any, the short names of the programmes."""
    done = Enrolment.objects.completed().filter(clinician__in=clinician_ids)
    found: dict[int, set[str]] = defaultdict(set)
    for key, code in done.values_list("clinician_id", "cohort__version__programme__code"):
        found[key].add(code)
    return found
