"""Packages on the wire: opened they are the plain envelope that was meant, made they open again."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.core.limits import DEFAULT
from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.dialect.packages import is_package, make_package, open_package

SOAP = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
XOP = "http://www.w3.org/2004/08/xop/include"


def envelope(inside: str, version: str = "1.1") -> bytes:
    return f'<e:Envelope xmlns:e="{SOAP[version]}"><e:Body>{inside}</e:Body></e:Envelope>'.encode()


def package(root_type: str, said: str = "", inside: str = "", version: str = "1.1") -> Wire:
    inside = inside or f'<a><x:Include xmlns:x="{XOP}" href="cid:1"/></a>'
    head = f"Content-Type: {root_type}\r\n\r\n".encode()
    body = b"--b\r\n" + head + envelope(inside, version) + b"\r\n--b\r\nContent-ID: <1>\r\n\r\nA\r\n--b--"
    return Wire({"content-type": f"multipart/related; boundary=b{said}", "content-length": "1"}, body)


@pytest.mark.parametrize(
    ("root", "said", "version", "kind"),
    [
        ('application/xop+xml; type="text/xml"', "", "1.1", "text/xml; charset=utf-8"),
        ("application/xop+xml", '; start-info="text/xml"', "1.1", "text/xml; charset=utf-8"),
        (
            'application/xop+xml; charset=UTF-8; type="application/soap+xml; action=\\"urn:a\\""',
            "",
            "1.2",
            'application/soap+xml; charset=utf-8; action="urn:a"',
        ),
        (
            'application/xop+xml; type="application/soap+xml"',
            '; start-info="application/soap+xml"; action="urn:a"',
            "1.2",
            'application/soap+xml; charset=utf-8; action="urn:a"',
        ),
    ],
)
def test_it_is_opened(root: str, said: str, version: str, kind: str) -> None:
    wire = package(root, said, version=version)
    assert is_package(wire)
    open_package(wire, DEFAULT)
    assert wire.headers == {"content-type": kind}
    assert wire.facts == {"soap": version, "package": True}
    assert wire.body == envelope("<a>QQ==</a>", version)


@pytest.mark.parametrize(
    ("root", "said", "kind", "words"),
    [
        ("text/xml", "", Kind.ATTACHMENTS_INVALID, "the contract has no attachments"),
        ("application/json", "", Kind.ATTACHMENTS_INVALID, "their root is no SOAP"),
        ("application/xop+xml", "", Kind.ATTACHMENTS_INVALID, "their root is no SOAP"),
        ('application/xop+xml; type="text/html"', "", Kind.ATTACHMENTS_INVALID, "their root is no SOAP"),
        ('application/xop+xml; charset=utf-16; type="text/xml"', "", Kind.UNSUPPORTED_CHARSET, "UTF-8"),
    ],
)
def test_what_is_refused(root: str, said: str, kind: Kind, words: str) -> None:
    with pytest.raises(Problem, match=words) as caught:
        open_package(package(root, said), DEFAULT)
    assert caught.value.kind is kind


def test_a_root_alone_needs_no_xop() -> None:
    wire = package("text/xml", inside="<a/>")
    wire.body = wire.body.replace(b"\r\n--b\r\nContent-ID: <1>\r\n\r\nA", b"")
    open_package(wire, DEFAULT)
    assert wire.body == envelope("<a/>")


def test_a_refusal_is_told_in_the_version_that_was_said() -> None:
    wire = Wire({"content-type": 'multipart/related; boundary=b; start-info="application/soap+xml"'}, b"none")
    with pytest.raises(Problem):
        open_package(wire, DEFAULT)
    assert wire.facts["soap"] == "1.2"


def test_a_root_with_a_dtd_and_one_that_is_malformed() -> None:
    for inside, kind in (("<a>", Kind.MALFORMED_XML), ("<?x y?>", Kind.XML_PI_FORBIDDEN)):
        with pytest.raises(Problem) as caught:
            open_package(package('application/xop+xml; type="text/xml"', inside=inside), DEFAULT)
        assert caught.value.kind is kind


def every(operation: Any, reply: bool, children: list[Any]) -> list[Any]:
    return [each for child in children for each in child]


@pytest.mark.parametrize(
    ("version", "kind"),
    [("1.1", "text/xml; charset=utf-8"), ("1.2", 'application/soap+xml; charset=utf-8; action="urn:\\"a"')],
)
def test_what_is_made_opens_again(version: str, kind: str) -> None:
    plain = envelope("<a><b>QUJD</b><c>no</c><d>QQ==</d></a>", version)
    sent = make_package(Wire({"content-type": kind, "x": "y"}, plain, "POST", "/p", "q"), None, False, every, 1)
    assert (sent.method, sent.path, sent.query, sent.headers["x"]) == ("POST", "/p", "q", "y")
    assert is_package(sent)
    assert b"QUJD" not in sent.body
    assert b"QQ==" in sent.body, "a small value stays"
    open_package(sent, DEFAULT)
    assert sent.headers["content-type"] == kind
    assert sent.body.replace(b' xmlns:xop="http://www.w3.org/2004/08/xop/include"', b"") == plain


def test_a_package_without_parts_keeps_the_very_bytes() -> None:
    plain = envelope("<a><b>QUJD</b></a>")
    sent = make_package(Wire({"content-type": "text/xml"}, plain), None, False, every, 1000)
    assert plain in sent.body


def test_what_is_no_envelope_is_left_alone() -> None:
    wire = Wire({"content-type": "application/problem+json"}, b"{}")
    assert make_package(wire, None, True, every, 0) is wire
