"""The law of choices: several operations behind one verb and path, told apart by one field's value.

The field stands in the JSON, the query or the header; who sends SOAP there is told by the body, as everywhere.
Compiled at start (`gateway.build.forks`); a route without a field's value takes what no other one names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeVar

from ..codec.json import loads
from ..core.limits import Limits
from ..core.message import Wire
from ..core.problem import Finding, Kind, Problem
from ..core.value import said
from .binding import fields_of
from .media import media

T = TypeVar("T")
PARSED: Final = "json"  # the fact of a wire whose JSON was read: with which limits, and what it says
_SOAP = ("soap11", "soap12")


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """The branches of one verb and path by the value of their field."""

    place: Literal["body", "query", "header"]
    name: str
    branches: Mapping[str, T]
    otherwise: T | None
    soap: T
    limits: Limits

    def of(self, wire: Wire) -> T:
        """The branch that a request means. Raises Problem MALFORMED_JSON, …, INVALID_MESSAGE, PARAMETER_INVALID."""
        family = media(wire.headers.get("content-type", "")).family
        if family in _SOAP:
            return self.soap
        value = self._said(wire) if self.place != "body" or family == "json" or not wire.body else None
        found = self.branches.get(value) if value is not None else None
        found = self.otherwise if found is None else found
        if found is None and wire.body and family != "json" and self.place == "body":
            return next(iter(self.branches.values()))  # which refuses what is no JSON
        if found is None:
            raise self._refusal(value)
        return found

    def _said(self, wire: Wire) -> str | None:
        if self.place == "header":
            return wire.headers.get(self.name.lower())
        if self.place == "query":
            given = fields_of(wire.query).get(self.name, [])
            if len(given) > 1:
                finding = Finding(f"query:{self.name}", "", "Given more than once.", "it once")
                raise Problem(Kind.PARAMETER_INVALID, findings=[finding])
            return given[0] if given else None
        parsed: Any = loads(wire.body, self.limits) if wire.body else {}
        wire.facts[PARSED] = (self.limits, parsed)  # read once: the branch goes on with it
        return said(parsed.get(self.name)) if isinstance(parsed, dict) else None

    def _refusal(self, value: str | None) -> Problem:
        words = "It is missing." if value is None else "No operation is behind this value."
        expected = "one of " + ", ".join(self.branches)
        if self.place == "body":
            return Problem(Kind.INVALID_MESSAGE, findings=[Finding(f"/{self.name}", "", words, expected)])
        where = f"{self.place}:{self.name}"
        return Problem(Kind.PARAMETER_INVALID, findings=[Finding(where, "", words, expected)])
