"""The law of release: a large tree is taken apart child by child, so that no thread waits for all of it.

libxml2 frees a tree in one go while the interpreter waits: 18 ms for 8 MB, and at the next large piece of memory some
60 ms more, when glibc puts half a million freed pieces together. One child at a time costs more in all, and nobody
notices; the rest is asked for here, where other threads may run meanwhile.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, Final

_FEW: Final = 16  # children that are freed together with their parent
_LEVELS: Final = 4  # down to which the children of an element with many are taken apart themselves


def release(*elements: Any) -> None:
    """Take everything out of elements that nobody reads any more, and give their memory back."""
    for element in elements:
        _take_apart(element, _LEVELS)
    if _trim is not None:
        _trim(0)


def _take_apart(element: Any, levels: int) -> None:
    child = next(iter(element), None)  # its length would be a walk over all of them
    while child is not None:
        following = child.getnext()
        if levels and len(child) > _FEW:
            _take_apart(child, levels - 1)
        element.remove(child)
        child = following


def _found() -> Callable[[int], int] | None:
    """glibc's malloc_trim, None of another C library; ctypes lets other threads run while it works."""
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
    return trim


_trim: Final = _found()
