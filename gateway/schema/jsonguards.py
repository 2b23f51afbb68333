"""The law of guards: which attributes choose a type, said in JSON Schema as far as it can be.

A test that compares attributes with texts (`@kind = 'a' or @kind = 'b'`) is a guard on the keys of the type's form;
one that says more is left to the codec. XSD 1.1 Part 1 §3.12.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from gateway.schema.ir import Attribute, Complex, Element, Model, Simple, TypeId
from gateway.schema.jsonnodes import Schema
from gateway.schema.names import clark

_ONE: Final = r"""@([\w.:-]+)\s*(?:=|eq)\s*(?:'([^']*)'|"([^"]*)")"""
_COMPARED: Final = re.compile(_ONE)
_ALL: Final = re.compile(rf"\s*{_ONE}(?:\s+or\s+{_ONE})*\s*")
_TEXTS: Final = frozenset("anySimpleType string normalizedString token NMTOKEN Name NCName language".split())

Compared = tuple[str, str]  # an attribute's Clark name, and the text that it is compared with


def compared(test: str, scope: tuple[tuple[str, str], ...]) -> tuple[Compared, ...]:
    """The attributes and texts that a test compares, wherever in it."""
    prefixes = dict(scope)
    found = []
    for name, one, other in _COMPARED.findall(test):
        prefix, colon, local = name.rpartition(":")
        found.append((clark(prefixes.get(prefix, "") if colon else "", local), one or other))
    return tuple(found)


def is_plain(test: str) -> bool:
    """Whether a test is nothing but such comparisons, one of which holds."""
    return _ALL.fullmatch(test) is not None


def guarded(model: Model, element: Element, place: Callable[[Element], Schema]) -> Iterator[Schema]:
    """The forms of an element with alternatives, each with what chooses it; `place` writes one without."""
    bare = replace(element, alternatives=())
    before: list[Schema] = []
    for row in element.alternatives:
        guard = _guard(model, row.type or element.type, row.test, row.namespaces)
        if row.type:
            yield _with(place(replace(bare, type=row.type)), [*([guard] if guard else []), *before])
        if not row.test:
            return
        if guard is not None:
            before.append({"not": guard})
    yield _with(place(bare), before)


def said(model: Model, element: Element) -> bool:
    """Whether the schema says all of what chooses an element's type."""
    for row in element.alternatives:
        if row.test and _guard(model, row.type or element.type, row.test, row.namespaces) is None:
            return False
    return True


def _with(form: Schema, rules: list[Schema]) -> Schema:
    return {"allOf": [form, *rules]} if rules else form


def _guard(model: Model, type_id: TypeId, test: str, scope: tuple[tuple[str, str], ...]) -> Schema | None:
    """The guard of a plain test; None where it is none, or an attribute's JSON is not its text."""
    kind = model.types[type_id]
    if not is_plain(test) or not isinstance(kind, Complex):
        return None
    uses = {use.name: use for use in kind.attributes}
    words: dict[str, list[str]] = {}
    for name, text in compared(test, scope):
        use = uses.get(name)
        if use is None or not _is_text(model, use):
            return None
        words.setdefault(use.key, []).append(text)
    guards = [
        {"type": "object", "properties": {key: {"enum": texts}}, "required": [key]} for key, texts in words.items()
    ]
    return guards[0] if len(guards) == 1 else {"anyOf": guards}


def _is_text(model: Model, use: Attribute) -> bool:
    kind = model.types[use.type]
    return isinstance(kind, Simple) and kind.builtin in _TEXTS
