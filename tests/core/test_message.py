"""Bytes are read at most once, and untouched bytes stay the same bytes."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.core.message import Fault, HeaderBlock, Message
from gateway.core.problem import Kind, Problem


class Counting:
    """A codec that counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def parse(self, raw: bytes) -> Any:
        self.asked.append("parse")
        return raw.decode()

    def decode(self, parsed: Any) -> Any:
        self.asked.append("decode")
        if parsed == "bad":
            raise Problem(Kind.INVALID_MESSAGE)
        return {"text": parsed}

    def write(self, message: Message) -> bytes:
        self.asked.append("write")
        return str(message.value()).encode()


def test_the_value_is_made_once_on_demand() -> None:
    codec = Counting()
    message = Message(codec, raw=b"x")
    assert (codec.asked, message.read) == ([], False)
    assert message.value() is message.value()
    assert (codec.asked, message.read) == (["parse", "decode"], True)


def test_what_was_parsed_is_not_parsed_again() -> None:
    codec = Counting()
    assert Message(codec, raw=b"x", parsed="y").value() == {"text": "y"}
    assert codec.asked == ["decode"]


def test_none_is_a_value_too() -> None:
    codec = Counting()
    message = Message(codec, value=None)
    assert message.read
    assert message.value() is None
    assert codec.asked == []


def test_the_reading_codec_gives_the_same_bytes_and_another_one_writes() -> None:
    own, other = Counting(), Counting()
    raw = b"x"
    message = Message(own, raw=raw)
    assert message.wire(own) is raw
    assert message.wire(other) == b"{'text': 'x'}"
    assert own.asked == ["parse", "decode"]


def test_replacing_forgets_what_was_read_and_keeps_what_stands_beside() -> None:
    codec = Counting()
    block = HeaderBlock("h")
    old = Message(codec, raw=b"x", headers=(block,), fault=Fault("Sender", "no"))
    new = old.replace({"text": "y"})
    assert (new.raw, new.parsed, new.value()) == (None, None, {"text": "y"})
    assert (new.headers, new.fault) == ((block,), old.fault)
    assert old.replace(1, headers=(), fault=None).headers == ()
    assert old.replace(1, fault=None).fault is None
    assert old.raw == b"x"


def test_a_message_that_breaks_its_schema_says_so_each_time() -> None:
    message = Message(Counting(), raw=b"bad")
    for _ in range(2):
        with pytest.raises(Problem):
            message.value()


def test_the_size_is_what_was_read_whatever_became_of_it() -> None:
    message = Message(Counting(), raw=b"abc")
    assert (message.size, message.replace("x").size, message.with_headers(()).size) == (3, 3, 3)
    assert (Message(Counting(), parsed="abc", size=9).size, Message(Counting(), value="abc").size) == (9, 0)


def test_what_is_released_is_given_up_by_the_codec_that_can() -> None:
    given: list[object] = []

    class Careful(Counting):
        def release(self, parsed: object) -> None:
            given.append(parsed)

    for codec in (Careful(), Counting()):
        message = Message(codec, raw=b"abc", parsed="ABC")
        message.release()
        message.release()
        assert message.parsed is None
        assert message.value() == {"text": "abc"}  # its bytes are there still
    assert given == ["ABC"]
