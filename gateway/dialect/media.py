"""The law of media types: what Content-Type and Accept say, read as leniently as RFC 9110 §8.3 asks.

Quoted parameters, stray semicolons and any casing are read; nothing is guessed from the body, which
is only checked against what was said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from ..core.message import Wire
from ..core.problem import Kind, Problem

Family = Literal["json", "soap11", "soap12", "multipart", "other", "none"]

_FAMILIES: dict[str, Family] = {
    "application/json": "json",
    "text/json": "json",
    "text/xml": "soap11",
    "application/xml": "soap11",
    "application/soap+xml": "soap12",
    "multipart/related": "multipart",
    "": "none",
}


@dataclass(frozen=True, slots=True)
class Media:
    """A media type and its parameters, names in lower case, values unquoted."""

    type: str
    parameters: dict[str, str] = field(default_factory=dict)
    family: Family = field(init=False)  # which dialect speaks it

    def __post_init__(self) -> None:
        json = self.type.startswith("application/") and self.type.endswith("+json")
        object.__setattr__(self, "family", "json" if json else _FAMILIES.get(self.type, "other"))

    def require_utf8(self) -> None:
        """Raises Problem UNSUPPORTED_CHARSET for any other charset parameter."""
        charset = self.parameters.get("charset", "utf-8").lower()
        if charset not in ("utf-8", "utf8", "us-ascii"):
            raise Problem(Kind.UNSUPPORTED_CHARSET, "Content-Type names another charset than UTF-8.")


@lru_cache(maxsize=256)
def media(text: str) -> Media:
    """A Content-Type. A text that is none gives a type that no dialect speaks."""
    head, *rest = _pieces(text, ";")
    parameters: dict[str, str] = {}
    for piece in rest:
        name, eq, value = piece.partition("=")
        if eq:
            parameters.setdefault(name.strip().lower(), _unquote(value.strip()))
    return Media(head.strip().lower(), parameters)


def charset(wire: Wire) -> str:
    """The charset that a message's Content-Type names, '' for none."""
    return media(wire.headers.get("content-type", "")).parameters.get("charset", "")


def _pieces(text: str, separator: str) -> list[str]:
    """Split outside quoted strings."""
    pieces, start, quoted, skip = [], 0, False, False
    for at, char in enumerate(text):
        if skip:
            skip = False
        elif quoted and char == "\\":
            skip = True
        elif char == '"':
            quoted = not quoted
        elif char == separator and not quoted:
            pieces.append(text[start:at])
            start = at + 1
    pieces.append(text[start:])
    return pieces


def _unquote(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return text


def quality(accept: str, *types: str) -> float:
    """The best quality that an Accept header gives any of the types (RFC 9110 §12.5.1); 1 without one."""
    if not accept.strip():
        return 1.0
    best = 0.0
    for name in types:
        ranked = [(_specific(media(part).type, name), _q(part)) for part in _pieces(accept, ",")]
        fitting = [pair for pair in ranked if pair[0]]
        if fitting:
            best = max(best, max(fitting)[1])
    return best


def _specific(pattern: str, name: str) -> int:
    if pattern == name:
        return 3
    kind = name.partition("/")[0]
    return 2 if pattern == f"{kind}/*" else 1 if pattern == "*/*" else 0


def _q(part: str) -> float:
    try:
        return min(1.0, max(0.0, float(media(part).parameters.get("q", "1"))))
    except ValueError:
        return 0.0


@lru_cache(maxsize=256)
def takes_json(accept: str) -> bool:
    """Whether an Accept header lets JSON be sent: what it says of `application/json` itself wins."""
    spoken = any(_specific(media(part).type, "application/json") for part in _pieces(accept, ","))
    return quality(accept, "application/json" if spoken else "application/problem+json") > 0


def require_json_accepted(accept: str) -> None:
    """Raises Problem NOT_ACCEPTABLE when the caller takes no JSON."""
    if not takes_json(accept):
        raise Problem(Kind.NOT_ACCEPTABLE, "This address answers with `application/json`.")
