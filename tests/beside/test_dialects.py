"""The halves that ask beside are the halves that they stand before, but for very large messages that nobody looks into."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gateway.beside.dialects import BesideClient, BesideUpstream, plain
from gateway.beside.job import Done, Job
from gateway.beside.process import Translating
from gateway.build.book import Built
from gateway.build.outward import upstream_dialect
from gateway.core.limits import LARGE
from gateway.core.message import Exchange, Message, Wire
from gateway.core.problem import Kind, Problem
from gateway.dialect.rest_client import RestClient

from .conftest import FAULT, HEAD, ROUTES, built_in, reply

XML = {"content-type": "text/xml"}


@dataclass
class Translator:
    """The other process, played here; `asked` are its jobs."""

    built: Built
    names: dict[int, str] = field(default_factory=dict)
    asked: list[Job] = field(default_factory=list)

    def __post_init__(self) -> None:
        from gateway.beside.job import codecs

        self.names = {id(codec): name for name, codec in codecs(self.built)}

    def name(self, codec: Any) -> str | None:
        return self.names.get(id(codec))

    def ask(self, job: Job, body: bytes) -> tuple[Done, bytes] | None:
        self.asked.append(job)
        job = Job.load(job.dump())
        done, made = Translating(self.built).do(job, job.wire(body))
        return (done, made) if done.taken else None


@pytest.fixture(autouse=True)
def _all_are_very_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.beside.dialects.VERY_LARGE", 100)


def _upstream(built: Built, looked_into: bool = False) -> tuple[BesideUpstream, Translator]:
    translator = Translator(built)
    inner = upstream_dialect(built.services[0], "/s", "", LARGE)
    return BesideUpstream(inner, translator, lambda _: looked_into, LARGE), translator  # type: ignore[arg-type]  # a stand-in


def _exchange(built: Built, face: int = 0) -> Exchange:
    route = built.services[0].faces[face].route
    asked = Message(route.json_face.request, value={})
    return Exchange(route.operation, asked, route=route, wants=route.json_face.reply)


def test_a_reply_comes_with_its_bytes_and_can_still_be_looked_into(built: Built) -> None:
    dialect, translator = _upstream(built)
    exchange = _exchange(built)
    raw = reply(2, HEAD)
    message = dialect.read_reply(exchange, Wire(dict(XML), raw, status=200))
    assert [job.target for job in translator.asked] == ["big/0/reply"]
    assert message.parsed is None
    plainly = dialect.inner.read_reply(_exchange(built), Wire(dict(XML), raw, status=200))
    assert exchange.wants is not None
    assert message.wire(exchange.wants) == plainly.wire(exchange.wants)
    assert message.wire(message.codec) is raw
    assert [(b.name, b.role, b.element.text) for b in message.headers] == [("{urn:big}mark", "urn:me", "here")]
    assert message.value() == plainly.value()
    assert message.with_headers(()).value() == plainly.value()


@pytest.mark.parametrize(
    ("raw", "status"), [(reply(3, last="<odd/>"), 200), (FAULT, 500), (b" " * 200, 200), (b"<html>" + b" " * 200, 200)]
)
def test_what_is_given_back_is_read_here_and_told_in_the_same_words(built: Built, raw: bytes, status: int) -> None:
    dialect, translator = _upstream(built)

    def told(read: Any) -> Any:
        try:
            message = read(_exchange(built), Wire(dict(XML), raw, status=status))
            return message.fault and message.fault.told(), message.value()
        except Problem as problem:
            return problem.kind, problem.detail, problem.findings

    assert told(dialect.read_reply) == told(dialect.inner.read_reply)
    assert len(translator.asked) == 1


def test_what_is_small_proven_or_looked_into_is_not_asked_for(built: Built) -> None:
    dialect, translator = _upstream(built)
    tree = Wire(dict(XML), reply(2), status=200)
    from gateway.xml import parse

    tree.tree = parse(tree.body, LARGE, response=True)
    assert dialect.read_reply(_exchange(built), tree).parsed is not None
    nobody = _exchange(built)
    nobody.wants = None
    assert dialect.read_reply(nobody, Wire(dict(XML), reply(2), status=200)).parsed is not None
    looked, other = _upstream(built, looked_into=True)
    assert looked.read_reply(_exchange(built), Wire(dict(XML), reply(2), status=200)).parsed is not None
    assert translator.asked == other.asked == []


def _client(built: Built, face: int = 0) -> tuple[BesideClient, Translator]:
    translator, service = Translator(built), built.services[0]
    route = service.faces[face]
    operation = route.route.operation
    inner = RestClient(service.speaker, route.rest)
    target = operation.faces[operation.soap].request
    return BesideClient(inner, translator, "big", operation, face, target), translator  # type: ignore[arg-type]  # a stand-in


def _asked(built: Built, body: bytes, **facts: Any) -> tuple[Exchange, Translator, Any]:
    client, translator = _client(built)
    wire = Wire({"content-type": "application/json"}, body, method="POST", path="/asked", facts=facts)
    return client.read_request(wire, built.services[0].faces[0].route), translator, client.target


def test_a_request_comes_with_its_bytes_and_can_still_be_looked_into(built: Built) -> None:
    body = b'{"item":[%s]}' % b",".join([b'{"id":"1","name":"a"}'] * 9)
    exchange, translator, target = _asked(built, body)
    assert [job.target for job in translator.asked] == ["big/Ask/1.1/request"]
    assert exchange.request.parsed is None
    made = exchange.request.wire(target)
    client, _ = _client(built)
    plainly = client.inner.read_request(
        Wire({"content-type": "application/json"}, body, method="POST"), built.services[0].faces[0].route
    )
    assert made == plainly.request.wire(target)
    assert exchange.request.value() == plainly.request.value()


def test_a_request_that_is_refused_has_the_same_findings(built: Built) -> None:
    body = b'{"item":[%s]}' % b",".join([b'{"id":"one","name":"a"}'] * 9)
    exchange, _, target = _asked(built, body)
    with pytest.raises(Problem) as told:
        exchange.request.wire(target)
    assert told.value.kind is Kind.INVALID_MESSAGE
    assert len(told.value.findings) == 9


def test_what_was_read_already_is_not_asked_for(built: Built) -> None:
    from gateway.dialect.choice import PARSED

    body = b'{"item":[%s]}' % b",".join([b'{"id":"1","name":"a"}'] * 9)
    _, translator, _ = _asked(built, body, **{PARSED: (None, None)})
    assert translator.asked == []


def test_only_a_route_that_adds_nothing_is_plain(tmp_path: Path) -> None:
    built = built_in(tmp_path, routes=ROUTES)
    said = {each.route.path: plain(each.rest) for each in built.services[0].faces}
    assert said == {"/asked": True, "/asked/{by}": False, "/looked": True, "/S/Ask": True}
