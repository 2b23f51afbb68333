"""The law of SOAP messages: one codec a message and version; what was read untouched passes untouched.

`SoapCodec` reads an envelope into the contract's canonical value and writes one from a value or, by
the shortest way, from another codec's parsed form. libxml2 gives the verdict and the codec's own
walk the places; where the two disagree the walk wins, since it follows the specification.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from ..codec.json import dumps
from ..core.limits import Limits
from ..core.message import Message
from ..core.problem import Kind, Problem
from ..core.value import Value
from ..xml import element_text
from ..xml import parse as parse_xml
from ..xml.release import release
from .bare import carried, renamed, wrapped
from .envelope import Envelope, Version, open_envelope, write_envelope

Verdict = Callable[[Any], bool | None]


class BodyCodec(Protocol):
    """What a compiled element codec offers (`gateway.codec`)."""

    def decode(self, element: Any) -> Value:
        """The value; raises Problem INVALID_MESSAGE."""

    def decode_valid(self, element: Any) -> Value:
        """The value of an element that libxml2 has held valid: the fast way; raises as `decode`."""

    def json_valid(self, element: Any) -> bytes:
        """The JSON of what `decode_valid` gives; raises as `decode`."""

    def encode(self, value: Value) -> str:
        """The element's text; raises Problem INVALID_MESSAGE."""


class Encoding(Protocol):
    """SOAP encoding of one message (`gateway.codec.encoded`)."""

    def literal(self, root: Any, others: tuple[Any, ...] = ()) -> Any:
        """The body element as the schema has it; raises Problem INVALID_MESSAGE."""

    def encoded(self, text: str, version: Version) -> str:
        """The element's text as the encoding has it."""


class SoapCodec:
    """One message of one operation in one SOAP version (the port `Codec`).

    `valid` is libxml2's verdict on the body element (None: it has none); `bare` rewrites a body that the service sends
    without its wrapper, or None; `element` None means an empty Body; `encoding` is that of use="encoded".
    """

    def __init__(
        self,
        version: Version,
        element: str | None,
        body: BodyCodec | None,
        *,
        limits: Limits,
        valid: Verdict | None = None,
        response: bool = False,
        bare: Callable[[Any], Any] | None = None,
        wire: str | None = None,
        on_wire: bool = True,
        encoding: Encoding | None = None,
    ) -> None:
        self.version = version
        self.element = element
        self.body = body
        self.limits = limits
        self.response = response
        self._valid = valid
        self._bare = bare
        self._wire = wire or element
        self._on_wire = on_wire
        self._encoding = encoding

    def parse(self, raw: bytes) -> Envelope:
        """Syntax and envelope. Raises Problem MALFORMED_XML, XML_…, VERSION_MISMATCH, ENVELOPE_INVALID."""
        return self.open(parse_xml(raw, self.limits, response=self.response))

    def open(self, root: Any) -> Envelope:
        """The envelope of a parsed tree; a bare reply is dressed where the contract accepts one."""
        if self._bare is not None:
            dressed = self._bare(root)
            if dressed is not None:
                return Envelope(self.version, (), dressed, bare=True)
        return open_envelope(root)

    def check(self, envelope: Envelope) -> Any:
        """The body element, valid by the contract. Raises Problem INVALID_MESSAGE."""
        if envelope.proven is None:
            envelope.proven = self._proven(envelope)
        return envelope.proven

    def _proven(self, envelope: Envelope) -> Any:
        element = envelope.body
        if self.element is None or self.body is None:
            if element is not None:
                raise Problem(Kind.INVALID_MESSAGE, "The Body should be empty.")
            return None
        if not self._on_wire:
            element = wrapped([] if element is None else [element, *envelope.others], self.element)
        elif element is None:
            raise Problem(Kind.INVALID_MESSAGE, f"The Body is empty; {self._wire} was expected.")
        elif self._encoding is not None and element.tag in (self._wire, self.element):
            element = self._encoding.literal(element, envelope.others)
        elif element.tag not in (self._wire, self.element) or envelope.others:
            raise Problem(Kind.INVALID_MESSAGE, f"The Body does not hold just {self._wire}.")
        elif element.tag != self.element:
            element = renamed(element, self.element)
        verdict = self._valid(element) if self._valid is not None else None
        if verdict:
            envelope.valid = True
        elif verdict is False:
            self.body.decode(element)  # raises with every place, unless libxml2 alone is against it
        return element

    def value_by(self, body: BodyCodec, envelope: Envelope) -> Value:
        """The body's value in a face. Raises Problem INVALID_MESSAGE with every finding."""
        element = self.check(envelope)
        return body.decode_valid(element) if envelope.valid else body.decode(element)

    def json_by(self, body: BodyCodec, envelope: Envelope) -> bytes:
        """The JSON of the body's value in a face. Raises Problem INVALID_MESSAGE with every finding."""
        element = self.check(envelope)
        return body.json_valid(element) if envelope.valid else dumps(body.decode(element))

    def decode(self, parsed: Envelope) -> Value:
        """The canonical value. Raises Problem INVALID_MESSAGE with every finding."""
        if self.body is None:
            self.check(parsed)
            return {}
        return self.value_by(self.body, parsed)

    def release(self, parsed: Envelope) -> None:
        """Free what stands in the body, child by child; header blocks stay as they are."""
        release(*(each for each in (parsed.proven, parsed.body, *parsed.others) if each is not None))
        parsed.proven = parsed.body = None

    def write(self, message: Message) -> bytes:
        """The envelope's bytes. Raises Problem INVALID_MESSAGE when the value breaks the schema."""
        return write_envelope(self.version, self.text(message), header_text(message, self.version))

    def text(self, message: Message) -> str:
        """The text of the Body's content."""
        if self.body is None:
            return ""
        source = message.codec
        whole = not message.read and message.parsed is not None and not getattr(source, "partial", False)
        if whole and hasattr(source, "body_text"):
            text: str = source.body_text(message.parsed)
        else:
            text = self.body.encode(message.value())
        if self._encoding is not None:
            return self._encoding.encoded(text, self.version)
        if self._on_wire and self._wire == self.element:
            return text
        return self._undressed(text)

    def _undressed(self, text: str) -> str:
        """The synthetic element taken off again, or given the name that it has on the wire."""
        root = parse_xml(text.encode(), self.limits, response=True)
        if not self._on_wire and (root.attrib or "".join(root.xpath("text()")).strip()):
            words = "The Body holds the elements of its type; the type's attributes and text have no place there."
            raise Problem(Kind.INVALID_MESSAGE, words)
        nodes = [renamed(root, self._wire or "")] if self._on_wire else list(root)
        return "".join(element_text(node) for node in nodes)


def header_text(message: Message, version: Version) -> str:
    """Header blocks as text: those that were read, said in this version, and those that a layer wrote."""
    texts = []
    for block in message.headers:
        if block.element is not None:
            texts.append(element_text(carried(block.element, version)))
        elif isinstance(block.value, str):
            texts.append(block.value)
    return "".join(texts)
