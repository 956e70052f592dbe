"""Totals: the only thing that leaves the store, and never about fewer than ten."""

import pytest

from registry.equality.totals import totals_by
from tests.factories.equality import answered, several
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db


def people(count):
    return UserFactory.create_batch(count)


def keys(*groups):
    return {user.pk for group in groups for user in group}


def told(table):
    return [dict(zip(table.groups, row, strict=True)) for row in table.cells]


@pytest.fixture
def crowd():
    """Thirty women, twenty-five men, twelve of whom it is not known: some did not answer, some prefer not to say."""
    women, men = several(people(30), sex="female"), several(people(25), sex="male")
    silent = [*people(4), *several(people(4), sex="prefer_not"), *several(people(4), ethnicity="white")]
    return women, men, silent


def test_groups_are_counted_at_each_stage_and_whose_answer_is_not_known_as_one(crowd):
    women, men, _ = crowd
    table = totals_by({"Applied": keys(*crowd), "Appointed": keys(women[:12], men[:11])}, "sex")
    assert table.groups == ("female", "male", "")
    assert (table.stages, table.totals) == (("Applied", "Appointed"), (67, 23))
    assert told(table) == [{"female": 30, "male": 25, "": 12}, {"female": 12, "male": None, "": None}]


def test_groups_but_the_reference_are_known_together_where_one_of_them_is_of_few():
    answers = {"white": 30, "asian": 25, "black": 14, "mixed": 3}
    crowd = [several(people(count), ethnicity=group) for group, count in answers.items()]
    table = totals_by({"Applied": keys(*crowd, people(11))}, "ethnicity")
    assert told(table) == [{"asian": 25, "black": None, "mixed": None, "white": 30, "other": None, "": 11}]
    assert table.count(0, "asian", "black", "mixed", "other") == 42


def test_others_in_the_store_are_not_counted(crowd):
    women, men, _ = crowd
    assert told(totals_by({"Applied": keys(women, men[:12], people(10))}, "sex")) == [
        {"female": 30, "male": 12, "": 10}
    ]


def test_fewer_than_ten_are_not_told_and_neither_is_what_gives_them_away(crowd):
    women, men, silent = crowd
    assert told(totals_by({"Applied": keys(women, men, silent[:3])}, "sex")) == [{"female": 30, "male": None, "": None}]


@pytest.mark.parametrize(("minimum", "women"), [(1, 30), (10, 30), (31, None)])
def test_minimum_is_raised_but_never_lowered(crowd, minimum, women):
    table = totals_by({"Applied": keys(*crowd)}, "sex", minimum=minimum)
    assert told(table)[0]["female"] == women
    assert table.minimum == max(minimum, 10)


def test_stage_with_somebody_who_was_not_in_the_one_before_is_refused(crowd):
    women, men, _ = crowd
    with pytest.raises(ValueError, match="part of the one before"):
        totals_by({"Applied": keys(women), "Appointed": keys(women[:10], men[:1])}, "sex")


def test_unknown_characteristic_is_refused():
    with pytest.raises(KeyError):
        totals_by({"Applied": {1}}, "pseudonym")


def test_nobody_is_an_empty_table():
    assert totals_by({}, "sex").cells == ()
    assert told(totals_by({"Applied": []}, "sex")) == [{"female": None, "male": None, "": None}]


def test_erased_answers_count_as_not_known(crowd):
    women, *_ = crowd
    answered(women[0], sex="", religion="none")
    assert told(totals_by({"Applied": keys(*crowd)}, "sex"))[0] == {"female": 29, "male": 25, "": 13}


def test_totals_of_thirty_take_as_many_queries_as_of_three(crowd, django_assert_num_queries):
    women, *_ = crowd
    for some in (women[:3], women):
        with django_assert_num_queries(1):
            totals_by({"Applied": keys(some), "Passed": keys(some[:2])}, "sex")
