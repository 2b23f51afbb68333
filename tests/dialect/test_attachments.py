"""SOAP with Attachments: parts into the Body and out again, what is refused; the packages themselves are Python's to read."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from typing import Any

import pytest
from lxml import etree

from gateway.codec.multipart import Part
from gateway.core.limits import DEFAULT
from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.dialect.attachments import Attachments, Carried
from gateway.dialect.packages import attach, open_package

BESIDE = Carried((("scan", "image/png"), ("note", "text/plain")), inside=False)
INSIDE = Carried((("a-b", "image/png"),), inside=True)
ALL = Attachments(frozenset({"{urn:t}ref"}), {(False, "{urn:t}Get"): BESIDE, (True, "{urn:r}op"): INSIDE})


def envelope(body: str, head: str = "") -> str:
    return f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="urn:t" xmlns:r="urn:r">{head}<e:Body>{body}</e:Body></e:Envelope>'


def inlined(body: str, parts: dict[str, bytes], reply: bool = False, most: int = 1000) -> str:
    root = etree.fromstring(envelope(body))
    ALL.inline(root, {id_: Part(id_, "image/png", octets) for id_, octets in parts.items()}, reply, most=most)
    text = "".join(etree.tostring(child).decode() for child in root[0])
    return re.sub(r' xmlns:\w="[^"]*"', "", text)


def test_parts_go_by_their_names_and_others_by_their_order() -> None:
    assert inlined("<t:Get/>", {"note=1@x": b"N", "7": b"S"}) == "<t:Get/><scan>Uw==</scan><note>Tg==</note>"
    assert inlined("<t:Get/>", {"1": b"A", "2": b"B"}) == "<t:Get/><scan>QQ==</scan><note>Qg==</note>"
    assert inlined("<t:Get/>", {"note=1@x": b"N"}) == "<t:Get/><note>Tg==</note>", "what is missing the schema says"
    assert inlined("<r:op><x/></r:op>", {"a%2Db=1@x": b"A"}, reply=True) == "<r:op><x/><a-b>QQ==</a-b></r:op>"


def test_a_reference_holds_its_part() -> None:
    assert inlined("<t:Other><t:ref>cid:a%2B1</t:ref></t:Other>", {"a+1": b"A"}) == "<t:Other><t:ref>QQ==</t:ref></t:Other>"


@pytest.mark.parametrize(
    ("body", "parts", "words"),
    [
        ("<t:Other><t:ref>cid:2</t:ref></t:Other>", {"1": b"A"}, "refers to a part that is not there"),
        ("<t:Other><t:ref>cid:1</t:ref><t:ref>cid:1</t:ref></t:Other>", {"1": b"A"}, "referred to twice"),
        ("<t:Other><t:ref>http://x/1</t:ref></t:Other>", {"1": b"A"}, "something else than a part"),
        ("<t:Other><t:ref><t:x/></t:ref></t:Other>", {"1": b"A"}, "something else than a part"),
        ("<t:Other/>", {"1": b"A"}, "1 of them belong to nothing"),
        ("<t:Get/>", {"1": b"A", "2": b"B", "3": b"C"}, "1 of them belong to nothing"),
        ("<t:Get/>", {"1": b"A" * 751}, "more than 1000 bytes"),
        ("", {"1": b"A"}, "1 of them belong to nothing"),
    ],
)
def test_what_is_refused(body: str, parts: dict[str, bytes], words: str) -> None:
    with pytest.raises(Problem) as caught:
        inlined(body, parts)
    assert caught.value.kind is Kind.ATTACHMENTS_INVALID
    assert words in caught.value.detail


def read(wire: Wire) -> tuple[Any, list[Any]]:
    message = message_from_bytes(f"Content-Type: {wire.headers['content-type']}\r\n\r\n".encode() + wire.body, policy=policy.HTTP)
    first, *others = message.iter_parts()
    assert first.get_content_type() == "text/xml"
    return etree.fromstring(first.get_payload(decode=True)), others


def wire_of(text: str) -> Wire:
    return Wire({"content-type": "text/xml; charset=utf-8"}, text.encode())


def test_a_message_with_attachments_is_made_and_read_back() -> None:
    text = envelope("<t:Get><t:ref>Ug==</t:ref></t:Get><scan>Uw==</scan><note>Tg==</note>")
    made = attach(wire_of(text), False, ALL)
    assert made is not None
    root, others = read(made)
    assert [child.tag for child in root[0]] == ["{urn:t}Get"]
    assert [each.get_payload(decode=True) for each in others] == [b"S", b"N", b"R"]
    assert [each.get_content_type() for each in others] == ["image/png", "text/plain", "application/octet-stream"]
    assert [each["content-id"].partition("=")[0] for each in others[:2]] == ["<scan", "<note"]
    assert root.findtext(".//{urn:t}ref") == f"cid:{others[2]['content-id'][1:-1]}"
    open_package(made, DEFAULT, attachments=ALL)
    assert etree.tostring(etree.fromstring(made.body), method="c14n") == etree.tostring(etree.fromstring(text), method="c14n")
    assert made.headers["content-type"] == "text/xml; charset=utf-8"


def test_a_message_without_any_stays_as_it_is() -> None:
    assert attach(wire_of(envelope("<t:Other/>")), False, ALL) is None
    assert attach(wire_of(envelope("<t:Get/>")), True, ALL) is None
    assert attach(Wire({"content-type": "application/json"}, b"{}"), False, ALL) is None
    assert attach(wire_of(envelope("<t:Get/><scan>Uw==</scan>")), False, Attachments()) is None


def test_a_signed_message_has_no_such_form() -> None:
    signed = '<e:Header><s:Security xmlns:s="urn:s"><d:Signature xmlns:d="http://www.w3.org/2000/09/xmldsig#"/></s:Security></e:Header>'
    with pytest.raises(Problem) as caught:
        attach(wire_of(envelope("<t:Get/><scan>Uw==</scan>", signed)), False, ALL)
    assert "signed" in caught.value.detail


def test_an_optimized_message_may_have_attachments_too() -> None:
    inside = '<t:Other><t:ref>cid:1</t:ref><t:v><x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:2"/></t:v></t:Other>'
    head = b'--b\r\nContent-Type: application/xop+xml; type="text/xml"\r\n\r\n'
    parts = b"".join(b"\r\n--b\r\nContent-ID: <%b>\r\n\r\n%b" % each for each in ((b"1", b"A"), (b"2", b"B")))
    wire = Wire({"content-type": 'multipart/related; boundary=b; type="application/xop+xml"'}, head + envelope(inside).encode() + parts + b"\r\n--b--")
    open_package(wire, DEFAULT, attachments=ALL)
    assert [etree.fromstring(wire.body).findtext(f".//{{urn:t}}{name}") for name in ("ref", "v")] == ["QQ==", "Qg=="]
