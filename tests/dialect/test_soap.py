"""The codec of one SOAP message: the verdict, the shortest way out, what stands around the body."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.core.limits import DEFAULT
from gateway.core.message import HeaderBlock, Message
from gateway.core.problem import Kind, Problem
from gateway.dialect.envelope import open_envelope
from gateway.dialect.soap import SoapCodec
from gateway.xml import parse
from tests.dialect.conftest import BUY, envelope


@pytest.fixture(name="codec")
def _codec(shop: Any) -> SoapCodec:
    return shop.bound("Buy").operation.faces["1.1"].request  # type: ignore[no-any-return]


def test_reads_and_writes(codec: SoapCodec) -> None:
    value = codec.decode(codec.parse(envelope(BUY)))
    assert value == {"id": 7}
    again = codec.write(Message(codec, value=value))
    assert codec.decode(codec.parse(again)) == value


def test_untouched_bytes_stay_and_changed_ones_are_written(codec: SoapCodec) -> None:
    raw = envelope(BUY)
    message = Message(codec, raw=raw)
    assert message.value() == {"id": 7}
    assert message.wire(codec) is raw
    assert b">8</" in message.replace({"id": 8}).wire(codec)


def test_the_verdict_is_made_once(shop: Any) -> None:
    real = shop.bound("Buy").operation.faces["1.1"].request
    asked: list[Any] = []

    def valid(element: Any) -> bool:
        asked.append(element)
        return True

    codec = SoapCodec("1.1", "{urn:t}Buy", real.body, limits=DEFAULT, valid=valid)
    opened = codec.parse(envelope(BUY))
    assert codec.check(opened) is codec.check(opened)
    assert len(asked) == 1


def test_the_json_of_a_body_is_that_of_its_value(shop: Any) -> None:
    real = shop.bound("Buy").operation.faces["1.1"].request
    for verdict in (None, lambda _: True, lambda _: False):
        codec = SoapCodec("1.1", "{urn:t}Buy", real.body, limits=DEFAULT, valid=verdict)
        assert codec.json_by(real.body, codec.parse(envelope(BUY))) == b'{"id":7}'
        with pytest.raises(Problem) as caught:
            codec.json_by(real.body, codec.parse(envelope("<t:Buy><t:id>x</t:id></t:Buy>")))
        assert [finding.pointer for finding in caught.value.findings] == ["/id"]


def test_where_libxml2_alone_is_against_it_the_walk_decides(shop: Any) -> None:
    real = shop.bound("Buy").operation.faces["1.1"].request
    codec = SoapCodec("1.1", "{urn:t}Buy", real.body, limits=DEFAULT, valid=lambda _: False)
    assert codec.decode(codec.parse(envelope(BUY))) == {"id": 7}
    with pytest.raises(Problem) as caught:
        codec.decode(codec.parse(envelope("<t:Buy><t:id>x</t:id></t:Buy>")))
    assert [finding.pointer for finding in caught.value.findings] == ["/id"]


@pytest.mark.parametrize("body", ["", "<t:GetPrice/>", BUY + "<t:x/>"])
def test_another_body_is_refused(codec: SoapCodec, body: str) -> None:
    with pytest.raises(Problem) as caught:
        codec.check(codec.parse(envelope(body)))
    assert caught.value.kind is Kind.INVALID_MESSAGE


def test_an_empty_body_is_an_empty_body() -> None:
    codec = SoapCodec("1.1", None, None, limits=DEFAULT)
    assert codec.decode(codec.parse(envelope(""))) == {}
    assert b"<soap:Body></soap:Body>" in codec.write(Message(codec, value={}))
    with pytest.raises(Problem):
        codec.decode(codec.parse(envelope("<x/>")))


def test_an_element_has_its_own_name_on_the_wire(shop: Any) -> None:
    real = shop.bound("Buy").operation.faces["1.1"].request
    codec = SoapCodec("1.1", "{urn:t}Buy", real.body, limits=DEFAULT, wire="{urn:t}Purchase")
    assert codec.decode(codec.parse(envelope("<t:Purchase><t:id>7</t:id></t:Purchase>"))) == {"id": 7}
    out = open_envelope(parse(codec.write(Message(codec, value={"id": 7})), DEFAULT))
    assert out.body.tag == "{urn:t}Purchase"


def test_parts_stand_side_by_side_in_the_body(shop: Any) -> None:
    real = shop.bound("Buy").operation.faces["1.1"].request
    codec = SoapCodec("1.1", "{urn:t}Buy", real.body, limits=DEFAULT, on_wire=False)
    raw = envelope("<t:id>7</t:id><t:note>x</t:note>")
    assert codec.decode(codec.parse(raw)) == {"id": 7, "note": "x"}
    out = open_envelope(parse(codec.write(Message(codec, value={"id": 7, "note": "x"})), DEFAULT))
    assert [out.body.tag, *(node.tag for node in out.others)] == ["{urn:t}id", "{urn:t}note"]


def test_header_blocks_go_along(codec: SoapCodec) -> None:
    read = codec.parse(envelope(BUY, headers="<t:Auth>me</t:Auth>")).headers
    blocks = (*read, HeaderBlock("own", value="<own/>"), HeaderBlock("typed", value={"a": 1}))
    out = open_envelope(parse(codec.write(Message(codec, value={"id": 7}, headers=blocks)), DEFAULT))
    assert [block.name for block in out.headers] == ["{urn:t}Auth", "own"]


def test_limits_of_the_own_side_hold() -> None:
    deep = envelope("<x>" * 70 + "</x>" * 70)
    with pytest.raises(Problem) as caught:
        SoapCodec("1.1", None, None, limits=DEFAULT).parse(deep)
    assert caught.value.kind is Kind.XML_LIMIT_EXCEEDED


def test_a_body_is_given_up_and_its_header_blocks_stay(codec: SoapCodec) -> None:
    opened = codec.parse(envelope(BUY, headers="<t:k>1</t:k>"))
    body = codec.check(opened)
    codec.release(opened)
    assert len(body) == 0
    assert opened.body is None
    assert [block.element.text for block in opened.headers] == ["1"]
