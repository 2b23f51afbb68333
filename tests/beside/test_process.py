"""The process beside does what the gateway does, or gives it back undone."""

from __future__ import annotations

import threading
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pytest

from gateway.beside.job import Done, Job, identity
from gateway.beside.process import Translating, answer
from gateway.build.book import Built
from gateway.codec.json import loads
from gateway.core.limits import LARGE
from gateway.settings import parse
from gateway.settings.handed import told

from .conftest import FAULT, HEAD, reply

XML = {"content-type": "text/xml"}
JSON = {"content-type": "application/json"}


def _reply(built: Built, body: bytes, target: str = "big/0/reply", **more: Any) -> tuple[Done, bytes]:
    job = Job("reply", "big", "Ask", target, **{"status": 200, "headers": XML, **more})
    return Translating(built).do(job, job.wire(body))


def _request(built: Built, body: bytes, target: str = "big/Ask/1.1/request", **more: Any) -> tuple[Done, bytes]:
    job = Job("request", "big", "Ask", target, **{"method": "POST", "path": "/asked", "headers": JSON, **more})
    return Translating(built).do(job, job.wire(body))


def test_a_reply_is_written_for_the_caller_in_the_face_of_its_route(built: Built) -> None:
    done, made = _reply(built, reply(2), "big/1/reply")
    assert done.taken
    assert loads(made, LARGE) == {"item": [{"id": n, "name": f"Name & {n}"} for n in (0, 1)]}
    done, made = _reply(built, reply(1), "big/0/reply")
    assert loads(made, LARGE) == {"item": [{"id": "0", "name": "Name & 0"}]}


def test_header_blocks_come_along(built: Built) -> None:
    done, _ = _reply(built, reply(1, HEAD))
    ((name, text, must, role),) = done.blocks
    assert (name, must, role) == ("{urn:big}mark", False, "urn:me")
    assert ">here</" in text


def test_for_a_soap_caller_there_is_only_the_verdict(built: Built) -> None:
    assert _reply(built, reply(3), "big/Ask/1.1/reply") == (Done(taken=True), b"")
    done, made = _reply(built, reply(1), "big/Ask/1.2/reply")
    assert done.taken
    assert b"http://www.w3.org/2003/05/soap-envelope" in made


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (reply(1, last="<odd/>"), 200),  # breaks the contract
        (reply(1)[:-9], 200),
        (FAULT, 500),
        (b"<html/>", 200),
        (reply(1), 500),
        (b"", 200),
        (b"<a>" * 100_000, 200),
    ],
)
def test_what_is_refused_or_no_plain_answer_is_given_back(built: Built, body: bytes, status: int) -> None:
    assert _reply(built, body, status=status) == (Done(taken=False), b"")


def test_a_request_is_written_for_the_service(built: Built) -> None:
    done, made = _request(built, b'{"item":[{"id":"7","name":"<x>"}]}')
    assert done.taken
    assert b"<t:id>7</t:id><t:name>&lt;x&gt;</t:name>" in made


@pytest.mark.parametrize(
    ("body", "more"),
    [
        (b'{"item":[{"id":"seven","name":""}]}', {}),
        (b"{", {}),
        (b"{}", {"headers": {"content-type": "text/plain"}}),
        (b"{}", {"headers": {**JSON, "accept": "image/png"}}),
    ],
)
def test_a_request_that_is_refused_is_given_back(built: Built, body: bytes, more: dict[str, Any]) -> None:
    assert _request(built, body, **more) == (Done(taken=False), b"")


def test_it_says_what_it_built_does_jobs_and_ends_with_its_asker(built: Built, tmp_path: Path) -> None:
    here, there = Pipe()
    ended: list[str] = []

    def run() -> None:
        try:
            answer(there, idle=5.0)
        except EOFError:
            ended.append("by its asker")

    thread = threading.Thread(target=run)
    thread.start()
    here.send_bytes(told(built.loaded))
    assert here.recv_bytes().decode() == identity(built)
    for many in (1, 2):
        here.send_bytes(Job("reply", "big", "Ask", "big/1/reply", status=200, headers=XML).dump())
        here.send_bytes(reply(many))
        assert Done.load(here.recv_bytes()).taken
        assert here.recv_bytes().count(b'"id"') == many
    here.close()
    thread.join(10)
    assert ended == ["by its asker"]


def test_it_ends_when_nobody_asks_any_more(built: Built) -> None:
    here, there = Pipe()
    here.send_bytes(told(built.loaded))
    answer(there, idle=0.0)
    assert here.recv_bytes().decode() == identity(built)


def test_a_contract_that_cannot_be_built_ends_it(tmp_path: Path) -> None:
    here, there = Pipe()
    (tmp_path / "s.wsdl").write_text("<no/>")
    here.send_bytes(told(parse("services: {big: {wsdl: s.wsdl}}", base=tmp_path)))
    with pytest.raises(Exception, match=r"s\.wsdl"):
        answer(there)
