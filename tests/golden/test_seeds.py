"""The legacy services' printed messages through the example configurations, offline, in every shape and direction."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from gateway.build.book import Built, BuiltService, build
from gateway.build.doors import RouteFace
from gateway.core.message import Message
from gateway.settings import load

HERE = Path(__file__).parent
CONFIG = HERE.parents[1] / "config"


@cache
def built(name: str) -> Built:
    return build(load(CONFIG / f"{name}.yaml", {}))


def text(place: str) -> bytes:
    return (HERE / place).read_bytes()


def face(name: str, operation: str) -> tuple[BuiltService, RouteFace]:
    service = built(name).services[0]
    return service, next(each for each in service.faces if each.bound.operation.name == operation and each.settings)


def canonical(raw: bytes) -> bytes:
    """Prefixes, white space between elements and unused declarations aside."""
    root = etree.fromstring(raw, etree.XMLParser(remove_blank_text=True))
    return etree.tostring(_plain(root), method="c14n", exclusive=True)


def _plain(node: Any) -> Any:
    twin = etree.Element(node.tag, nsmap={"p": node.tag[1:].partition("}")[0]} if node.tag.startswith("{") else None)
    twin.text = node.text
    twin.extend(_plain(child) for child in node)
    return twin


def _words(root: Any) -> list[tuple[str, str | None]]:
    return [(node.tag.rpartition("}")[2], node.text) for node in root.iter()]


@pytest.fixture(name="release")
def _release() -> tuple[Any, Any, Any, Any]:
    """The codecs of ReleaseTask: JSON request and reply of its documented route, SOAP request and reply."""
    _, route = face("netid", "ReleaseTask")
    soap = route.bound.operation.faces["1.1"]
    return route.route.json_face.request, route.route.json_face.reply, soap.request, soap.reply


def turned(read: Any, write: Any, raw: bytes) -> bytes:
    """A message as one codec reads it and another writes it."""
    return Message(read, raw=raw, parsed=read.parse(raw)).wire(write)


def test_the_json_request_becomes_the_printed_envelope(release: Any) -> None:
    json_request, _, soap_request, _ = release
    out = turned(json_request, soap_request, text("netid/request.json"))
    assert canonical(out) == canonical(text("netid/request.xml"))


def test_the_printed_envelope_becomes_the_json_request(release: Any) -> None:
    json_request, _, soap_request, _ = release
    told = json.loads(turned(soap_request, json_request, text("netid/request.xml")))
    # the empty session id is null by `empties: null`; as printed, "", it is read as well (above)
    assert told == {**json.loads(text("netid/request.json")), "SessionId": None}
    again = turned(json_request, soap_request, json.dumps(told).encode())
    assert canonical(again) == canonical(text("netid/request.xml"))


def test_the_bare_soap_reply_becomes_the_json_reply(release: Any) -> None:
    _, json_reply, _, soap_reply = release
    told = json.loads(turned(soap_reply, json_reply, text("netid/reply.xml")))
    assert told == json.loads(text("netid/reply.json"))
    assert list(told["Task"]) == list(json.loads(text("netid/reply.json"))["Task"])


def test_the_json_reply_becomes_the_soap_reply_in_its_wrappers(release: Any) -> None:
    _, json_reply, _, soap_reply = release
    out = turned(json_reply, soap_reply, text("netid/reply.json"))
    body = etree.fromstring(out).find("{*}Body")
    assert [node.tag.rpartition("}")[2] for node in body.iter()][1:4] == [
        "ReleaseTaskResponse",
        "ReleaseTaskResult",
        "Task",
    ]
    (task,) = body.iterfind(".//{*}Task")
    printed = etree.fromstring(text("netid/reply.xml"), etree.XMLParser(remove_blank_text=True))
    assert _words(task) == _words(printed)
    assert turned(soap_reply, json_reply, out) == turned(soap_reply, json_reply, text("netid/reply.xml"))


def test_the_untouched_envelope_passes_as_the_same_bytes(release: Any) -> None:
    _, _, soap_request, _ = release
    raw = text("netid/request.xml")
    assert turned(soap_request, soap_request, raw) is raw


def test_the_projectors_request_both_ways_with_every_digit() -> None:
    _, route = face("projector", "PwsSaveProjectTaskType")
    soap, rest = route.bound.operation.faces["1.1"].request, route.route.json_face.request
    raw = text("projector/request.xml")
    told = turned(soap, rest, raw)
    assert json.loads(told) == json.loads(text("projector/request.json"))
    assert b'"ProjectRateTypeUid":1152921504607351596' in told.replace(b" ", b"")
    again = etree.fromstring(turned(rest, soap, told))
    header = etree.fromstring(raw)
    assert canonical(etree.tostring(again.find("{*}Body"))) == canonical(etree.tostring(header.find("{*}Body")))


@pytest.mark.parametrize("place", ["netid/request.json", "netid/reply.json", "projector/request.json"])
def test_the_printed_json_is_what_the_description_promises(place: str) -> None:
    name, _, kind = place.partition("/")
    operation = {"netid": "ReleaseTask", "projector": "PwsSaveProjectTaskType"}[name]
    codec = face(name, operation)[1].route.json_face.request
    if kind.startswith("reply"):
        codec = face(name, operation)[1].route.json_face.reply
    assert codec.schema.is_valid(codec.parse(text(place)))
