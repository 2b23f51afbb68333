"""The law of logs: one JSON line an event, bounded, without payloads, without secrets.

Streams: `access` (one line a request), `audit` (steals, refusals), `error`. Every field is cut at
1 KiB and escaped by JSON itself, so no line can be forged.
"""

from __future__ import annotations

import contextlib
import sys
import time
import traceback
from typing import Any, Final, TextIO

import orjson

FIELD_LIMIT: Final = 1024
LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}


class Log:
    """Writes lines to a stream (stdout by default). `level` may be changed at run time."""

    def __init__(self, stream: TextIO | None = None, level: str = "info", *, access: bool = True) -> None:
        self._stream = stream
        self.level = level
        self.access = access
        self.dropped = 0

    def write(self, stream: str, level: str, event: str, **fields: Any) -> None:
        """One line, if the level is asked for. Never raises: a full disk is counted."""
        if LEVELS[level] < LEVELS[self.level] or (stream == "access" and not self.access):
            return
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + f".{int(time.time() * 1000) % 1000:03d}Z",
            "stream": stream,
            "level": level,
            "event": event,
        }
        line.update((key, _cut(value)) for key, value in fields.items() if value not in (None, ""))
        try:
            out = self._stream or sys.stdout
            out.write(orjson.dumps(line, default=str).decode() + "\n")
            out.flush()
        except (OSError, ValueError, TypeError):  # TypeError: a lone surrogate
            self.dropped += 1

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


def _cut(value: Any) -> Any:
    if isinstance(value, str) and len(value) > FIELD_LIMIT:
        return value[: FIELD_LIMIT - 1] + "…"
    return value
