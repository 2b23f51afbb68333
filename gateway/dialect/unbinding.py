"""The law of bindings read backwards: what a route takes from a URL and a header is given back to them.

The inverse of `Binding.apply`: members of a message leave it for the path, the query and the header of the call
to a service; the rest is its body. What could not be read back is refused, never dropped: an empty step of
a path, a field that HTTP cannot carry, a member for which the call has no place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from ..codec.lexical import Unfit
from ..core.problem import Finding, Kind, Problem
from ..core.value import Value, at, pointer
from .binding import BETWEEN, Binding, Parameter, Steps

_ABSENT: Final = object()


@dataclass(slots=True)
class Parts:
    """A message as the parts of an HTTP request. `body` is what is left of it."""

    variables: dict[str, str] = field(default_factory=dict)
    query: list[str] = field(default_factory=list)  # `name=value`, percent-encoded
    headers: dict[str, str] = field(default_factory=dict)
    body: Value = None


class _Plain:
    """Prefixes for texts that stand outside XML: there are none."""

    def prefix(self, namespace: str) -> str:
        raise Unfit("a qualified name", "a value that has a form outside XML")


_PLAIN: Final = _Plain()


def fits(binding: Binding, value: Value) -> bool:
    """Whether the route could have read this message: its constants hold and every step of its path is there."""
    constant = all(_same(at(value, steps, _ABSENT), given) for steps, given in binding.constants)
    bound = [at(value, each.to, _ABSENT) for each in binding.parameters if each.place == "path"]
    return constant and not any(found is _ABSENT or found is None for found in bound)


def take(binding: Binding, value: Value) -> Parts:
    """The parts of a message that `fits`. Raises Problem INVALID_MESSAGE with every finding."""
    parts = Parts(body=value)
    findings: list[Finding] = []
    for steps, _ in binding.constants:
        parts.body = without(parts.body, steps)
    for parameter in binding.parameters:
        found = at(value, parameter.to, _ABSENT)
        parts.body = without(parts.body, parameter.to)
        if found is _ABSENT or found is None:
            continue  # nil and absent are one where only text can stand
        try:
            _place(parts, parameter, _texts(parameter, found))
        except Unfit as unfit:
            findings.append(Finding(pointer(parameter.to), "", unfit.detail + ".", unfit.expected))
    for steps in reversed(binding.holders):  # inner ones first: empty, they say nothing that a call could carry
        if at(parts.body, steps, _ABSENT) == {}:
            parts.body = without(parts.body, steps)
    if not binding.body:
        findings += left(parts.body)
    if findings:
        raise Problem(Kind.INVALID_MESSAGE, findings=findings)
    return parts


def _texts(parameter: Parameter, found: Any) -> list[str]:
    """The texts of a member, one for each item. Raises Unfit for one that the style would part."""
    values = found if parameter.many and isinstance(found, list) else [found]
    texts = [parameter.scalar.write(value, _PLAIN) for value in values]
    if parameter.scalar.shape == "list" and not parameter.many:
        texts = texts[0].split()  # white space parts the items of a list, and no item has any
    between = _between(parameter)
    if between and (parameter.style != "comma" or parameter.place != "query") and any(between in t for t in texts):
        raise Unfit("an item has what parts the items here", f'items without "{between}"')
    return texts


def _between(parameter: Parameter) -> str:
    """What parts the items in one text, "" where each is a text of its own; a field is never given twice."""
    plain = "," if parameter.many and parameter.place == "header" else ""
    return BETWEEN.get(parameter.style, plain)


def _place(parts: Parts, parameter: Parameter, texts: Sequence[str]) -> None:
    """Put a parameter's texts where it stands. Raises Unfit."""
    between = _between(parameter)
    if parameter.place == "query":
        encoded = [quote(text, safe="") for text in texts]
        if between and texts:  # a comma within an item is percent-encoded, the one between two is not
            encoded = [("," if between == "," else quote(between)).join(encoded)]
        parts.query += [f"{quote(parameter.name, safe='')}={text}" for text in encoded]
    elif parameter.place == "path":
        text = between.join(texts)
        if text in ("", ".", ".."):
            raise Unfit("empty or dots, which no step of a path can be", "a step of the service's path")
        parts.variables[parameter.name] = text
    elif texts:
        between = ", " if between == "," else between
        parts.headers[parameter.name.lower()] = field_of(between.join(map(field_of, texts)))


def field_of(text: str) -> str:
    """The text as the value of an HTTP field (RFC 9110 §5.5). Raises Unfit."""
    if not text.isascii() or not text.isprintable() or text != text.strip(" "):
        raise Unfit("cannot stand in an HTTP header field", "visible ASCII characters")
    return text


def left(body: Value) -> list[Finding]:
    """What a call would lose that has no place for it."""
    if not isinstance(body, Mapping):
        return [] if body is None else [Finding("", "", "The service's route takes no body.", "nothing")]
    return [
        Finding(pointer((key,)), "", "The service's route has no place for this member.", "a message without it")
        for key, value in body.items()
        if value is not None and value != []
    ]


def without(value: Value, steps: Steps) -> Value:
    """The value less one member; a structure that held nothing else goes with it. The value itself stays as it is."""
    if not isinstance(value, dict) or steps[0] not in value:
        return value
    left = dict(value)
    if len(steps) == 1:
        del left[steps[0]]
        return left
    inner = without(left[steps[0]], steps[1:])
    if inner == {} and left[steps[0]] != {}:
        del left[steps[0]]
    else:
        left[steps[0]] = inner
    return left


def _same(found: Any, given: Any) -> bool:
    """JSON equality: true is not 1, and 1 is 1.0."""
    if isinstance(found, bool) or isinstance(given, bool):
        return found is given
    return bool(found == given)
