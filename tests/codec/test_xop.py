"""XOP both ways: what is taken out comes back the same, and every reference that is none is refused."""

from __future__ import annotations

import base64
from email import message_from_bytes, policy
from typing import Any

import pytest
from lxml import etree

from gateway.codec.multipart import Part
from gateway.codec.xop import NS, inline, packed, take
from gateway.core.problem import Kind, Problem

INCLUDE = f'<x:Include xmlns:x="{NS}" href="cid:{{}}"/>'
PARTS = {"1@x": Part("1@x", "image/png", b"\x00\xffone"), "2@x": Part("2@x", "", b"")}


def tree(text: str) -> Any:
    return etree.fromstring(f"<r>{text}</r>")


def test_parts_are_taken_in() -> None:
    root = tree(f"<a k='v'>{INCLUDE.format('1@x')}</a><b> {INCLUDE.format('2%40x')}\n</b>")
    inline(root, PARTS, most=100)
    assert etree.tostring(root) == b'<r><a k="v">AP9vbmU=</a><b></b></r>'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (INCLUDE.format("1@x"), "referred to by nothing"),
        (f"<a>{INCLUDE.format('1@x')}</a><b>{INCLUDE.format('1@x')}</b>", "a part is referred to twice"),
        (f"<a>{INCLUDE.format('3@x')}</a>", "a part that is not there"),
        (f"<a>{INCLUDE.format('')}</a>", "a part that is not there"),
        (f"<a>t{INCLUDE.format('1@x')}</a>", "not the only content"),
        (f"<a>{INCLUDE.format('1@x')}t</a>", "not the only content"),
        (f"<a>{INCLUDE.format('1@x')}{INCLUDE.format('2@x')}</a>", "not the only content"),
        (f"<a><x:Include xmlns:x='{NS}' href='cid:1@x'><c/></x:Include></a>", "not the only content"),
        (f"<a><x:Include xmlns:x='{NS}'/></a>", "something else than a part"),
        (f"<a><x:Include xmlns:x='{NS}' href='http://127.0.0.1/x'/></a>", "something else than a part"),
        (f"<a><x:Include xmlns:x='{NS}' href='file:///etc/passwd'/></a>", "something else than a part"),
        ("<a/>", "2 of them are referred to by nothing"),
    ],
)
def test_what_is_no_reference(text: str, words: str) -> None:
    with pytest.raises(Problem, match=words) as caught:
        inline(tree(text), PARTS, most=100)
    assert caught.value.kind is Kind.ATTACHMENTS_INVALID


def test_as_many_bytes_as_allowed() -> None:
    part = {"1": Part("1", "", b"x" * 75)}
    inline(tree(f"<a>{INCLUDE.format('1')}</a>"), part, most=100)
    with pytest.raises(Problem, match="more than 99 bytes"):
        inline(tree(f"<a>{INCLUDE.format('1')}</a>"), part, most=99)


def test_an_include_as_the_root() -> None:
    with pytest.raises(Problem, match="not the only content"):
        inline(etree.fromstring(INCLUDE.format("1@x")), PARTS, most=100)


@pytest.mark.parametrize(
    ("text", "over", "goes"),
    [
        (base64.b64encode(b"x" * 5).decode(), 4, True),
        (base64.b64encode(b"x" * 5).decode(), 5, False),
        (base64.b64encode(b"x" * 6).decode(), 5, True),
        ("QQ==", 0, True),
        ("QR==", 0, False),  # not canonical: it would not come back as it was
        ("Q Q = =", 0, False),
        ("", 0, False),
        ("no base64!", 0, False),
    ],
)
def test_what_goes_as_a_part(text: str, over: int, goes: bool) -> None:
    root = tree(f"<a>{text}</a>")
    before = etree.tostring(root, method="c14n")
    taken = take([root[0]], over, "s")
    assert bool(taken) is goes
    if goes:
        assert root[0].text is None
        inline(root, {each.id: Part(each.id, each.type, each.body) for each in taken}, most=1000)
    assert etree.tostring(root, method="c14n") == before


def test_a_package_as_another_library_reads_it() -> None:
    xmime = "http://www.w3.org/2005/05/xmlmime"
    root = etree.fromstring(f'<r xmlns:m="{xmime}"><a m:contentType="image/png">QQ==</a><b m:contentType="x\ny">QUI=</b></r>')
    taken = take(list(root), 0, "s@x")
    raw = packed(etree.tostring(root), "text/xml", "bound", taken)
    message = message_from_bytes(b'Content-Type: multipart/related; boundary="bound"\r\n\r\n' + raw, policy=policy.HTTP)
    first, *others = message.iter_parts()
    assert first.get_content_type() == "application/xop+xml"
    assert first.get_param("type") == "text/xml"
    assert [(each["content-id"], each.get_content_type(), each.get_payload(decode=True)) for each in others] == [
        ("<1.s@x>", "image/png", b"A"),
        ("<2.s@x>", "application/octet-stream", b"AB"),
    ]
    hrefs = [each.get("href") for each in etree.fromstring(first.get_payload(decode=True)).iter(f"{{{NS}}}Include")]
    assert hrefs == ["cid:1.s@x", "cid:2.s@x"]
