"""Radios and checkboxes: each id belongs to one control, so that every label and error link reaches its own."""

import re

import pytest
from django import forms

from registry.nhsuk.renderer import component
from registry.nhsuk.widgets import SmallRadios


class Choices(forms.Form):
    one = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    many = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple)
    agreed = forms.BooleanField()


@pytest.mark.parametrize("form", [Choices(), Choices({})])
def test_choices_have_each_id_once(form):
    html = str(form)
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'\bfor="([^"]+)"', html)) <= set(re.findall(r'<input[^>]*\bid="([^"]+)"', html))


class Small(forms.Form):
    plain = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=SmallRadios)
    parted = forms.ChoiceField(
        choices=[("a", "A"), ("b", "B")], widget=type("Parted", (SmallRadios,), {"uncounted": frozenset("b")})
    )


@pytest.mark.parametrize(("field", "dividers"), [("plain", 0), ("parted", 1)])
def test_small_radios_keep_every_answer_with_or_without_one_set_apart(field, dividers):
    items = component(Small()[field])[1]["items"]
    assert [item["value"] for item in items if "value" in item] == ["a", "b"]
    assert sum("divider" in item for item in items) == dividers
