"""The law of release: a large tree is taken apart child by child, so that no thread waits for all of it.

libxml2 frees a tree in one go while the interpreter waits: 18 ms for 8 MB. One child at a time costs more in all, and
nobody notices.
"""

from __future__ import annotations

from typing import Any, Final

_FEW: Final = 16  # children that are freed together with their parent
_LEVELS: Final = 4  # down to which the children of an element with many are taken apart themselves


def release(element: Any, levels: int = _LEVELS) -> None:
    """Take everything out of an element that nobody reads any more."""
    child = element[0] if len(element) else None
    while child is not None:
        following = child.getnext()
        if levels and len(child) > _FEW:
            release(child, levels - 1)
        element.remove(child)
        child = following
