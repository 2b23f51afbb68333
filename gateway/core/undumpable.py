"""The law of core dumps: a process that holds keys leaves no memory behind when it dies.

The limit keeps the kernel from writing a file, the flag from handing the memory to a collector (core_pattern with a
pipe ignores limits) and other users' debuggers from reading it. Where a system has neither, nothing is done.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4  # linux/prctl.h


def undumpable() -> None:
    """Turn core dumps of this process off, and of those that it starts. Never raises."""
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
