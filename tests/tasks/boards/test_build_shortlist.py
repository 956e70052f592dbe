"""The list is built by a real worker over a real broker, also when its process is killed halfway."""

from django.db import connection, transaction

from registry.boards.actions import builds
from registry.boards.models import Shortlist, Vacancy
from registry.boards.tasks import build_shortlist
from tests.factories import boards
from tests.factories.organisations import OrganisationFactory
from tests.tasks.conftest import eventually


def opened(people=3):
    """An open vacancy at a trust with a pool, and the officer who runs it."""
    trust = OrganisationFactory(region="Y62")
    hr = boards.hr_officer(trust)
    for level in range(people):
        boards.candidate(trust, levels=(12 + level, 24, 24))
    return boards.opened(trust, hr), hr


def status(shortlist):
    return Shortlist.objects.values_list("status", flat=True).get(pk=shortlist.pk)


def worker_waits_for_us():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))")
        return cursor.fetchone()[0]


def test_worker_builds_the_list_that_was_asked_for(worker_process):
    vacancy, hr = opened()
    shortlist = builds.request_build(vacancy=vacancy, by=hr)
    eventually(lambda: status(shortlist) == "built")
    assert shortlist.entries.count() == 3
    shortlist.refresh_from_db()
    assert shortlist.attempts == 1
    steps = shortlist.transitions.order_by("id").values_list("from_status", "to_status")
    assert list(steps) == [("waiting", "building"), ("building", "built")]


def test_worker_killed_halfway_leaves_no_half_a_list_and_the_next_one_builds_it(worker_process, monkeypatch):
    vacancy, hr = opened()
    with monkeypatch.context() as later:
        later.setattr(build_shortlist, "delay", lambda pk: None)
        shortlist = builds.request_build(vacancy=vacancy, by=hr)
    with transaction.atomic():
        # The worker reads and scores everybody, then needs the vacancy's lock before it writes.
        Vacancy.objects.select_for_update().get(pk=vacancy.pk)
        build_shortlist.delay(shortlist.pk)
        eventually(worker_waits_for_us)
        assert (status(shortlist), shortlist.entries.count()) == ("building", 0)
        worker_process.kill_child()
    eventually(lambda: status(shortlist) == "built")
    shortlist.refresh_from_db()
    assert (shortlist.attempts, shortlist.entries.count()) == (2, 3)
