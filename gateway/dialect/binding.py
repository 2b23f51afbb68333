"""The law of bindings: parts of a URL and of the header become members of the message, typed by its schema.

Compiled at start (`gateway.build.bindings`). A member that is bound is not the body's to give: one that
comes twice is refused, never one of the two chosen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, unquote_plus

from ..codec.lexical import Scalar, Unfit
from ..core.problem import Finding, Kind, Problem
from ..core.value import Value, pointer

Steps = tuple[str, ...]
ListStyle = Literal["repeat", "comma", "space", "pipe"]
_NO_ESCAPE: Final = re.compile("%(?![0-9A-Fa-f]{2})").search
BETWEEN: Final[Mapping[str, str]] = {"comma": ",", "space": " ", "pipe": "|"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One bound parameter: where it stands, what it is called there, the member that it fills."""

    place: Literal["path", "query", "header"]
    name: str
    to: Steps
    scalar: Scalar
    many: bool = False  # the member repeats: every value given is an item
    required: bool = False
    style: ListStyle = "repeat"  # how the items stand; all but `repeat` in one text

    def value(self, text: str) -> Value:
        """What the member is when this one text is given. Raises Unfit."""
        return _read(self, _parted(self, text))


@dataclass(frozen=True, slots=True)
class Binding:
    """All that fills a request besides its body. `body`: whether the route takes one."""

    parameters: tuple[Parameter, ...] = ()
    constants: tuple[tuple[Steps, Value], ...] = ()
    body: bool = True
    beside: frozenset[str] = frozenset()  # names of the query that are no parameters: they chose the route
    holders: tuple[Steps, ...] = ()  # needed objects that only parameters fill: there also when none is given
    nils: frozenset[Steps] = frozenset()  # objects around bound members whose null is a value; of others it is absence

    def apply(self, parsed: Any, variables: Mapping[str, str], query: str, headers: Mapping[str, str]) -> Any:
        """The request with every bound member in its place. Raises Problem PARAMETER_INVALID, INVALID_MESSAGE."""
        nil = self.nil(parsed)
        if not (nil or isinstance(parsed, dict)):
            return parsed  # the schema tells what is wrong with it
        given = _Given(variables, query, fields_of(query), headers)
        findings: list[Finding] = []
        self._check_query(given, findings)
        members: list[tuple[Steps, Value, bool]] = []
        for parameter in self.parameters:
            try:
                texts = given.texts(parameter)
                if texts is not None:
                    members.append((parameter.to, _read(parameter, texts), parameter.place == "path"))
                elif parameter.required:
                    raise Unfit("It is missing", parameter.scalar.expected)
            except Unfit as unfit:
                findings.append(_finding(parameter, unfit.detail + ".", unfit.expected))
        if findings:
            raise Problem(Kind.PARAMETER_INVALID, findings=findings)
        if nil and not (members or self.constants):
            return None
        for steps, value, alike in members:
            self._put(parsed, steps, value, alike)
        for steps, value in self.constants:
            self._put(parsed, steps, value, alike=False)
        for steps in self.holders:
            _hold(parsed, steps)
        return parsed

    def nil(self, parsed: Any) -> bool:
        """Whether the whole request is the null of a message that may be nil."""
        return parsed is None and () in self.nils

    def holder(self, parsed: dict[str, Any] | None, steps: Steps) -> dict[str, Any] | None:
        """What holds a member, made where it is absent; None where the schema refuses what stands there.

        Raises Problem INVALID_MESSAGE where it is nil.
        """
        if parsed is None:
            raise _nil(())
        target = parsed
        for at, step in enumerate(steps[:-1], 1):
            inner = target.get(step)
            if inner is None:
                if step in target and steps[:at] in self.nils:
                    raise _nil(steps[:at])
                inner = target[step] = {}
            if not isinstance(inner, dict):
                return None
            target = inner
        return target

    def _put(self, parsed: dict[str, Any], steps: Steps, value: Value, alike: bool) -> None:
        """Set a member; what stands in the way is the body's, and refused but where it may be there `alike`.

        A body may repeat what the path says (a representation that was read is put back), never differ from it.
        """
        target = self.holder(parsed, steps)
        if target is None:
            return
        if steps[-1] in target and not (alike and _same(target[steps[-1]], value)):
            words = "The route fills this member itself."
            finding = Finding(pointer(steps), "", words, "the body without it")
            raise Problem(Kind.INVALID_MESSAGE, findings=[finding])
        target[steps[-1]] = value

    def _check_query(self, given: _Given, findings: list[Finding]) -> None:
        known = {parameter.name for parameter in self.parameters if parameter.place == "query"}
        for name in given.query:
            if name not in known and name not in self.beside:
                shown = name if len(name) <= 128 else name[:127] + "…"
                findings.append(Finding(f"query:{shown}", "", "There is no such parameter.", ", ".join(sorted(known))))


