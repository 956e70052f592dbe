"""The embedded servers, started for real: shared, stopped after the last user, recovered after a kill."""

import json
import os
import signal
from pathlib import Path

import pytest

from registry.embedded import services
from tests.system.processes import data_folder, eventually, left, start

pytestmark = pytest.mark.system

# Uses both servers, reports what it found there, and stays until told to go.
VISIT = """
import os, sys, time
from pathlib import Path
import psycopg2, redis
from registry.embedded import services

report, go = map(Path, sys.argv[1:])
services.ensure(os.environ, Path(os.environ["REGISTRY_VAR"]))
connection = psycopg2.connect(os.environ["DATABASE_URL"])
with connection, connection.cursor() as cursor:
    cursor.execute("SELECT pg_advisory_xact_lock(1); CREATE TABLE IF NOT EXISTS visits (id serial)")
    cursor.execute("INSERT INTO visits DEFAULT VALUES RETURNING id")
    rows = cursor.fetchone()[0]
connection.close()
visits = redis.Redis.from_url(os.environ["REDIS_URL"]).incr("visits")
report.write_text(f"{rows} {visits} {os.environ['DATABASE_URL']} {os.environ['REDIS_URL']}")
while not go.exists():
    time.sleep(0.05)
"""


class Visitor:
    """A process that uses the servers."""

    def __init__(self, var: Path, number: int):
        self.report, self.go = var / f"report{number}", var / f"go{number}"
        self.process = start(["-c", VISIT, str(self.report), str(self.go)], var=var)

    def found(self) -> list[str]:
        assert eventually(lambda: self.report.exists() and self.report.read_text(), within=60)
        return self.report.read_text().split()

    def leave(self) -> int:
        self.go.touch()
        return self.process.wait(90)


@pytest.fixture
def var():
    with data_folder() as folder:
        yield folder


def test_servers_started_at_the_same_instant_are_the_same(var):
    visitors = [Visitor(var, number) for number in range(4)]
    found = [visitor.found() for visitor in visitors]
    assert sorted(rows for rows, *_ in found) == ["1", "2", "3", "4"]
    assert len({tuple(urls) for _, _, *urls in found}) == 1
    assert [visitor.leave() for visitor in visitors] == [0, 0, 0, 0]


def test_servers_stay_for_who_is_left_and_stop_before_the_last_user_ends(var):
    first, second = Visitor(var, 1), Visitor(var, 2)
    urls = first.found()[2:]
    assert second.found()[2:] == urls
    first.leave()
    third = Visitor(var, 3)
    assert third.found()[2:] == urls
    second.leave()
    assert left(var) != []
    third.leave()
    assert left(var) == []


def test_servers_find_their_data_again(var):
    for number in (1, 2):
        visitor = Visitor(var, number)
        assert visitor.found()[:2] == [str(number), str(number)]
        visitor.leave()


def test_servers_stop_after_their_only_user_was_killed(var):
    visitor = Visitor(var, 1)
    visitor.found()
    visitor.process.kill()
    visitor.process.wait()
    assert eventually(lambda: not left(var), within=30)


def test_servers_start_again_after_everything_was_killed(var):
    visitor = Visitor(var, 1)
    visitor.found()
    for name in services.VARIABLES.values():
        os.kill(json.loads((var / "run" / f"{name}.json").read_text())["keeper"], signal.SIGKILL)
    visitor.process.kill()
    visitor.process.wait()
    again = Visitor(var, 2)
    assert again.found()[0] == "2"
    again.leave()


def test_servers_start_although_a_pid_file_names_a_process_of_somebody_else(var):
    visitor = Visitor(var, 1)
    visitor.found()
    visitor.leave()
    (var / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    again = Visitor(var, 2)
    assert again.found()[0] == "2"
    again.leave()


def test_servers_say_so_when_the_data_cannot_be_used(var):
    (var / "postgres").mkdir(parents=True)
    visitor = Visitor(var, 1)
    assert visitor.process.wait(30) == 1
    assert "postgres could not be started" in (var / "output").read_text()
    assert "Traceback" not in (var / "output").read_text()


def test_ensure_in_production_starts_nothing(tmp_path):
    environ = {}
    services.ensure(environ, tmp_path / "var")
    assert environ == {}
    assert list(tmp_path.iterdir()) == []


def test_ensure_with_both_servers_named_starts_nothing(tmp_path):
    environ = {"REGISTRY_MODE": "demo", "DATABASE_URL": "postgres://a@b/c", "REDIS_URL": "redis://d/0"}
    services.ensure(environ, tmp_path / "var")
    assert list(tmp_path.iterdir()) == []
