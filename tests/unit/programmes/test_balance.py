"""Readers are spread evenly, never over what they may read, and never where there is a conflict."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from programmes.balance import File, Reader, balance


@st.composite
def work(draw):
    """Up to twelve files and six readers, with conflicts, readers they have already, and readers who have work."""
    keys = range(1, draw(st.integers(1, 6)) + 1)
    readers = [
        Reader(
            key,
            most=draw(st.integers(0, 12)),
            load=draw(st.integers(0, 3)),
            profession=draw(st.sampled_from(["doctor", "nurse"])),
            region=draw(st.sampled_from(["Y56", "Y62"])),
            employer=draw(st.integers(1, 3)),
        )
        for key in keys
    ]
    some = st.frozensets(st.sampled_from(list(keys)), max_size=3)
    files = [
        File(
            key, wanted=draw(st.integers(0, 3)), employer=draw(st.integers(1, 3)), readers=draw(some), barred=draw(some)
        )
        for key in range(draw(st.integers(0, 12)))
    ]
    return files, readers


def loads(answer, readers):
    """How many each has to read in the end."""
    given_to = [reader for row in answer.readers.values() for reader in row]
    return {reader.key: reader.load + given_to.count(reader.key) for reader in readers}


@given(work())
@settings(max_examples=300, deadline=None)
def test_nobody_reads_what_they_must_not_or_twice_or_more_than_they_may(given_work):
    files, readers = given_work
    answer = balance(files, readers)
    for file in files:
        row = answer.readers[file.key]
        assert len(set(row)) == len(row)
        assert not set(row) & (file.barred | file.readers)
        assert len(row) + answer.missing.get(file.key, 0) == file.wanted
    most = {reader.key: max(reader.most, reader.load) for reader in readers}
    assert all(load <= most[key] for key, load in loads(answer, readers).items())


@given(work())
@settings(max_examples=300, deadline=None)
def test_nobody_has_two_more_than_somebody_who_could_take_one(given_work):
    files, readers = given_work
    answer = balance(files, readers)
    load = loads(answer, readers)
    room = {reader.key for reader in readers if load[reader.key] < reader.most}
    by_key = {file.key: file for file in files}
    for key, row in answer.readers.items():
        one = by_key[key]
        able = room - one.barred - one.readers - set(row)
        assert all(load[reader] - load[other] < 2 for reader in row for other in able)


@given(work())
@settings(max_examples=200, deadline=None)
def test_a_reader_is_missing_only_where_nobody_who_may_has_room(given_work):
    files, readers = given_work
    answer = balance(files, readers)
    load = loads(answer, readers)
    room = {reader.key for reader in readers if load[reader.key] < reader.most}
    by_key = {file.key: file for file in files}
    for key in answer.missing:
        one = by_key[key]
        assert not room - one.barred - one.readers - set(answer.readers[key])


@given(work(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_in_which_files_and_readers_come_changes_nothing(given_work, chance):
    files, readers = given_work
    shuffled = (chance.sample(files, len(files)), chance.sample(readers, len(readers)))
    assert balance(*shuffled) == balance(files, readers)


def test_without_conflicts_loads_differ_by_one_at_most():
    chance = random.Random(5)
    readers = [Reader(key, most=100, employer=chance.randint(1, 4)) for key in range(13)]
    files = [File(key, wanted=2, employer=chance.randint(1, 4)) for key in range(400)]
    answer = balance(files, readers)
    load = loads(answer, readers).values()
    assert (sum(load), min(load), max(load)) == (800, 61, 62)
    assert answer.missing == {}


def test_the_two_readers_of_a_file_are_of_different_professions():
    readers = [Reader(key, most=10, profession="doctor" if key < 3 else "nurse") for key in range(6)]
    answer = balance([File(key, wanted=2) for key in range(9)], readers)
    assert [{key < 3 for key in row} for row in answer.readers.values()] == [{True, False}] * 9


def test_a_reader_of_the_applicants_employer_is_passed_over_for_another():
    readers = [Reader(1, most=9, employer=7), Reader(2, most=9, employer=8), Reader(3, most=9, employer=9)]
    answer = balance([File(1, wanted=2, employer=7)], readers)
    assert answer.readers == {1: (2, 3)}


def test_somebody_who_is_full_makes_room_for_a_file_only_they_can_read():
    readers = [Reader(1, most=1), Reader(2, most=5)]
    files = [File(1, wanted=1), File(2, wanted=1, barred=frozenset({2}))]
    assert balance(files, readers).readers == {1: (2,), 2: (1,)}
