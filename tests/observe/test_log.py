"""One JSON line an event: bounded, never forged, never in the way."""

from __future__ import annotations

import io
import json
import re

import pytest

from gateway.observe.log import FIELD_LIMIT, Log


def test_a_line_is_json_with_the_time_in_utc() -> None:
    out = io.StringIO()
    Log(out).write("access", "info", "request", status=200, route=None, empty="", none=0)
    line = json.loads(out.getvalue())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert line == {"stream": "access", "level": "info", "event": "request", "status": 200, "none": 0}


@pytest.mark.parametrize("text", ['a\n{"level":"error"}', "\x1b[31mred", "a\u2028b", "x" * 1_000_000, "\x00"])
def test_no_field_forges_a_line_or_fills_the_disk(text: str) -> None:
    out = io.StringIO()
    Log(out).write("access", "info", "request", path=text)
    assert out.getvalue().count("\n") == 1
    assert "\x1b" not in out.getvalue()
    assert len(json.loads(out.getvalue())["path"]) <= FIELD_LIMIT


def test_the_level_is_asked_for() -> None:
    out = io.StringIO()
    log = Log(out, "warning")
    log.write("access", "info", "request")
    log.audit("steal", who="me")
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["steal"]


def test_a_defect_tells_its_type_and_places_never_its_words() -> None:
    out = io.StringIO()
    try:
        raise ValueError("SECRET")
    except ValueError as error:
        Log(out).defect(error, "r1")
    assert "SECRET" not in out.getvalue()
    line = json.loads(out.getvalue())
    assert (line["type"], line["request_id"]) == ("ValueError", "r1")
    assert line["places"].startswith("test_a_defect_tells_its_type")


class Full(io.StringIO):
    """A stream on a full disk."""

    def write(self, _: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_line_that_cannot_be_written_is_counted_never_raised() -> None:
    log = Log(Full())
    log.write("access", "info", "request")
    closed = io.StringIO()
    closed.close()
    shut = Log(closed)
    shut.write("access", "info", "request")
    odd = Log(io.StringIO())
    odd.write("access", "info", "request", name="\ud800")
    assert (log.dropped, shut.dropped, odd.dropped) == (1, 1, 1)


def test_access_lines_of_one_turn_of_the_loop_are_one_write() -> None:
    class Counted(io.StringIO):
        writes = 0

        def write(self, text: str) -> int:
            self.writes += 1
            return super().write(text)

    out, soon = Counted(), []
    log = Log(out)
    log.soon = soon.append
    for status in (200, 201, 202):
        log.write("access", "info", "request", status=status)
    assert (out.getvalue(), len(soon)) == ("", 1)
    log.audit("steal", who="me")  # never waits
    soon[0]()
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line.get("status", line["event"]) for line in lines] == ["steal", 200, 201, 202]
    assert out.writes == 2
    log.flush()
    log.write("access", "info", "request", status=203)
    assert (out.writes, len(soon)) == (2, 2)


def test_lines_that_a_full_disk_takes_are_counted_each() -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    log = Log(Full())
    log.soon = lambda then: None
    for _ in range(3):
        log.write("access", "info", "request")
    log.flush()
    assert log.dropped == 3


def test_no_field_forges_a_line_or_speaks_to_a_terminal() -> None:
    """S-10: what JSON leaves as it is, some readers take for the end of a line, and terminals for a command."""
    odd = "".join(map(chr, [*range(0x20), *range(0x80, 0xA0), 0x2028, 0x2029, 0x202E, 0x2066]))
    lines = io.StringIO()
    forged = f'x\n{{"level":"error"}}\r\n{odd}é漢\U0001f600'
    Log(lines).write("access", "info", "request", cause=forged, path="a" * 1_000_000)
    (line,) = lines.getvalue().splitlines()
    told = json.loads(line)
    assert told["cause"] == forged
    assert len(told["path"]) <= 1024
    assert not [each for each in odd if each in line]
    assert "é漢\U0001f600" in line
