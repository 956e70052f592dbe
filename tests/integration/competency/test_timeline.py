"""The timeline: agreed levels, imported results and what others register, for the clinician and their officers."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.accounts.roles import Role
from registry.audit.models import ReadEvent
from registry.competency import framework_files, timeline
from registry.competency.history.actions import confirm_history
from registry.competency.library import load
from registry.competency.models import HistoryKind
from registry.competency.timeline import TimelineEntry, comparisons, entries_for
from tests.factories.competency import agreed, framework, submitted, tiny, tiny_text
from tests.factories.history import external_file, imported, lqf_file, uploaded
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import user_with

pytestmark = pytest.mark.django_db
MINE = reverse("competency:timeline")


@pytest.fixture
def officer(trust):
    return user_with(Role.HR_OFFICER, trust)


def of(clinician):
    return reverse("competency:timeline_of", args=[clinician.pk])


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def external(nurse, officer, *rows, instrument="LF 360"):
    data = external_file(*(f"{nurse.staff_number},LF,{instrument},Elmtree,{row}" for row in rows))
    batch = uploaded(nurse.organisation, data, by=officer, kind=HistoryKind.EXTERNAL)
    assert batch.problems == []
    return confirm_history(batch=batch, by=officer)


def test_empty_timeline_says_what_will_be_there(sign_in, nurse):
    page = words(sign_in(nurse.user).get(MINE))
    assert "Nothing is here yet." in page
    assert "Start an assessment" in page


def test_clinician_without_a_profile_is_told_how_to_get_one(sign_in, trust):
    assert "We do not have a profile for you yet" in words(sign_in(user_with(Role.CLINICIAN, trust)).get(MINE))


def test_everything_stands_in_the_order_of_time_each_on_its_own_scale(nurse, officer, appraiser):
    imported(nurse, officer)
    agreed(nurse, framework("LF"), appraiser, level=3, agreed_level=2)
    submitted(nurse, framework("HLM"), appraiser)
    external(nurse, officer, "2013-09-16,1.1,2", "2013-09-16,1.2,1", "2013-09-16,6.1,4")
    found = entries_for(nurse.user, nurse)
    assert [entry.title for entry in found] == [
        "Leadership Framework: agreed levels",
        "Leadership Framework: LF 360",
        "NHS Leadership Qualities Framework: LQF 360-degree feedback",
    ]
    assert [[(figure.code, figure.words) for figure in entry.figures] for entry in found] == [
        [(str(code), "2 of 4") for code in range(1, 8)],
        [("1", "1.5 of 4"), ("6", "4 of 4")],
        [("QA", "2.5 of 3.5")],
    ]
    assert found[0].href and not found[1].href
    assert [element.words for element in found[2].elements] == ["Level 2", "Level 3"]


def test_framework_that_appears_twice_is_compared_oldest_first_and_others_are_not(nurse, officer, appraiser):
    imported(nurse, officer)
    agreed(nurse, framework("LF"), appraiser, level=3)
    external(nurse, officer, "2013-09-16,1.1,2")
    (only,) = comparisons(entries_for(nurse.user, nurse))
    assert only.framework_name == "Leadership Framework"
    assert only.entries[0].on.year == 2013
    figures = {figure.code: (row, len(chart.shapes[0].dots)) for figure, row, chart in only.rows}
    assert figures["1"] == (["2 of 4", "3 of 4"], 2)
    assert figures["2"] == (["No level", "3 of 4"], 1)


def test_at_most_the_latest_six_stand_side_by_side(nurse, officer):
    framework("LF")
    external(nurse, officer, *(f"20{year}-09-16,1.1,2" for year in range(12, 20)))
    (only,) = comparisons(entries_for(nurse.user, nurse))
    assert [entry.on.year for entry in only.entries] == [2014, 2015, 2016, 2017, 2018, 2019]


def test_levels_on_two_scales_never_stand_in_one_line():
    def entry(year, top):
        figure = timeline.DomainFigure("1", "One", 12, top, 12 * top, ("often", ((1, "Seldom"), (top, "Often"))))
        return TimelineEntry(datetime.date(year, 1, 1), "X", framework="X", figures=(figure,))

    (only,) = comparisons([entry(2010, 4), entry(2012, 5)])
    assert [(figure.top, row) for figure, row, _ in only.rows] == [
        (4, ["1 of 4", "No level"]),
        (5, ["No level", "1 of 5"]),
    ]


def test_two_versions_whose_scales_share_only_the_top_have_lines_of_their_own(nurse, appraiser):
    other = framework_files.read(
        tiny_text(version="2", effective_from="2021-01-01")
        .replace("Seldom", "Unlike me")
        .replace("label: Often", "label: Like me")
    )
    agreed(nurse, tiny(), appraiser, level=1)
    agreed(nurse, load([other])[0][0], appraiser, level=2)
    (only,) = comparisons(entries_for(nurse.user, nurse))
    assert {figure.top for figure, _, _ in only.rows} == {2}
    assert sorted(map(sorted, (row for _, row, _ in only.rows))) == [["1 of 2", "No level"], ["2 of 2", "No level"]]


def test_mean_of_five_qualities_is_exact_and_out_of_what_they_could_come_to(nurse, officer):
    framework("LQF")
    rows = [f"{nurse.staff_number},2010-05-31,Q{n},{level}" for n, level in enumerate((3, 2, 2, 3, 3), start=1)]
    confirm_history(batch=uploaded(nurse.organisation, lqf_file(*rows), by=officer), by=officer)
    (entry,) = entries_for(nurse.user, nurse)
    assert [figure.words for figure in entry.figures] == ["2.6 of 3.4"]


def test_level_not_observed_is_said_in_words(nurse, officer):
    framework("LCF")
    data = external_file(f"{nurse.staff_number},LCF,Board 360,,2025-03-01,B1,0")
    confirm_history(batch=uploaded(nurse.organisation, data, by=officer, kind=HistoryKind.EXTERNAL), by=officer)
    (entry,) = entries_for(nurse.user, nurse)
    assert [figure.words for figure in entry.figures] == ["Not observed"]
    assert [element.words for element in entry.elements] == ["0: No chance to demonstrate"]


def test_page_has_every_figure_of_its_drawings_and_says_that_nothing_is_converted(sign_in, nurse, officer, appraiser):
    agreed(nurse, framework("LF"), appraiser, level=3)
    external(nurse, officer, "2013-09-16,1.1,2")
    response = sign_in(nurse.user).get(MINE)
    page = words(response)
    for part in ("My timeline", "16 September 2013", "2 of 4", "provided by Elmtree", "See the whole result"):
        assert part in page
    assert "A level is never converted from one framework to another" in page
    assert response.content.decode().count('role="img"') == 7
    assert " style=" not in response.content.decode()
    assert not ReadEvent.objects.exists()


def test_officer_comes_from_the_profile_and_the_reading_is_recorded(sign_in, nurse, officer):
    imported(nurse, officer)
    client = sign_in(officer)
    profile = client.get(reverse("clinicians:profile", args=[nurse.pk])).content.decode()
    assert f'href="{of(nurse)}"' in profile
    page = words(client.get(of(nurse)))
    assert "Leadership over time" in page
    assert "LQF 360-degree feedback" in page
    event = ReadEvent.objects.get(purpose="assessment.timeline")
    assert (event.actor_id, event.subject_id) == (officer.pk, nurse.pk)
    own = sign_in(nurse.user).get(reverse("clinicians:own")).content.decode()
    assert f'href="{MINE}"' in own
    assert "Opened your leadership over time" in words(sign_in(nurse.user).get(reverse("clinicians:readers")))


def test_nobody_else_finds_it(sign_in, nurse, officer, appraiser):
    imported(nurse, officer)
    for other in (appraiser, user_with(Role.HR_OFFICER, OrganisationFactory()), user_with(Role.AUDITOR)):
        assert sign_in(other).get(of(nurse)).status_code == 404
    assert not ReadEvent.objects.exists()


def test_rooms_add_to_the_timeline_what_this_reader_may_see(nurse, officer, monkeypatch):
    def feedback(viewer, clinician):
        if viewer == nurse.user:
            yield TimelineEntry(datetime.date(2026, 1, 5), "Feedback from colleagues", "Report released.")

    monkeypatch.setattr(timeline, "timeline_sources", list(timeline.timeline_sources))
    assert timeline.register_timeline(feedback) is feedback
    imported(nurse, officer)
    assert entries_for(nurse.user, nurse)[0].title == "Feedback from colleagues"
    assert len(entries_for(officer, nurse)) == 1


def test_page_takes_as_many_queries_for_three_results_as_for_one(sign_in, nurse, officer, appraiser):
    client = sign_in(nurse.user)

    def queries():
        with CaptureQueriesContext(connection) as done:
            assert client.get(MINE).status_code == 200
        return len(done)

    imported(nurse, officer)
    agreed(nurse, framework("LF"), appraiser)
    one = queries()
    for year in (2008, 2009):
        imported(nurse, officer, day=f"{year}-05-31")
        agreed(nurse, framework("LF"), appraiser)
    assert queries() == one
