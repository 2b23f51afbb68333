"""The law of bindings: parts of a URL and of the header become members of the message, typed by its schema.

Compiled at start (`gateway.build.bindings`). A member that is bound is not the body's to give: one that
comes twice is refused, never one of the two chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl

from ..codec.lexical import Scalar, Unfit
from ..core.problem import Finding, Kind, Problem
from ..core.value import Value, pointer

Steps = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One bound parameter: where it stands, what it is called there, the member that it fills."""

    place: Literal["path", "query", "header"]
    name: str
    to: Steps
    scalar: Scalar
    many: bool = False  # the member repeats: every value given is an item
    required: bool = False


@dataclass(frozen=True, slots=True)
class Binding:
    """All that fills a request besides its body. `body`: whether the route takes one."""

    parameters: tuple[Parameter, ...] = ()
    constants: tuple[tuple[Steps, Value], ...] = ()
    body: bool = True

    def apply(self, parsed: Any, variables: Mapping[str, str], query: str, headers: Mapping[str, str]) -> Any:
        """The request with every bound member in its place. Raises Problem PARAMETER_INVALID, INVALID_MESSAGE."""
        if not isinstance(parsed, dict):
            return parsed  # the schema tells what is wrong with it
        given = _Given(variables, _query(query), headers)
        findings: list[Finding] = []
        self._check_query(given, findings)
        members: list[tuple[Steps, Value]] = []
        for parameter in self.parameters:
            texts = given.texts(parameter)
            if not texts:
                if parameter.required:
                    findings.append(_finding(parameter, "It is missing.", parameter.scalar.expected))
                continue
            try:
                members.append((parameter.to, _read(parameter, texts)))
            except Unfit as unfit:
                findings.append(_finding(parameter, unfit.detail + ".", unfit.expected))
        if findings:
            raise Problem(Kind.PARAMETER_INVALID, findings=findings)
        for steps, value in (*members, *self.constants):
            _put(parsed, steps, value)
        return parsed

    def _check_query(self, given: _Given, findings: list[Finding]) -> None:
        known = {parameter.name for parameter in self.parameters if parameter.place == "query"}
        for name in given.query:
            if name not in known:
                shown = name if len(name) <= 128 else name[:127] + "…"
                findings.append(Finding(f"query:{shown}", "", "There is no such parameter.", ", ".join(sorted(known))))


@dataclass(frozen=True, slots=True)
class _Given:
    variables: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]

    def texts(self, parameter: Parameter) -> Sequence[str]:
        if parameter.place == "query":
            return self.query.get(parameter.name, ())
        if parameter.place == "path":
            return (self.variables[parameter.name],)
        text = self.headers.get(parameter.name.lower())
        if text is None:
            return ()
        return [part.strip() for part in text.split(",")] if parameter.many else (text,)


def _query(query: str) -> dict[str, list[str]]:
    """The query's fields in order. Raises Problem PARAMETER_INVALID when it is none."""
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, strict_parsing=bool(query), errors="strict", max_num_fields=1000
        )
    except ValueError:
        raise Problem(
            Kind.PARAMETER_INVALID, "The query cannot be read: `name=value` joined by `&` is expected."
        ) from None
    found: dict[str, list[str]] = {}
    for name, text in pairs:
        found.setdefault(name, []).append(text)
    return found


def _read(parameter: Parameter, texts: Sequence[str]) -> Value:
    if parameter.many:
        return [parameter.scalar.read(text, {}) for text in texts]
    if len(texts) > 1:
        raise Unfit("given more than once", "it once")
    return parameter.scalar.read(texts[0], {})


def _finding(parameter: Parameter, detail: str, expected: str) -> Finding:
    return Finding(f"{parameter.place}:{parameter.name}", "", detail, expected)


def _put(parsed: dict[str, Any], steps: Steps, value: Value) -> None:
    """Set a member; what stands in the way is the body's, and refused."""
    target = parsed
    for step in steps[:-1]:
        inner = target.setdefault(step, {})
        if not isinstance(inner, dict):
            return  # the schema tells what is wrong with it
        target = inner
    if steps[-1] in target:
        where = pointer(steps)
        raise Problem(
            Kind.INVALID_MESSAGE,
            findings=[Finding(where, "", "The route fills this member itself.", "the body without it")],
        )
    target[steps[-1]] = value
