"""The law of a JSON service's answers: judged once, by the contract, before anybody looks at them.

An answer that was judged keeps its value and the text of the element that it is; either caller takes what it needs
of the two, and nothing is translated twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..codec.json import loads
from ..core.value import Value
from .rest import JsonCodec


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer that is valid by the contract: in the service's own face, and as the element's text."""

    value: Value
    text: str


class AnswerCodec(JsonCodec):
    """One answer of a JSON service (the port `Codec`); its parsed form is `Judged`."""

    def parse(self, raw: bytes) -> Judged:
        """Read and judge. Raises Problem MALFORMED_JSON, JSON_…, UPSTREAM_TOO_LARGE, INVALID_MESSAGE."""
        return self.judge(self.read(raw))

    def read(self, raw: bytes) -> Value:
        """Syntax only. Raises Problem MALFORMED_JSON, JSON_…, UPSTREAM_TOO_LARGE."""
        return loads(raw, self.limits, response=True)

    def judge(self, value: Value) -> Judged:
        """The verdict. Raises Problem INVALID_MESSAGE with every finding."""
        return Judged(value, super().body_text(value))

    def body_text(self, parsed: Any) -> str:
        """The body element's text, made when the answer was judged."""
        text: str = parsed.text
        return text

    def own(self, parsed: Any) -> Value:
        """The answer as the service gave it."""
        value: Value = parsed.value
        return value
