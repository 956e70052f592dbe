"""The form above a list: every field may be left alone, so none says that it is optional."""

from django import forms


class FilterForm(forms.Form):
    """The base of a filter's form; of a django-filter `FilterSet` by its `Meta.form`."""

    marks_optional = False
