"""The law of XSD 1.1: a body that the codec's own walk takes is still refused where xmlschema is against it.

The walk knows XSD 1.0; an assertion, an alternative, a wildcard's notQName it does not. So for a contract that needs
XSD 1.1 xmlschema is asked, too, of what is read and of what was written: the slow way, and the only one.
No word of xmlschema's is shown, for it holds values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ..core.limits import LARGE
from ..core.problem import Finding, Kind, Problem
from ..core.value import Value
from ..dialect.soap import BodyCodec
from ..schema.validator import Finding as Breach
from ..xml import parse

Breaches = Callable[[Any], list[Breach]]
_DETAIL: Final = "This breaks a rule of XSD 1.1 in the schema."
_MEMBER: Final = "An element under `$any` would be read as a member that the schema declares."
_EXPECTED: Final = "what the assertions and conditions of the type ask for"


class JudgedCodec:
    """A body codec with xmlschema's verdict behind it; `breaches` gives (line, path, message) of an element."""

    def __init__(self, inner: BodyCodec, breaches: Breaches) -> None:
        self._inner = inner
        self._breaches = breaches

    def decode(self, element: Any) -> Value:
        """As the inner codec. Raises Problem INVALID_MESSAGE, for a rule of XSD 1.1 after all others."""
        value = self._inner.decode(element)
        self._judge(element)
        return value

    def decode_valid(self, element: Any) -> Value:
        """The value of an element that xmlschema has held valid."""
        return self._inner.decode_valid(element)

    def json_valid(self, element: Any) -> bytes:
        """The JSON of an element that xmlschema has held valid."""
        return self._inner.json_valid(element)

    def encode(self, value: Value) -> str:
        """As the inner codec, its text judged before it leaves. Raises Problem INVALID_MESSAGE."""
        text = self._inner.encode(value)
        written = parse(text.encode(), LARGE)
        self._judge(written)
        if _open_members(value) != _open_members(self._inner.decode(written)):
            raise Problem(Kind.INVALID_MESSAGE, findings=[Finding("", "", _MEMBER, "the member itself")])
        return text

    def _judge(self, element: Any) -> None:
        found = [Finding("", path, _DETAIL, _EXPECTED) for _, path, _ in self._breaches(element)]
        if found:
            raise Problem(Kind.INVALID_MESSAGE, findings=list(dict.fromkeys(found)))


def _open_members(value: Value) -> int:
    """How many elements a value has under `$any`: where a name may be either, a declared member takes it (§3.4.4.2)."""
    if isinstance(value, list):
        return sum(map(_open_members, value))
    if not isinstance(value, dict):
        return 0
    own = value.get("$any")
    here = len(own) if isinstance(own, list) else 1 if own is not None else 0
    return here + sum(map(_open_members, value.values()))
