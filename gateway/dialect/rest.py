"""The law of REST messages: JSON by the route's own face, checked by JSON Schema, translated once.

`JsonCodec` is the codec of one message in one face (its settings and its unwrapping). jsonschema-rs
gives the verdict; the codec's own walk gives the places and the words, the same as on the SOAP side.
"""

from __future__ import annotations

from typing import Any, Protocol

from ..codec.json import dumps, loads
from ..core.limits import Limits
from ..core.message import Message
from ..core.problem import Finding, Kind, Problem
from ..core.value import Value, pointer
from ..xml import parse as parse_xml
from .soap import BodyCodec, SoapCodec


class Schema(Protocol):
    """A compiled JSON Schema (jsonschema-rs)."""

    def is_valid(self, instance: Any) -> bool:
        """The verdict."""

    def iter_errors(self, instance: Any) -> Any:
        """The errors, with `instance_path` and `message`."""


class JsonCodec:
    """One message of one operation as JSON (the port `Codec`).

    `face` has the route's settings, `canonical` the contract's; they are the same object where the
    route changes nothing. `recheck`: the type has constraints that JSON Schema cannot say, so the
    encoded XML is read back before it leaves (MAPPING, law 4).
    """

    def __init__(
        self,
        face: BodyCodec | None,
        canonical: BodyCodec | None,
        *,
        limits: Limits,
        schema: Schema | None = None,
        recheck: bool = False,
        partial: bool = False,
    ) -> None:
        self.face = face
        self.canonical = canonical
        self.limits = limits
        self.schema = schema
        self._recheck = recheck
        self.partial = partial  # members are left to be filled in: what leaves is written strictly

    def parse(self, raw: bytes) -> Any:
        """Syntax only; an empty body is the empty object. Raises Problem MALFORMED_JSON, JSON_…"""
        return loads(raw, self.limits) if raw else {}

    def check(self, parsed: Any) -> None:
        """The verdict of the face's JSON Schema. Raises Problem INVALID_MESSAGE with every finding."""
        if self.schema is None or self.schema.is_valid(parsed):
            return
        if self.face is not None:
            self.face.encode(parsed)  # raises with places and words, as the SOAP side would have them
        raise Problem(Kind.INVALID_MESSAGE, findings=self._errors(parsed))

    def _errors(self, parsed: Any) -> list[Finding]:
        assert self.schema is not None
        found = []
        for error in self.schema.iter_errors(parsed):
            kind = type(error.kind).__name__.rpartition("_")[2]
            words = f"breaks the JSON Schema's rule `{kind}`"
            found.append(Finding(pointer(error.instance_path), "", words, "what `/openapi.json` describes"))
            if len(found) == self.limits.findings:
                break
        return found

    def body_text(self, parsed: Any) -> str:
        """The body element's text. Raises Problem INVALID_MESSAGE with every finding."""
        self.check(parsed)
        if self.face is None:
            return ""
        text = self.face.encode(parsed)
        if self._recheck:
            self.face.decode(parse_xml(text.encode(), self.limits, response=True))
        return text

    def own(self, parsed: Any) -> Value:
        """What was parsed, as a value of this codec's own face."""
        value: Value = parsed
        return value

    def decode(self, parsed: Any) -> Value:
        """The canonical value: the face's own where they are one, else by way of XML."""
        text = self.body_text(parsed)
        if self.canonical is None:
            return {}
        return self.canonical.decode(parse_xml(text.encode(), self.limits, response=True))

    def write(self, message: Message) -> bytes:
        """The JSON of a message that a SOAP codec read or a layer made."""
        source = message.codec
        known = message.read and self.face is self.canonical
        if self.face is not None and message.parsed is not None and isinstance(source, SoapCodec) and not known:
            return source.json_by(self.face, message.parsed)  # nobody asks for the value
        return dumps(self.form(message))

    def form(self, message: Message) -> Value:
        """The face's value of a message."""
        if self.face is None:
            return {}
        source = message.codec
        known = message.read and self.face is self.canonical
        if message.parsed is not None and not known:
            if isinstance(source, SoapCodec):
                return source.value_by(self.face, message.parsed)
            if isinstance(source, JsonCodec) and not source.partial:
                text = source.body_text(message.parsed)  # the verdict, whatever becomes of the value
                if source.face is self.face:
                    return source.own(message.parsed)
                return self.face.decode(parse_xml(text.encode(), self.limits, response=True))
        value = message.value()
        if self.face is self.canonical or self.canonical is None:
            return value
        return self.face.decode(parse_xml(self.canonical.encode(value).encode(), self.limits, response=True))
