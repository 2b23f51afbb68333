"""The law of choices: several operations behind one verb and path, told apart by one field's value.

The field stands in the JSON, the query or the header; who sends SOAP there is told by the body, as everywhere.
Compiled at start (`gateway.build.forks`); a route without a field's value takes what no other one names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import parse_qsl

from ..codec.json import loads
from ..core.limits import Limits
from ..core.message import Wire
from ..core.problem import Finding, Kind, Problem
from .media import media

T = TypeVar("T")
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
        if media(wire.headers.get("content-type", "")).family in _SOAP:
            return self.soap
        said = self._said(wire)
        found = self.branches.get(said) if said is not None else None
        found = self.otherwise if found is None else found
        if found is None:
            raise self._refusal(said)
        return found

    def _said(self, wire: Wire) -> str | None:
        if self.place == "header":
            return wire.headers.get(self.name.lower())
        if self.place == "query":
            return dict(parse_qsl(wire.query, keep_blank_values=True, max_num_fields=1000)).get(self.name)
        parsed: Any = loads(wire.body, self.limits) if wire.body else {}
        return _text(parsed.get(self.name)) if isinstance(parsed, dict) else None

    def _refusal(self, said: str | None) -> Problem:
        words = "It is missing." if said is None else "No operation is behind this value."
        expected = "one of " + ", ".join(self.branches)
        if self.place == "body":
            return Problem(Kind.INVALID_MESSAGE, findings=[Finding(f"/{self.name}", "", words, expected)])
        where = f"{self.place}:{self.name}"
        return Problem(Kind.PARAMETER_INVALID, findings=[Finding(where, "", words, expected)])


def _text(value: Any) -> str | None:
    """A scalar as a configuration names it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None or isinstance(value, dict | list) else str(value)
