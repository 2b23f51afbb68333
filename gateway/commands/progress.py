"""The law of progress: whoever waits more than a second is told on stderr what is being done, and nothing else is.

A watching thread writes; the work is not slowed by it. On a terminal one line is written over, elsewhere a line
every `QUIET` seconds.
"""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import Final, TextIO

FIRST: Final = 1.0  # seconds before anything is said
QUIET: Final = 5.0  # seconds between lines where it is no terminal


class Progress:
    """`with Progress() as progress: progress.at("reading")`."""

    def __init__(self, to: TextIO | None = None, *, first: float = FIRST, quiet: float = QUIET) -> None:
        self._to = to or sys.stderr
        self._first, self._quiet = first, quiet
        self._terminal = self._to.isatty()
        self._words = ""
        self._done = threading.Event()
        self._wrote = False
        self._thread = threading.Thread(target=self._watch, name="progress", daemon=True)

    def at(self, words: str) -> None:
        """What is being done now."""
        self._words = words

    def __enter__(self) -> Progress:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()
        if self._wrote and self._terminal:
            self._to.write("\r\x1b[K")
            self._to.flush()

    def _watch(self) -> None:
        begun = time.monotonic()
        wait = self._first
        while not self._done.wait(wait):
            text = f"{self._words} ({time.monotonic() - begun:.0f} s)"
            self._to.write(f"\r\x1b[K{text}" if self._terminal else f"{text}\n")
            self._to.flush()
            self._wrote = True
            wait = self._first if self._terminal else self._quiet
