"""What the layer tests share: an operation without codecs, wires, and a clock that the test owns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from gateway.core.message import Exchange, Message, Wire
from gateway.core.operation import Operation


class Plain:
    """A codec that knows nothing: the bytes are the value."""

    def parse(self, raw: bytes) -> Any:
        return raw

    def decode(self, parsed: Any) -> Any:
        return parsed

    def write(self, message: Message) -> bytes:
        return str(message.value()).encode()


CODEC = Plain()


def operation(**more: Any) -> Operation:
    return Operation("Op", "svc", "urn:op", "1.1", "{urn:t}Op", {}, **more)


def exchange(raw: bytes = b"", **more: Any) -> Exchange:
    return Exchange(operation(**more), Message(CODEC, raw=raw))


def wire(**facts: Any) -> Wire:
    return Wire({}, b"", method="POST", path="/x", facts={"request_id": "r1", **facts})


@dataclass
class Hands:
    """A clock that stands still until it is moved."""

    at: float = 1000.0

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Hands:
    return Hands()
