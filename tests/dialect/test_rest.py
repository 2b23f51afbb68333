"""The codec of one JSON message."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.core.limits import DEFAULT
from gateway.core.message import Message
from gateway.core.problem import Kind, Problem
from gateway.dialect.rest import JsonCodec
from tests.dialect.conftest import BOUGHT, envelope


@pytest.fixture(name="request_codec")
def _request(door: Any) -> JsonCodec:
    return door("/buy").route.json_face.request  # type: ignore[no-any-return]


@pytest.fixture(name="reply_codec")
def _reply(door: Any) -> JsonCodec:
    return door("/buy").route.json_face.reply  # type: ignore[no-any-return]


def test_an_empty_body_is_the_empty_object(request_codec: JsonCodec) -> None:
    assert request_codec.parse(b"") == {}


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"{", Kind.MALFORMED_JSON),
        (b"\xff", Kind.MALFORMED_JSON),
        (b'{"id": 1, "id": 2}', Kind.JSON_DUPLICATE_KEY),
        (b"[" * 100, Kind.JSON_LIMIT_EXCEEDED),
    ],
)
def test_syntax(request_codec: JsonCodec, raw: bytes, kind: Kind) -> None:
    with pytest.raises(Problem) as caught:
        request_codec.parse(raw)
    assert caught.value.kind is kind


@pytest.mark.parametrize("value", [{}, {"id": "x"}, {"id": 1, "x": 1}, [], "SECRET", None, {"id": 1.5}, {"id": 2**31}])
def test_what_breaks_the_schema_has_findings_without_values(request_codec: JsonCodec, value: Any) -> None:
    with pytest.raises(Problem) as caught:
        request_codec.body_text(value)
    assert caught.value.kind is Kind.INVALID_MESSAGE
    assert caught.value.findings
    assert "SECRET" not in repr(caught.value.findings)


def test_a_verdict_that_the_walk_does_not_share_is_told_by_its_rule(request_codec: JsonCodec) -> None:
    import jsonschema_rs

    strict = jsonschema_rs.Draft202012Validator({"properties": {"id": {"maximum": 5}}})
    codec = JsonCodec(request_codec.face, request_codec.canonical, limits=DEFAULT, schema=strict)
    with pytest.raises(Problem) as caught:
        codec.check({"id": 7})
    (finding,) = caught.value.findings
    assert finding.pointer == "/id"
    assert "7" not in finding.detail


def test_the_body_is_said_in_xml_and_back(request_codec: JsonCodec) -> None:
    assert "7" in request_codec.body_text({"id": 7})
    assert request_codec.decode({"note": "x", "id": 7}) == {"id": 7, "note": "x"}, "in the schema's order"


def test_a_soap_answer_is_read_in_the_routes_own_face(shop: Any, reply_codec: JsonCodec) -> None:
    soap = shop.bound("Buy").operation.faces["1.1"].reply
    message = Message(soap, parsed=soap.parse(envelope(BOUGHT)))
    assert reply_codec.write(message) == b'{"Task":{"n":1}}'
    read = Message(soap, parsed=soap.parse(envelope(BOUGHT)))
    read.value()  # a layer looked at it: the value is said again in this face
    assert reply_codec.form(read) == {"Task": {"n": 1}}


def test_a_message_without_a_body() -> None:
    codec = JsonCodec(None, None, limits=DEFAULT)
    assert codec.body_text({}) == ""
    assert codec.decode({}) == {}
    assert codec.form(Message(codec, value={"a": 1})) == {}


def test_what_json_schema_cannot_say_is_rechecked_as_xml(request_codec: JsonCodec) -> None:
    class Face:
        def encode(self, _: Any) -> str:
            return "<x/>"

        def decode(self, _: Any) -> Any:
            raise Problem(Kind.INVALID_MESSAGE)

    with pytest.raises(Problem):
        JsonCodec(Face(), None, limits=DEFAULT, recheck=True).body_text({})
    assert JsonCodec(Face(), None, limits=DEFAULT).body_text({}) == "<x/>"
