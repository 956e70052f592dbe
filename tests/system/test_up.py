"""`manage.py up`, run for real: it becomes ready, stops without leaving a process, and finds its data again."""

import json
import signal
import socket
from http.client import HTTPConnection
from pathlib import Path

import psutil
import psycopg2
import pytest
from django.core.management import CommandError

from registry.clinicians.models import Clinician
from registry.embedded.management.commands.up import free_port
from tests.system.processes import data_folder, eventually, left, start

pytestmark = pytest.mark.system

FIRST, SECOND, ENDED = 240, 30, 40  # seconds until the first start is ready, a second one is, and a stop is done


class Up:
    """One run of `manage.py up` with a small demonstration."""

    def __init__(self, var: Path, port: int):
        self.var, self.port = var, port
        self.process = start(["manage.py", "up"], var=var, PORT=str(port), REGISTRY_DEMO_CLINICIANS="150")

    def output(self) -> str:
        return (self.var / "output").read_text()

    def ready(self, *, within: float = FIRST) -> bool:
        eventually(lambda: "Press Ctrl-C" in self.output() or self.process.poll() is not None, within=within)
        return "Press Ctrl-C" in self.output()

    def get(self, path: str) -> int:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def clinicians(self) -> int:
        """How many there are in the embedded database."""
        url = json.loads((self.var / "run" / "postgres.json").read_text())["url"]
        connection = psycopg2.connect(url)
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {Clinician._meta.db_table}")
                return cursor.fetchone()[0]
        finally:
            connection.close()

    def part(self, name: str) -> psutil.Process:
        """The child whose command line names it."""
        return next(it for it in psutil.Process(self.process.pid).children() if name in it.cmdline())

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(ENDED)


@pytest.fixture(scope="module")
def var():
    """One data folder for the module, so that the demonstration is made once."""
    with data_folder() as folder:
        yield folder


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@pytest.fixture
def up(var, port):
    """Starts `manage.py up`, and leaves nothing running whatever becomes of the test."""
    started = []

    def _up(**options):
        started.append(Up(var, options.get("port", port)))
        return started[-1]

    yield _up
    for run in started:
        if run.process.poll() is None:
            run.stop(signal.SIGTERM)
    assert eventually(lambda: not left(var), within=30), left(var)


def test_up_serves_until_ctrl_c_and_finds_its_data_again(var, up, port):
    first = up()
    assert first.ready(), first.output()
    assert f"http://127.0.0.1:{port}/" in first.output()
    assert [first.get(path) for path in ("/healthz", "/readyz", "/account/sign-in")] == [200, 200, 200]
    clinicians = first.clinicians()
    assert clinicians == 150
    assert first.stop(signal.SIGINT) == 0
    assert left(var) == []

    second = up()
    assert second.ready(within=SECOND), second.output()
    assert second.clinicians() == clinicians
    assert second.stop(signal.SIGTERM) == 0
    assert left(var) == []


@pytest.mark.parametrize("name", ["gunicorn", "worker", "beat"])
def test_up_with_a_part_that_ended_stops_the_rest_with_its_exit_code(var, up, name):
    run = up()
    assert run.ready(), run.output()
    run.part(name).kill()
    assert run.process.wait(ENDED) == 128 + signal.SIGKILL
    assert "process ended with exit code 137" in run.output()
    assert left(var) == []


def test_up_killed_leaves_no_process(var, up):
    run = up()
    assert run.ready(), run.output()
    run.process.kill()
    run.process.wait()
    assert eventually(lambda: not left(var), within=30), left(var)


def test_up_asked_twice_to_stop_stops(var, up):
    run = up()
    assert run.ready(), run.output()
    run.process.send_signal(signal.SIGINT)
    assert run.stop(signal.SIGINT) == 0
    assert left(var) == []


def test_up_on_a_port_in_use_says_so(up):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        run = up(port=taken.getsockname()[1])
        assert run.process.wait(ENDED) == 1
    assert run.output() == (
        f"CommandError: Port {run.port} of 127.0.0.1 is in use. Stop what uses it, or choose another: make run PORT=8001\n"
    )


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_up_with_a_server_that_does_not_answer_says_so(var, port, name):
    nobody = {"DATABASE_URL": f"postgres://127.0.0.1:{port}/none", "REDIS_URL": f"redis://127.0.0.1:{port}/0"}
    process = start(["manage.py", "up"], var=var, PORT=str(port), **{name: nobody[name]})
    assert process.wait(ENDED) == 1
    assert "names a server that does not answer" in (var / "output").read_text()
    assert "Traceback" not in (var / "output").read_text()


@pytest.mark.parametrize("wrong", ["0", "65536", "-1", "eight", "²", "8000 "])
def test_port_that_is_none_is_refused(wrong):
    with pytest.raises(CommandError, match="it must be a number from 1 to 65535"):
        free_port(wrong)
