"""What Insight shows: a framework, and one organisation or all within reach."""

from collections.abc import Mapping, Sequence

from django import forms

from registry.competency.models import FrameworkVersion
from registry.nhsuk.filtering import FilterForm
from registry.organisations.models import Organisation


class InsightFilter(FilterForm):
    """A framework by its code, and an organisation by its ODS code; what is asked for and unknown is not chosen.

    `version` is the framework asked for, else the first, and None where none is loaded. `chosen` is the one
    asked for, or the only one; None for all of several, and where there is none.
    """

    def __init__(
        self,
        asked: Mapping[str, str],
        *,
        versions: Sequence[FrameworkVersion],
        organisations: Sequence[Organisation],
    ) -> None:
        by_code = {version.code: version for version in versions}
        self.version = by_code.get(asked.get("framework", ""), next(iter(versions), None))
        self.organisations = {organisation.ods_code: organisation for organisation in organisations}
        only = organisations[0] if len(organisations) == 1 else None
        self.chosen = self.organisations.get(asked.get("organisation", ""), only)
        super().__init__(
            {
                "framework": self.version.code if self.version else "",
                "organisation": self.chosen.ods_code if self.chosen else "",
            }
        )
        names = [(version.code, version.name) for version in versions]
        self.fields["framework"] = forms.ChoiceField(required=False, choices=names)
        if len(organisations) > 1:
            places = [("", "All organisations"), *((code, str(place)) for code, place in self.organisations.items())]
            self.fields["organisation"] = forms.ChoiceField(required=False, choices=places)
