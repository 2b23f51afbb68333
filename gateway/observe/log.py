"""The law of logs: one JSON line an event, bounded, without payloads, without secrets.

Streams: `access` (one line a request), `audit` (steals, refusals), `error`. Every field is cut at
1 KiB and escaped, so no line can be forged: what JSON leaves as it is and some reader takes for the end of a line, or a
terminal for a command, too.
"""

from __future__ import annotations

import contextlib
import re
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, Final, TextIO

import orjson

FIELD_LIMIT: Final = 1024
# in UTF-8: C1 controls, line and paragraph separator, marks that turn the direction of writing
_ODD: Final = re.compile(rb"\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]")
LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}


class Log:
    """Writes lines to a stream (stdout by default). `level` may be changed at run time."""

    def __init__(self, stream: TextIO | None = None, level: str = "info", *, access: bool = True) -> None:
        self._stream = stream
        self.level = level
        self.access = access
        self.dropped = 0
        self.soon: Callable[[Callable[[], None]], object] | None = None  # a loop's call_soon, once one runs
        self._waiting: list[bytes] = []  # access lines of this turn of the loop: one write for all
        self._stamp = (0, "")  # a second and its text, one value: other threads write, too

    def write(self, stream: str, level: str, event: str, **fields: Any) -> None:
        """One line, if the level is asked for. Never raises: a full disk is counted."""
        if LEVELS[level] < LEVELS[self.level] or (stream == "access" and not self.access):
            return
        line = {"time": self._now(), "stream": stream, "level": level, "event": event}
        for key, value in fields.items():
            if value is None or value == "":
                continue
            line[key] = _cut(value) if isinstance(value, str) and len(value) > FIELD_LIMIT else value
        try:
            raw = orjson.dumps(line, default=str, option=orjson.OPT_APPEND_NEWLINE)
        except TypeError:  # a lone surrogate
            self.dropped += 1
            return
        if not raw.isascii():
            raw = _ODD.sub(lambda found: b"\\u%04x" % ord(found[0].decode()), raw)
        if stream != "access" or self.soon is None:
            self._put(raw, 1)
            return
        if not self._waiting:
            self.soon(self.flush)
        self._waiting.append(raw)

    def flush(self) -> None:
        """Write the access lines that wait."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._put(b"".join(waiting), len(waiting))

    def _put(self, raw: bytes, lines: int) -> None:
        try:
            out = self._stream or sys.stdout
            out.write(raw.decode())
            out.flush()
        except (OSError, ValueError):
            self.dropped += lines

    def _now(self) -> str:
        """RFC 3339, UTC, to the millisecond; the second's text is made once."""
        now = time.time()
        second = int(now)
        stamp = self._stamp
        if stamp[0] != second:
            stamp = self._stamp = (second, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second)))
        return f"{stamp[1]}.{int((now - second) * 1000):03d}Z"

    def audit(self, event: str, **fields: Any) -> None:
        """One line of the audit stream."""
        self.write("audit", "warning", event, **fields)

    def defect(self, error: BaseException, request_id: str) -> None:
        """A failure of the gateway itself: type and places, never the values in the message."""
        places = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-8:]]
        self.write(
            "error",
            "error",
            "defect",
            type=type(error).__name__,
            places=" < ".join(reversed(places)),
            request_id=request_id,
        )


def said(line: str) -> None:
    """A line for whoever started the process, on stderr; a full disk there is no reason not to serve."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(line)
        sys.stderr.flush()


def _cut(value: str) -> str:
    return value[: FIELD_LIMIT - 1] + "…"
