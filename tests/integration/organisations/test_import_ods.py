"""`manage.py import_ods`: dated links, closed trusts, and nothing written twice."""

import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registry.organisations.models import BoardLink, Kind, Organisation, Region, RegionLink, RegionScheme
from tests.paths import shared

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 11, 23)


def line(code="RJ1", name="A TRUST", region="Y56", board="QKK", opened="19930401", closed="", letter="H"):
    return f"{code},{name},{region},{board},1 ROAD,,,LONDON,,SE1 7EH,{opened},{closed},,,,,,,,,,1,,{letter},,,"


@pytest.fixture
def load(tmp_path, time_machine):
    time_machine.move_to(TODAY)

    def _load(*lines, **options):
        path = tmp_path / "etr.csv"
        path.write_text("\n".join(lines))
        out = StringIO()
        call_command("import_ods", path, stdout=out, stderr=out, **options)
        return out.getvalue().splitlines()

    return _load


def links(code, model=RegionLink):
    place = "region__code" if model is RegionLink else "board__ods_code"
    found = model.objects.filter(organisation__ods_code=code).order_by("period")
    return [(to, period.lower, period.upper) for to, period in found.values_list(place, "period")]


def test_import_ods_loads_the_real_file(time_machine):
    time_machine.move_to(TODAY)
    call_command("import_ods", shared("data", "ods", "etr.csv"), stdout=StringIO())
    open_trusts = Organisation.objects.english_trusts().open_on(TODAY)
    by_region = {
        region.name: open_trusts.in_region(region.pk, TODAY).count()
        for region in Region.objects.filter(scheme=RegionScheme.NHS_ENGLAND)
    }
    assert open_trusts.count() == 199
    assert by_region == {
        "London": 31,
        "South West": 18,
        "South East": 29,
        "Midlands": 39,
        "East of England": 21,
        "North West": 30,
        "North East and Yorkshire": 31,
    }
    assert Organisation.objects.filter(kind=Kind.TRUST).count() == 271
    assert sorted(Organisation.objects.filter(kind=Kind.WELSH_BOARD).values_list("ods_code", flat=True)) == [
        "RQF",
        "RT4",
        "RYT",
    ]
    assert Organisation.objects.get(ods_code="D7T5G").name == "NHS Essex Integrated Care Board"


def test_import_ods_counts_the_regions_of_2013_as_sums_of_todays(time_machine):
    time_machine.move_to(TODAY)
    call_command("import_ods", shared("data", "ods", "etr.csv"), stdout=StringIO())
    open_trusts = Organisation.objects.english_trusts().open_on(TODAY)
    assert {
        region.name: open_trusts.in_region(region.pk, TODAY).count()
        for region in Region.objects.filter(scheme=RegionScheme.COMMISSIONING_2013)
    } == {"North": 61, "Midlands and East": 60, "London": 31, "South": 47}


def test_import_ods_run_twice_changes_nothing(time_machine):
    time_machine.move_to(TODAY)
    path = shared("data", "ods", "etr.csv")
    call_command("import_ods", path, stdout=StringIO())
    time_machine.move_to(TODAY + datetime.timedelta(days=9))
    before = [list(model.objects.order_by("pk").values()) for model in (Organisation, RegionLink, BoardLink)]
    history = Organisation.pgh_event_model.objects.count()
    out = StringIO()
    call_command("import_ods", path, stdout=out)
    assert out.getvalue().splitlines()[0] == "0 added, 0 changed, 274 unchanged; 0 integrated care boards added."
    assert [list(model.objects.order_by("pk").values()) for model in (Organisation, RegionLink, BoardLink)] == before
    assert Organisation.pgh_event_model.objects.count() == history


def test_import_ods_dates_links_from_the_opening(load):
    load(line(), line(code="RJ2", closed="20200331"))
    assert links("RJ1") == [("Y56", datetime.date(1993, 4, 1), None)]
    assert links("RJ2") == [("Y56", datetime.date(1993, 4, 1), datetime.date(2020, 4, 1))]
    assert links("RJ2", BoardLink) == [("QKK", datetime.date(1993, 4, 1), datetime.date(2020, 4, 1))]


def test_import_ods_closes_the_old_link_and_opens_a_new_one_when_the_board_changes(load):
    load(line(), as_of=datetime.date(2026, 1, 10))
    assert load(line(board="Z9B2Z"), as_of=datetime.date(2026, 4, 1))[0] == (
        "0 added, 1 changed, 0 unchanged; 1 integrated care boards added."
    )
    assert links("RJ1", BoardLink) == [
        ("QKK", datetime.date(1993, 4, 1), datetime.date(2026, 4, 1)),
        ("Z9B2Z", datetime.date(2026, 4, 1), None),
    ]
    assert links("RJ1") == [("Y56", datetime.date(1993, 4, 1), None)]


def test_import_ods_mends_a_link_that_began_on_the_same_day(load):
    load(line(opened="20261123"))
    load(line(opened="20261123", board="QMF"))
    assert links("RJ1", BoardLink) == [("QMF", TODAY, None)]