@dataclass(frozen=True, slots=True)
class _Given:
    variables: Mapping[str, str]
    text: str  # of the query
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]

    def texts(self, parameter: Parameter) -> Sequence[str] | None:
        """The texts given for a parameter, None for none. Raises Unfit for a list that is given twice."""
        if parameter.place == "query":
            texts = self.query.get(parameter.name)
            if texts is None or parameter.style == "repeat":
                return texts
            return self._delimited(parameter, texts)
        if parameter.place == "path":
            return _parted(parameter, self.variables[parameter.name])
        text = self.headers.get(parameter.name.lower())
        if text is None:
            return None
        if parameter.many and parameter.style == "repeat":  # a field that is given twice is one, with a comma
            return [part.strip() for part in text.split(",")]
        return [part.strip() for part in _parted(parameter, text)]

    def _delimited(self, parameter: Parameter, texts: Sequence[str]) -> Sequence[str]:
        """The items of one text; a comma that is percent-encoded belongs to an item (RFC 6570 §3.2.8)."""
        if len(texts) > 1:
            raise Unfit("given more than once", "it once, its items parted")
        if parameter.style != "comma":
            return _parted(parameter, texts[0])
        pairs = (pair.partition("=") for pair in self.text.split("&"))
        raw = next(text for name, _, text in pairs if unquote_plus(name) == parameter.name)
        return [unquote_plus(item) for item in raw.split(",")] if raw else []


def _parted(parameter: Parameter, text: str) -> Sequence[str]:
    if parameter.style == "repeat":
        return (text,)
    return text.split(BETWEEN[parameter.style]) if text else []


def fields_of(query: str) -> dict[str, list[str]]:
    """The query's fields in order. Raises Problem PARAMETER_INVALID when it is none (RFC 3986 §2.1 for its escapes)."""
    if "%" in query and _NO_ESCAPE(query):
        raise Problem(Kind.PARAMETER_INVALID, "The query holds a `%` that is no escape: `%25` is the sign itself.")
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, strict_parsing=bool(query), errors="strict", max_num_fields=1000
        )
    except ValueError:
        raise Problem(
            Kind.PARAMETER_INVALID, "The query cannot be read: `name=value` joined by `&` is expected, in UTF-8."
        ) from None
    found: dict[str, list[str]] = {}
    for name, text in pairs:
        found.setdefault(name, []).append(text)
    return found


def _read(parameter: Parameter, texts: Sequence[str]) -> Value:
    if parameter.many:
        return [parameter.scalar.read(text, {}) for text in texts]
    if parameter.scalar.shape == "list" and (len(texts) > 1 or parameter.style != "repeat"):
        if any(len(text.split()) != 1 for text in texts):
            raise Unfit("an item is empty or holds white space", parameter.scalar.expected)
        return parameter.scalar.read(" ".join(texts), {})
    if len(texts) > 1:
        raise Unfit("given more than once", "it once")
    return parameter.scalar.read(texts[0], {})


def _finding(parameter: Parameter, detail: str, expected: str) -> Finding:
    return Finding(f"{parameter.place}:{parameter.name}", "", detail, expected)


def _hold(parsed: dict[str, Any], steps: Steps) -> None:
    target: Any = parsed
    for step in steps:
        if not isinstance(target, dict):
            return  # the schema tells what is wrong with it
        target = target.setdefault(step, {})


def _nil(steps: Steps) -> Problem:
    words = "The route fills members of this, so that it is not nil."
    return Problem(Kind.INVALID_MESSAGE, findings=[Finding(pointer(steps), "", words, "an object, or none")])


def _same(given: Value, value: Value) -> bool:
    return given == value and isinstance(given, bool) == isinstance(value, bool)
