"""The law of what was seen: the last problems and faults, for a person who looks; bounded, no payload."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One problem or fault that was answered; `at` in seconds since the epoch. Of a fault `cause` is its names."""

    at: float
    operation: str
    status: int
    slug: str
    cause: str
    request_id: str


class Seen:
    """The last problems, newest last. `size`: as many as a page shows."""

    def __init__(self, size: int = 25) -> None:
        self.lines: deque[Line] = deque(maxlen=size)

    def add(self, operation: str, status: int, slug: str, cause: str, request_id: str) -> None:
        """Remember one; what a client may have chosen is cut."""
        self.lines.append(Line(time.time(), operation[:200], status, slug, cause[:300], request_id))
