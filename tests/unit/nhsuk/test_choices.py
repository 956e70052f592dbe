"""Radios and checkboxes: each id belongs to one control, so that every label and error link reaches its own."""

import re

import pytest
from django import forms


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
