"""Parts of multipart/related: as Python's email package writes them, and every way in which a body is none."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from gateway.codec.multipart import cid_of, unpack
from gateway.core.limits import DEFAULT
from gateway.core.problem import Kind, Problem

ALL = bytes(range(256)) + b"\r\n--b\r\n--bx\r\n-- b"


def body(*parts: bytes, boundary: bytes = b"b0") -> bytes:
    return b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"


ROOT = b"Content-Type: application/xop+xml\r\nContent-ID: <r@x>\r\n\r\n<r/>"
ONE = b"Content-ID: <1@x>\r\n\r\none"


def opened(raw: bytes, limits: Any = DEFAULT, **parameters: str) -> Any:
    return unpack(raw, {"boundary": "b0", **parameters}, limits)


def test_the_root_and_the_others() -> None:
    found = opened(body(ROOT, b"Content-ID: <1@x>\r\nContent-Type: image/png\r\n\r\n" + ALL))
    assert (found.root.id, found.root.type, found.root.body) == ("r@x", "application/xop+xml", b"<r/>")
    assert found.others["1@x"].type == "image/png"
    assert found.others["1@x"].body == ALL


def test_start_names_the_root() -> None:
    for start in ("<r@x>", "r@x"):
        assert opened(body(ONE, ROOT), start=start).root.body == b"<r/>"


def test_preamble_epilogue_padding_and_folded_fields() -> None:
    raw = (
        b"preamble\r\n--b0 \t\r\nContent-Type: text/xml;\r\n charset=utf-8\r\n\r\n<r/>\r\n--b0-- \r\nepilogue\r\n--b0\r\n"
    )
    found = opened(raw)
    assert (found.root.type, found.root.body, found.others) == ("text/xml; charset=utf-8", b"<r/>", {})


def test_a_part_without_a_header_and_an_empty_one() -> None:
    found = opened(body(b"\r\n<r/>", b"Content-ID: <e>\r\n\r\n"))
    assert (found.root.type, found.root.body, found.others["e"].body) == ("text/plain", b"<r/>", b"")


def test_what_another_library_writes() -> None:
    message = EmailMessage(policy=SMTP)
    message.set_content("<r/>", cte="8bit")
    message.make_related(boundary="===b=0==")
    message.add_related(ALL, "application", "octet-stream", cid="<1@x>")  # base64
    raw = message.as_bytes().partition(b"\r\n\r\n")[2]
    found = opened(raw, boundary="===b=0==")
    assert found.root.type.startswith("text/plain")
    assert found.root.body.strip() == b"<r/>"
    assert found.others["1@x"].body == ALL


@pytest.mark.parametrize(
    ("raw", "parameters", "words"),
    [
        (body(ROOT), {"boundary": ""}, "no boundary"),
        (body(ROOT), {"boundary": "b" * 71}, "no boundary"),
        (body(ROOT), {"boundary": "b0 "}, "no boundary"),
        (body(ROOT), {"boundary": "b;"}, "no boundary"),
        (b"", {}, "does not stand in the body"),
        (b"--b0--\r\n", {}, "no parts"),
        (body(ROOT)[:-4], {}, "closing delimiter is missing"),
        (body(ROOT).replace(b"\r\n", b"\n"), {}, "does not stand|closing delimiter"),
        (body(ROOT), {"start": "<other@x>"}, "`start` names"),
        (body(ROOT, b"\r\nlost"), {}, "part 2 has no Content-ID"),
        (body(ROOT, ONE, ONE), {}, "part 3 has the Content-ID of another"),
        (body(ROOT, ROOT), {}, "part 2 has the Content-ID of another"),
        (body(ROOT, b"Content-ID: <1@x>"), {}, "the header of part 2 does not end"),
        (body(ROOT, b"Content-ID <1@x>\r\n\r\n"), {}, "part 2 has a header field that is none"),
        (body(ROOT, b"Content-ID: <1\xff@x>\r\n\r\n"), {}, "part 2 has a header field that is none"),
        (body(ROOT, b"Content-ID: <1\x00@x>\r\n\r\n"), {}, "part 2 has a header field that is none"),
        (body(ROOT, b"Content-ID: <1@x>\r\ncontent-id: <2@x>\r\n\r\n"), {}, "content-id twice"),
        (body(ROOT, b"Content-ID: <>\r\n\r\n"), {}, "Content-ID of part 2 is none"),
        (body(ROOT, b"Content-ID: <a b>\r\n\r\n"), {}, "Content-ID of part 2 is none"),
        (body(b"Content-Transfer-Encoding: base64\r\n\r\n!"), {}, "not the base64"),
        (body(b"Content-Transfer-Encoding: quoted-printable\r\n\r\nx"), {}, "another Content-Transfer-Encoding"),
    ],
)
def test_what_is_no_package(raw: bytes, parameters: dict[str, str], words: str) -> None:
    with pytest.raises(Problem, match=words) as caught:
        opened(raw, **parameters)
    assert caught.value.kind is Kind.ATTACHMENTS_INVALID


def test_as_many_parts_as_allowed() -> None:
    others = [b"Content-ID: <%d>\r\n\r\nx" % at for at in range(DEFAULT.parts)]
    assert len(opened(body(ROOT, *others[1:])).others) == DEFAULT.parts - 1
    with pytest.raises(Problem, match=f"more than {DEFAULT.parts}"):
        opened(body(ROOT, *others))


def test_a_header_as_long_as_allowed() -> None:
    limits = replace(DEFAULT, part_head=60)
    head = b"Content-ID: <1@x>\r\nX: "
    assert opened(body(ROOT, head + b"x" * (60 - len(head)) + b"\r\n\r\none"), limits).others["1@x"].body == b"one"
    with pytest.raises(Problem, match="more than 60 bytes"):
        opened(body(ROOT, head + b"x" * (61 - len(head)) + b"\r\n\r\none"), limits)


@pytest.mark.parametrize(
    ("url", "id_"),
    [
        ("cid:1@x", "1@x"),
        ("CID:a%2Bb@x", "a+b@x"),
        (" cid:1 ", "1"),
        ("http://127.0.0.1/x", None),
        ("file:///etc/passwd", None),
        ("1@x", None),
        ("", None),
    ],
)
def test_only_cid_names_a_part(url: str, id_: str | None) -> None:
    assert cid_of(url) == id_
