"""What organisations are looked for by."""

from django import forms

from registry.nhsuk.filtering import FilterForm
from registry.organisations.models import Kind, Region, RegionScheme


class OrganisationFilter(FilterForm):
    """Search words, kind, region and whether closed ones count; everything may be left out."""

    q = forms.CharField(label="Name or ODS code", required=False, max_length=100)
    kind = forms.ChoiceField(label="Kind", required=False, choices=Kind.choices, initial=Kind.TRUST)
    region = forms.ModelChoiceField(
        Region.rows().filter(scheme=RegionScheme.NHS_ENGLAND),
        label="Region",
        required=False,
        to_field_name="code",
        empty_label="All regions",
    )
    closed = forms.BooleanField(label="Show closed ones too", required=False)
