"""Several commands as one: they start together, stop together, and none outlives the parent."""

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(number: signal.Signals) -> None:
    """Ask Linux to send this process the signal when its parent dies, however it dies.

    Meant for `preexec_fn`, after any change of user, which would clear the request. Only Linux has
    it; elsewhere this does nothing.
    """
    if _libc:
        _libc.prctl(PR_SET_PDEATHSIG, number)
