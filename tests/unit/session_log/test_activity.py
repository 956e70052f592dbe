"""Leads are told totals in which no pair can be found."""

import datetime

import pytest

from registry.kernel.scope import EVERYTHING
from registry.session_log import activity
from registry.session_log.activity import Logged, summed


def of(groups, themes=(), minutes=60):
    return [Logged(group, minutes, themes) for group in groups]


def test_nothing_is_told_of_fewer_than_five_pairs_however_often_they_met():
    told = summed("Mentoring", of([1, 2, 3, 4] * 20, ["career"]))
    assert (told.groups, told.sessions, told.minutes, told.themes) == (None, None, None, {})
    assert summed("Mentoring", []).groups is None


def test_five_pairs_are_told_with_sessions_and_minutes():
    told = summed("Mentoring", of([1, 2, 3, 4, 5, 5], minutes=30))
    assert (told.groups, told.sessions, told.minutes, told.themes) == (5, 6, 180, {})


@pytest.mark.parametrize(
    ("groups", "about", "told"),
    [
        # Fewer than five spoke about it.
        (30, 4, None),
        (30, 5, 5),
        # Rounded down: whether one pair more did cannot be told.
        (30, 9, 5),
        (30, 10, 10),
        # Nor that all of them did.
        (5, 5, None),
        (10, 10, 5),
        (10, 6, 5),
        (12, 12, 10),
        (12, 11, 10),
    ],
)
def test_theme_is_told_in_steps_and_never_of_all(groups, about, told):
    sessions = of(range(groups)) + of(range(about), ["career"])
    assert summed("Mentoring", sessions).themes.get("career") == told


def test_how_often_one_pair_spoke_about_a_theme_does_not_count():
    assert summed("Mentoring", of(range(10)) + of([1] * 50, ["career"])).themes == {}


@pytest.mark.parametrize(
    ("month", "months", "last"),
    [
        (1, 1, (2026, 1, 31)),
        (12, 1, (2026, 12, 31)),
        (2, 1, (2026, 2, 28)),
        (11, 3, (2027, 1, 31)),
        (1, 12, (2026, 12, 31)),
    ],
)
def test_periods_are_whole_months(monkeypatch, month, months, last):
    asked = []

    def source(scope, first, last):
        asked.append((scope, first, last))
        return []

    monkeypatch.setattr(activity, "_sources", {"Mentoring": source})
    assert [told.name for told in activity.activity(EVERYTHING, year=2026, month=month, months=months)] == ["Mentoring"]
    assert asked == [(EVERYTHING, datetime.date(2026, month, 1), datetime.date(*last))]
