"""Any Django form comes out as the design system's components, with errors linked to their fields."""

import datetime

import pytest
from django import forms
from django.template.loader import render_to_string

from registry.nhsuk.filtering import FilterForm
from registry.nhsuk.renderer import component, error_items
from registry.nhsuk.widgets import DateField, DayMonthYear


class Everything(forms.Form):
    name = forms.CharField(help_text="As you write it")
    secret = forms.CharField(widget=forms.PasswordInput)
    story = forms.CharField(widget=forms.Textarea, required=False)
    file = forms.FileField(required=False)
    agree = forms.BooleanField(label="I agree", required=False)
    some = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple)
    one = forms.ChoiceField(choices=[("", "---------"), ("a", "A")], widget=forms.RadioSelect)
    pick = forms.ChoiceField(choices=[("", "---------"), ("a", "A")])
    day = DateField()
    token = forms.CharField(widget=forms.HiddenInput, required=False)


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("name", "input"),
        ("secret", "password"),
        ("story", "textarea"),
        ("file", "file"),
        ("agree", "checkboxes"),
        ("some", "checkboxes"),
        ("one", "radios"),
        ("pick", "select"),
        ("day", "date"),
        ("token", "hidden"),
    ],
)
def test_field_is_drawn_by_the_component_of_its_widget(field, kind):
    assert component(Everything()[field])[0] == kind


def test_whole_form_is_drawn():
    html = str(Everything(initial={"name": '<b>"x"', "day": datetime.date(2024, 3, 15)}))
    for words in ("nhsuk-radios", "nhsuk-checkboxes", "nhsuk-date-input", "nhsuk-select", "nhsuk-file-upload"):
        assert words in html
    assert "<b>" not in html
    assert 'value="15"' in html
    assert "---" not in html
    assert "style=" not in html


def test_optional_is_said_in_forms_and_not_in_filters():
    class Filter(FilterForm):
        q = forms.CharField(label="Search", required=False)

    assert component(Everything()["story"])[1]["label"]["text"] == "Story (optional)"
    assert component(Everything()["agree"])[1]["items"][0]["text"] == "I agree"
    assert component(Filter()["q"])[1]["label"]["text"] == "Search"


def test_password_is_never_drawn_again():
    assert "hunter2" not in str(Everything({"secret": "hunter2"})["secret"].as_field_group())


def test_choice_made_is_kept():
    form = Everything({"some": ["b"], "one": "a", "pick": "a"})
    assert [item["checked"] for item in component(form["some"])[1]["items"]] == [False, True]
    assert [(item["value"], item["checked"]) for item in component(form["one"])[1]["items"]] == [("a", True)]
    assert [item["selected"] for item in component(form["pick"])[1]["items"]] == [False, True]


def test_errors_are_listed_with_links_to_the_control_to_mend():
    form = Everything({"day-day": "31", "day-month": "2", "day-year": "2024"})
    form.add_error(None, "All of it is wrong.")
    items = {item.get("href"): item["text"] for item in error_items(form)}
    assert items[None] == "All of it is wrong."
    assert items["#id_day-day"] == "Enter a real date, with the year in full, like 15 3 2024."
    html = str(form)
    for href in filter(None, items):
        assert f'id="{href[1:]}"' in html or href in {"#id_some", "#id_one"}


@pytest.mark.parametrize(
    ("parts", "value"),
    [
        (("15", "3", "2024"), datetime.date(2024, 3, 15)),
        (("05", "03", "2024"), datetime.date(2024, 3, 5)),
        ((" 5 ", "3", "2024"), datetime.date(2024, 3, 5)),
        (("31", "2", "2024"), None),
        (("1", "1", "24"), None),
        (("1", "", "2024"), None),
        (("٣", "3", "2024"), None),
        (("1", "1", "99999"), None),
        (("-1", "1", "2024"), None),
    ],
)
def test_date_is_real_or_refused(parts, value):
    class Dated(forms.Form):
        day = DateField()

    form = Dated(dict(zip(("day-day", "day-month", "day-year"), parts, strict=True)))
    assert form.is_valid() == (value is not None)
    if value:
        assert form.cleaned_data["day"] == value


def test_date_left_out_is_missing_not_wrong():
    class Dated(forms.Form):
        day = DateField(error_messages={"required": "Enter the day."})

    assert Dated({}).errors["day"] == ["Enter the day."]
    assert Dated({"day-day": "x"}).errors["day"] == ["Enter a real date, with the year in full, like 15 3 2024."]


def test_what_was_typed_stays_in_the_boxes():
    widget = DayMonthYear()
    data = {"d-day": "31", "d-month": "2", "d-year": "2024"}
    typed = widget.value_from_datadict(data, {}, "d")
    assert widget.parts(typed) == {"day": "31", "month": "2", "year": "2024"}


def test_neighbours_are_drawn_only_where_there_are_any():
    def drawn(previous, following):
        source = '{% from "components/pages.jinja" import pages %}{{ pages(page) }}'
        from django.template import engines

        page = {"previous": previous, "next": following}
        return engines["jinja2"].from_string(source).render({"page": page})

    assert drawn(None, None).strip() == ""
    assert "?after=9" in drawn(None, "?after=9")
    assert "Previous" not in drawn(None, "?after=9")
    assert render_to_string("components/pages.jinja").strip() == ""
