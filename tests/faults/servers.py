"""PostgreSQL and Redis of the fault suite: the embedded ones, at the same address however often they are killed."""

import signal
import subprocess
import warnings
from contextlib import suppress

import psutil

with warnings.catch_warnings():
    # A library of the wheel warns on import where there is no runtime folder; the keeper's process does not mind.
    warnings.simplefilter("ignore")
    from registry.embedded import servers


class Restartable(servers.Server):
    """A server that is stopped in every way there is, and started again with its data."""

    def start(self) -> subprocess.Popen[bytes]:
        with warnings.catch_warnings():
            # Python warns of `preexec_fn` where other threads run: the mail server's does nothing it could wait for.
            warnings.simplefilter("ignore", DeprecationWarning)
            return super().start()

    def crash(self) -> None:
        """End every process of it at once, as when the machine loses its power."""
        process = psutil.Process(self.process.pid)
        children = process.children(recursive=True)
        self.process.kill()
        self.process.wait()
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        psutil.wait_procs(children, 20)

    def send(self, number: signal.Signals) -> None:
        """Send it a signal and wait until it has ended."""
        self.process.send_signal(number)
        self.process.wait(60)


class Postgres(Restartable, servers.Postgres):
    """Keeps the folder of its socket from one start to the next."""

    ended = False

    def prepare(self) -> None:
        if not self.data.exists():
            super().prepare()

    def remove_sockets(self) -> None:
        if self.ended:
            super().remove_sockets()

    def end(self) -> None:
        """Stop for good."""
        self.ended = True
        self.stop()


class Redis(Restartable, servers.Redis):
    """Keeps its port and password from one start to the next."""

    def command(self) -> list[str]:
        known = getattr(self, "port", None), getattr(self, "password", None), getattr(self, "url", None)
        command = super().command()
        if all(known):
            self.port, self.password, self.url = known
        return command
