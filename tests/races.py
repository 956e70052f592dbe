"""Several people at one thing at once: threads with a connection each, and what came of it."""

import threading

from django.db import connection

from registry.kernel.errors import WrongState


def at_once(*calls):
    """Run each call in a thread and connection of its own, all let go together; what each returned or raised."""
    gate, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index, call):
        try:
            gate.wait(timeout=10)
            results[index] = call()
        except Exception as error:  # noqa: BLE001 (the test looks at it)
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    return results


def outcome(results):
    """How many were done and how many were refused for the state; anything else is a fault."""
    refused = [result for result in results if isinstance(result, WrongState)]
    faults = [result for result in results if isinstance(result, Exception) and result not in refused]
    assert faults == []
    return len(results) - len(refused), len(refused)
