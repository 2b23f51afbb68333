"""The law of messages: bytes are read at most once, and untouched bytes stay the same bytes.

`Wire` is what crosses a socket, `Message` what an operation says, `Exchange` one call on its way.
Nothing here knows how XML or JSON is read: a `Message` carries the codec that can.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from .value import Value

if TYPE_CHECKING:
    from .operation import Operation, Route
    from .ports import Codec

_UNREAD: Final = object()
READY: Final = "ready"  # the fact of a request: the codec that made its bytes for the service elsewhere, and they
TRACE: Final = ("traceparent", "tracestate")  # facts of an exchange that go on to the service (W3C Trace Context)


@dataclass(slots=True)
class Wire:
    """One HTTP message, whole: a request (`method`, `path`) or a reply (`status`).

    `headers` has lower-case names, the last of a repeated field joined by ", ". `tree` is set when a
    layer below has parsed, and perhaps proven, the body: who reads the body must read that
    tree. `facts` is what layers found out: `peer`, `identity`, `signed`, `encrypted`, `session`.
    """

    headers: dict[str, str]
    body: bytes
    method: str = ""
    path: str = ""  # canonical, percent-decoded once, no query
    query: str = ""
    status: int = 0
    tree: Any = None
    facts: dict[str, Any] = field(default_factory=dict)
    operation: Operation | None = None  # known on the way out
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """A SOAP header block: typed (`value`) where the contract declares it, else opaque (`element`)."""

    name: str  # Clark name
    value: Value = None
    element: Any = None
    must_understand: bool = False
    role: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault, version-neutral: codes by their SOAP 1.2 names (SOAP 1.2 §5.4.6, SOAP 1.1 §4.4.1)."""

    code: str  # Sender, Receiver, VersionMismatch, MustUnderstand, DataEncodingUnknown
    reason: str
    subcode: str = ""  # Clark name, or the dotted tail of a SOAP 1.1 code
    name: str = ""  # Clark name of the detail's first element, empty without one
    detail: Value = None  # the typed detail where declared, else its schema-less form
    element: Any = None  # the detail's first element as read, for rules and pass-through
    declared: str = ""  # name of the declared fault that the detail is
    actor: str = ""
    status: int = 0  # of the HTTP answer that a JSON service gave; 0 of a SOAP service

    def told(self) -> dict[str, Value]:
        """What a problem document shows of it."""
        members: dict[str, Value] = {
            "code": self.code,
            "subcode": self.subcode or None,
            "reason": self.reason,
            "name": self.name or None,
            "detail": self.detail,
        }
        return {key: value for key, value in members.items() if value is not None}


class Message:
    """One message: raw bytes, parsed form and value, each made at most once, on demand.

    `codec` tells how `raw` and `parsed` are read and how a value is written. `replace` is the only
    way to change a body; `wire(codec)` gives the very same bytes when nothing changed and the codec
    is the one that read them. `ready` is what a codec writes of it, made elsewhere, with the verdict.
    """

    __slots__ = ("_value", "codec", "fault", "fields", "headers", "parsed", "raw", "ready", "size")

    def __init__(
        self,
        codec: Codec,
        *,
        raw: bytes | None = None,
        parsed: Any = None,
        value: Any = _UNREAD,
        headers: tuple[HeaderBlock, ...] = (),
        fault: Fault | None = None,
        size: int = 0,
    ) -> None:
        self.codec = codec
        self.raw = raw
        self.parsed = parsed
        self.headers = headers
        self.fault = fault
        self.fields: Mapping[str, str] = {}  # the header fields of the HTTP answer that it came with, lower-case names
        self.ready: tuple[Codec, bytes] | None = None
        self._value = value
        self.size = size or len(raw or b"")  # bytes that were read, whatever became of them

    @property
    def read(self) -> bool:
        """Whether the value has been made already."""
        return self._value is not _UNREAD

    def value(self) -> Value:
        """The body as a value. Raises Problem(INVALID_MESSAGE) with every finding."""
        if self._value is _UNREAD:
            if self.parsed is None and self.raw is not None:
                self.parsed = self.codec.parse(self.raw)
            self._value = self.codec.decode(self.parsed)
        return self._value  # type: ignore[no-any-return]  # the sentinel is gone here

    def wire(self, codec: Codec) -> bytes:
        """The bytes as `codec` writes them: the very same bytes when nothing changed."""
        if self.raw is not None and codec is self.codec:
            return self.raw
        if self.ready is not None and codec is self.ready[0]:
            return self.ready[1]
        return codec.write(self)

    def with_headers(self, headers: tuple[HeaderBlock, ...]) -> Message:
        """The same body beside other header blocks: it is written anew, but read no further."""
        if self.ready is not None and self.parsed is None and self.raw is not None:
            self.parsed = self.codec.parse(self.raw)
        return Message(
            self.codec,
            parsed=self.parsed,
            value=self._value,
            headers=headers,
            fault=self.fault,
            size=self.size,
        )

    def replace(self, value: Value, **changes: Any) -> Message:
        """A new message with another body; what was read of the old one is forgotten."""
        return Message(
            changes.get("codec", self.codec),
            value=value,
            headers=changes.get("headers", self.headers),
            fault=changes.get("fault", self.fault),
            size=self.size,
        )

    def release(self) -> None:
        """Give up what was parsed, in pieces where the codec can: nobody reads the message any more."""
        parsed, self.parsed = self.parsed, None
        give_up = getattr(self.codec, "release", None)
        if give_up is not None and parsed is not None:
            give_up(parsed)


@dataclass(slots=True)
class Exchange:
    """One call on its way through the value layers: the request and all that is known of it."""

    operation: Operation
    request: Message
    route: Route | None = None
    request_id: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)  # the client's, lower-case names
    facts: dict[str, Any] = field(default_factory=dict)
    attempt: int = 1
    once: bool = False  # good for one sending: repeated only where it was proven not sent, whatever the operation does
    reply_headers: dict[str, str] = field(default_factory=dict)  # for the client's reply
    upstream_headers: dict[str, str] = field(default_factory=dict)  # for the upstream's request
    conditions: Mapping[str, str] = field(default_factory=dict)  # the caller's, for the service to judge
    told: dict[str, str] = field(default_factory=dict)  # fields of the service's answer that callers get as they are
    wants: Codec | None = None  # what writes the body of the reply, where its caller gets nothing else of it
    unchanged: bool = False  # the service answered 304 to the caller's own condition
