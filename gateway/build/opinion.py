"""The law of libxml2's opinion: quick, asked first, and no longer when it takes longer than a message is worth.

A pattern that its automaton is not deterministic for (`(x+x+)+y`) is tried in every way: thirty characters take half a
second, and then it gives up without a verdict. Which patterns those are is not told by looking at them, so the first
message that shows it ends the asking for this element; the codec's own walk, linear in the text, judges from then on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from lxml import etree

from ..schema.validator import Undecided

MOST: Final = 0.1  # seconds for a verdict, however small the message (some 0.0001 are usual)
MOST_BYTE: Final = 0.5 / 2**20  # and for each byte of it; measured: 0.13 seconds a MiB of small elements


class Opinion:
    """libxml2's verdict on an element: whether it is valid, None where it has none."""

    def __init__(self, validate: Callable[[Any], list[Any]]) -> None:
        self._validate: Callable[[Any], list[Any]] | None = validate

    def __call__(self, element: Any) -> bool | None:
        if self._validate is None:
            return None
        began = time.perf_counter()
        try:
            valid = not self._validate(element)
            spent = time.perf_counter() - began
            if spent > MOST and spent > worth(element) and self._spent(element) > worth(element):
                self._validate = None
        except Undecided:
            self._validate = None
            return None
        return valid

    def _spent(self, element: Any) -> float:
        """Seconds of CPU for a verdict, asked for again: a thread's clock costs a message as much as its parse."""
        began = time.thread_time()
        if self._validate is not None:
            self._validate(element)
        return time.thread_time() - began


def worth(element: Any) -> float:
    """Seconds that a verdict on it may take."""
    return MOST + MOST_BYTE * len(etree.tostring(element))
