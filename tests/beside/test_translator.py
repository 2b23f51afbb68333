"""The translator has a process when it needs one, and does without it."""

from __future__ import annotations

import io
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.beside import translator as module
from gateway.beside.job import Job
from gateway.beside.translator import Translator
from gateway.build.book import Built
from gateway.observe.log import Log

from .conftest import WSDL, reply

JOB = Job("reply", "big", "Ask", "big/1/reply", status=200, headers={"content-type": "text/xml"})


class Watched:
    """A translator, what it logged and what it counted."""

    def __init__(self, built: Built) -> None:
        self.lines, self.counted = io.StringIO(), list[str]()
        self.translator = Translator(built, Log(self.lines), self.counted.append)

    @property
    def events(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.lines.getvalue().splitlines()]


@pytest.fixture
def watched(built: Built, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.setattr(module, "PATIENCE", 60.0)  # of a busy machine
    found = Watched(built)
    yield found
    found.translator.close()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_one_life_of_a_process(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """One test, since each start costs a second: begun by the first, killed, stopped, left alone, begun again, ended."""
    translator = watched.translator
    assert translator.pid is None
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    assert translator.ask(JOB, reply(2)) is None  # this one does not wait; meanwhile it builds
    assert watched.counted.pop() == "too-early"
    monkeypatch.setattr(module, "PATIENCE", 60.0)
    found = translator.ask(JOB, reply(2))
    assert found is not None
    assert found[1].count(b'"id"') == 2
    first = translator.pid
    assert first is not None
    assert translator.ask(JOB, reply(1, last="<odd/>")) is None
    assert translator.ask(JOB, reply(3)) is not None
    assert translator.pid == first

    os.kill(first, signal.SIGTERM)  # of an init system, to the whole group
    os.kill(first, signal.SIGINT)
    assert translator.ask(JOB, reply(1)) is not None

    os.kill(first, signal.SIGSTOP)
    monkeypatch.setattr(module, "LONGEST", 0.2)
    assert translator.ask(JOB, reply(1)) is None  # it answers nothing: it is ended, and the message done here
    assert not _alive(first)
    assert translator.ask(JOB, reply(1)) is None  # and nobody asks for a while
    assert watched.counted == ["taken", "given-back", "taken", "taken", "lost"]
    assert watched.events == ["beside-started", "beside-lost"]

    monkeypatch.setattr(module, "LONGEST", 60.0)
    later = time.monotonic() + module.AGAIN + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert translator.ask(JOB, reply(1)) is not None
    second = translator.pid
    assert second is not None
    translator.close()
    assert translator.pid is None
    assert not _alive(second)
    assert translator.ask(JOB, reply(1)) is None


def test_one_that_does_not_stand_in_time_is_ended(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    monkeypatch.setattr(module, "START", -1.0)
    assert watched.translator.ask(JOB, reply(1)) is None
    assert (watched.counted, watched.events, watched.translator.pid) == (["lost"], ["beside-lost"], None)


def test_a_contract_that_reads_differently_by_now_is_not_used(watched: Watched, tmp_path: Path) -> None:
    (tmp_path / "s.wsdl").write_text(WSDL.replace('soapAction="a"', 'soapAction="b"'))
    assert watched.translator.ask(JOB, reply(1)) is None
    assert watched.events == ["beside-lost"]
    assert "read differently" in watched.lines.getvalue()


def test_codecs_are_named_by_what_they_are(built: Built) -> None:
    translator = Translator(built, Log(io.StringIO()))
    face = built.services[0].faces[0].route.json_face
    assert translator.name(face.request) == "big/0/request"
    assert translator.name(object()) is None  # type: ignore[arg-type]  # what no codec is