def test_import_ods_leaves_the_links_of_a_closed_trust(load):
    load(line(closed="20200331"), as_of=datetime.date(2026, 1, 10))
    assert load(line(closed="20200331", board="Z9B2Z"))[0].startswith("0 added, 0 changed, 1 unchanged")
    assert links("RJ1", BoardLink) == [("QKK", datetime.date(1993, 4, 1), datetime.date(2020, 4, 1))]


def test_import_ods_ends_the_links_of_a_trust_that_closes_and_restores_them_when_it_did_not(load):
    load(line(), as_of=datetime.date(2026, 1, 10))
    load(line(closed="20261231"), as_of=datetime.date(2026, 10, 1))
    assert links("RJ1") == [("Y56", datetime.date(1993, 4, 1), datetime.date(2027, 1, 1))]
    load(line(), as_of=datetime.date(2026, 11, 1))
    assert links("RJ1") == [("Y56", datetime.date(1993, 4, 1), None)]


def test_import_ods_keeps_the_gap_of_a_trust_without_a_board_for_a_while(load):
    load(line(), as_of=datetime.date(2026, 1, 10))
    load(line(board=""), as_of=datetime.date(2026, 3, 1))
    load(line(board=""), as_of=datetime.date(2026, 4, 1))
    load(line(), as_of=datetime.date(2026, 5, 1))
    assert links("RJ1", BoardLink) == [
        ("QKK", datetime.date(1993, 4, 1), datetime.date(2026, 3, 1)),
        ("QKK", datetime.date(2026, 5, 1), None),
    ]


def test_import_ods_refuses_to_overrule_a_newer_file(load):
    load(line(name="NEW NAME"), line(code="RJ2"), as_of=datetime.date(2026, 7, 8))
    with pytest.raises(CommandError, match=r"1 lines of .* were not taken; the others were\."):
        load(line(name="OLD NAME"), line(code="RJ2"), line(code="RJ3"), as_of=datetime.date(2025, 7, 8))
    assert list(Organisation.objects.filter(kind=Kind.TRUST).order_by("ods_code").values_list("ods_code", "name")) == [
        ("RJ1", "New Name"),
        ("RJ2", "A Trust"),
        ("RJ3", "A Trust"),
    ]


def test_import_ods_keeps_trusts_that_the_file_leaves_out(load):
    load(line(), line(code="RJ2"))
    load(line())
    assert Organisation.objects.filter(ods_code="RJ2", closed_on=None).count() == 1


def test_import_ods_loads_the_good_lines_and_fails(load):
    with pytest.raises(CommandError, match=r"2 lines of .* were not taken; the others were\."):
        load(line(), line(code="RJ2", opened="tomorrow"), line(code="RJ3"), line(code="QKK"), line(code="RJ4"))
    assert sorted(Organisation.objects.values_list("ods_code", flat=True)) == ["QKK", "RJ1", "RJ3", "RJ4"]


def test_import_ods_says_line_and_reason(tmp_path):
    path, err = tmp_path / "etr.csv", StringIO()
    path.write_text(
        f"{line()}\n{line(code='RJ2', opened='tomorrow')}\n{line(code='QKK')}\n{line(code='RJ5', board='RJ1')}"
    )
    with pytest.raises(CommandError):
        call_command("import_ods", path, stdout=StringIO(), stderr=err)
    assert err.getvalue().splitlines() == [
        "line 2: “tomorrow” (column 11) is not a date written YYYYMMDD.",
        "line 3: QKK is an integrated care board, not a trust.",
        "line 4: RJ1 (column 4) is a trust, not an integrated care board.",
    ]


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"<html>"])
def test_import_ods_refuses_a_file_that_is_none_and_writes_nothing(tmp_path, data):
    path = tmp_path / "etr.csv"
    path.write_bytes(data)
    with pytest.raises(CommandError):
        call_command("import_ods", path)
    assert (Organisation.objects.count(), Region.objects.count()) == (0, 0)


def test_import_ods_of_a_missing_file_says_so(tmp_path):
    with pytest.raises(CommandError, match=r"cannot be read: No such file or directory"):
        call_command("import_ods", tmp_path / "none.csv")


def test_import_ods_keeps_the_regions_links_apart_from_history_of_2013(load):
    load(line(region="Y54", board="Q84"), as_of=datetime.date(2015, 9, 1))
    load(line(region="Y62", board="QE1"), as_of=datetime.date(2019, 4, 1))
    assert links("RJ1") == [
        ("Y54", datetime.date(1993, 4, 1), datetime.date(2019, 4, 1)),
        ("Y62", datetime.date(2019, 4, 1), None),
    ]
    trust = Organisation.objects.get(ods_code="RJ1")
    north = Region.objects.get(scheme=RegionScheme.COMMISSIONING_2013, code="Y54")
    assert [trust in Organisation.objects.in_region(north.pk, datetime.date(year, 6, 1)) for year in (2015, 2026)] == [
        True,
        True,
    ]
