"""The law of scalars: every simple type is one `Scalar`, compiled once, that reads text and writes it.

One table of kinds; facets come from `facets`, single values from `lexical`, dates from `temporal`, words
from `words`. No XML, no JSON bytes, no complex types. Lists and unions are made of their parts' Scalars.
The spec is XSD 1.0 Part 2 (second edition); the JSON forms are the mapping's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Final

from ..core.lexical import SPACES, Builtin, builtin, collapse, legal
from ..core.lexical import replace as replace_spaces
from ..core.value import Value
from ..core.xmlnames import is_namespace, is_nc_name
from ..schema.ir import Facets, Model, Settings, Simple, TypeId
from . import facets as checks
from . import numbers, temporal
from .compounds import list_of, union_of
from .lexical import (
    Namespaces,
    Prefixes,
    Scalar,
    Unfit,
    base64_canonical,
    hex_canonical,
)
from .words import expected as words_for

__all__ = ["Namespaces", "Prefixes", "Scalar", "Unfit", "scalar_for"]


def scalar_for(model: Model, type_id: TypeId, settings: Settings) -> Scalar:
    """The Scalar of a simple type under the mapping's settings (`numbers`, `scalars`).

    Raises ValueError for ENTITY, and PatternError (a ValueError) for a pattern that is none.
    """
    return _compile(model, type_id, settings, verbatim=settings.scalars == "string")


def _compile(model: Model, type_id: TypeId, settings: Settings, verbatim: bool) -> Scalar:
    simple = model.types[type_id]
    if not isinstance(simple, Simple):
        raise TypeError(f"{type_id} is no simple type")
    words = words_for(model, type_id)
    verbatim = verbatim or bool(simple.facets.patterns)
    if simple.variety == "atomic":
        return _atomic(simple, settings, verbatim, words, model)
    if simple.variety == "list":
        assert simple.item is not None
        return list_of(_compile(model, simple.item, settings, verbatim), simple.facets, words)
    members = tuple(_compile(model, member, settings, verbatim) for member in simple.members)
    return union_of(members, simple.facets, words)


def _atomic(simple: Simple, settings: Settings, verbatim: bool, words: str, model: Model) -> Scalar:
    row = builtin(simple.builtin)
    if simple.white_space != row.white_space:
        row = replace(row, white_space=simple.white_space)
    if row.kind == "entity":
        raise ValueError("xs:ENTITY and xs:ENTITIES are not supported: messages have no DTD to declare entities")
    if row.kind == "name":
        return _name(row, simple.facets, words, model)
    if row.kind in ("string", "uri"):
        return _string(row, simple.facets, words)
    if row.kind in ("temporal", "duration"):
        return _time(row, simple.facets, words)
    if row.kind in ("base64", "hex"):
        return _octets(row, simple.facets, words, verbatim and bool(simple.facets.patterns))
    typed = numbers.boolean(words) if row.kind == "boolean" else numbers.number(row, simple.facets, settings, words)
    scalar = Scalar(*typed, expected=words)
    return _verbatim(scalar, simple.facets, words) if verbatim else scalar


# ---------------------------------------------------------------- strings


def text_of(value: Value, words: str) -> str:
    """A JSON string that XML can carry. Raises Unfit."""
    if not isinstance(value, str):
        raise Unfit("not a string", words)
    if not legal(value):
        raise Unfit("a character that XML does not allow", words)
    return value


def _string(row: Builtin, facets: Facets, words: str) -> Scalar:
    white_space = row.white_space
    found: list[checks.Check] = []
    if row.pattern:
        found.append(_shape_check(re.compile(row.pattern).fullmatch, row, words))
    found += checks.length_checks(row, facets, words)
    found += checks.pattern_checks(facets, words)
    found += checks.enumeration_checks(facets, str, str, words)
    return _texts(row.primitive, white_space, checks.joined(found), words)


def _not(row: Builtin) -> str:
    """`not a date-time`."""
    return "not " + row.words.partition(" such as ")[0]


def _shape_check(shape: Callable[[str], object], row: Builtin, words: str) -> checks.Check:
    wrong = _not(row)

    def check(text: str) -> None:
        if not shape(text):
            raise Unfit(wrong, words)

    return check


def _texts(tag: str, white_space: str, check: checks.Check | None, words: str) -> Scalar:
    """A type whose JSON form is its text after the white-space facet."""
    apply: Callable[[str], str] | None = {"preserve": None, "replace": replace_spaces, "collapse": collapse}[
        white_space
    ]

    def read(text: str, namespaces: Namespaces) -> Value:
        if apply is not None:
            text = apply(text)
        if check is not None:
            check(text)
        return text

    def identity(text: str, namespaces: Namespaces) -> Value:
        return text

    def write(value: Value, prefixes: Prefixes) -> str:
        if type(value) is not str or not value.isprintable():
            text_of(value, words)
        assert isinstance(value, str)
        if apply is not None and apply(value) != value:
            raise Unfit("white space that the type would change", words)
        if check is not None:
            check(value)
        return value

    def key(text: str, namespaces: Namespaces) -> Hashable:
        return (tag, read(text, namespaces))

    return Scalar(identity if apply is None and check is None else read, write, key, lambda text: (tag, text), words)


def _straight(scalar: Scalar, valid: Callable[[str], bool]) -> Scalar:
    """The same scalar, with one look at a text that is valid as it stands: its lexical space has no white space."""
    slow_read, slow_write = scalar.read, scalar.write

    def read(text: str, namespaces: Namespaces) -> Value:
        return text if valid(text) else slow_read(text, namespaces)

    def write(value: Value, prefixes: Prefixes) -> str:
        return value if type(value) is str and valid(value) else slow_write(value, prefixes)

    return replace(scalar, read=read, write=write)


def _verbatim(typed: Scalar, facets: Facets, words: str) -> Scalar:
    """A number or boolean as its text: with a pattern, or by `scalars: string`."""
    check = checks.joined(checks.pattern_checks(facets, words))

    def read(text: str, namespaces: Namespaces) -> Value:
        text = text.strip(SPACES)
        typed.read(text, namespaces)
        if check is not None:
            check(text)
        return text

    def write(value: Value, prefixes: Prefixes) -> str:
        text = text_of(value, words)
        if text.strip(SPACES) != text:
            raise Unfit("white space that the type would change", words)
        read(text, {})
        return text

    return replace(typed, read=read, write=write)


# ---------------------------------------------------------------- time


def _time(row: Builtin, facets: Facets, words: str) -> Scalar:
    found = [_shape_check(temporal.lexical(row.name), row, words)]
    found += checks.pattern_checks(facets, words)
    found += checks.temporal_checks(row, facets, words)

    def value(text: str) -> Hashable:
        try:
            return temporal.span(text) if row.kind == "duration" else temporal.instant(row.name, text)
        except temporal.TooLong:
            raise Unfit("more digits than are compared", words) from None

    def literal(text: str) -> Hashable:
        return (row.primitive, value(text))

    found += checks.enumeration_checks(facets, literal, literal, words)
    scalar = _texts(row.primitive, row.white_space, checks.joined(found), words)
    if len(found) == 1:
        scalar = _straight(scalar, temporal.lexical(row.name))

    def key(text: str, namespaces: Namespaces) -> Hashable:
        return literal(str(scalar.read(text, namespaces)))

    return replace(scalar, key=key, literal=literal)


# ---------------------------------------------------------------- octets


def _octets(row: Builtin, facets: Facets, words: str, verbatim: bool) -> Scalar:
    """Canonical in JSON; verbatim where a pattern speaks of the text."""
    wrong = _not(row)
    canonical = base64_canonical if row.kind == "base64" else hex_canonical

    def value(text: str) -> str:
        found = canonical(text)
        if found is None:
            raise Unfit(wrong, words)
        return found

    def literal(text: str) -> Hashable:
        return (row.primitive, value(text))

    patterns = checks.joined(checks.pattern_checks(facets, words))
    found = checks.length_checks(row, facets, words)
    found += checks.enumeration_checks(facets, literal, literal, words)
    check = checks.joined(found)

    def take(text: str) -> str:
        if patterns is not None:
            patterns(text)
        octets = value(text)
        if check is not None:
            check(octets)
        return text if verbatim else octets

    def read(text: str, namespaces: Namespaces) -> Value:
        return take(collapse(text))

    def write(value: Value, prefixes: Prefixes) -> str:
        text = text_of(value, words)
        if (collapse(text) != text) if verbatim else (" " in text):
            raise Unfit("white space that the type would change", words)
        return take(text)

    def key(text: str, namespaces: Namespaces) -> Hashable:
        return literal(collapse(text))

    return Scalar(read, write, key, literal, words)


# ---------------------------------------------------------------- QName and NOTATION

_XML: Final = "http://www.w3.org/XML/1998/namespace"


def _name(row: Builtin, facets: Facets, words: str, model: Model) -> Scalar:
    patterns = checks.joined(checks.pattern_checks(facets, words))
    found = checks.enumeration_checks(facets, str, str, words)
    if row.name == "NOTATION":
        found += checks.enumeration_checks(Facets(enumeration=tuple(model.notations)), str, str, words)
    check = checks.joined(found)

    def read(text: str, namespaces: Namespaces) -> Value:
        text = text.strip(SPACES)
        if patterns is not None:
            patterns(text)
        clark = _clark(text, namespaces, words)
        if check is not None:
            check(clark)
        return clark

    def write(value: Value, prefixes: Prefixes) -> str:
        namespace, local = _split(text_of(value, words), words)
        if check is not None:
            assert isinstance(value, str)
            check(value)
        text = local
        if namespace:
            prefix = "xml" if namespace == _XML else prefixes.prefix(namespace)
            text = f"{prefix}:{local}"
        if patterns is not None:
            patterns(text)
        return text

    def key(text: str, namespaces: Namespaces) -> Hashable:
        return (row.primitive, read(text, namespaces))

    def literal(text: str) -> Hashable:
        _split(text, words)
        return (row.primitive, text)

    return Scalar(read, write, key, literal, words, qnames=True)


def _clark(text: str, namespaces: Namespaces, words: str) -> str:
    prefix, colon, local = text.rpartition(":")
    if not is_nc_name(local) or (colon and not is_nc_name(prefix)):
        raise Unfit("not a name", words)
    if not colon:
        namespace = namespaces.get(None) or namespaces.get("") or ""
    elif prefix == "xml":
        namespace = _XML
    else:
        namespace = namespaces.get(prefix) or ""
        if not namespace:
            raise Unfit("a prefix that is bound to no namespace", words)
    return f"{{{namespace}}}{local}" if namespace else local


def _split(text: str, words: str) -> tuple[str, str]:
    namespace, brace, local = text[1:].rpartition("}") if text[:1] == "{" else ("", "}", text)
    if not brace or not is_nc_name(local) or (text[:1] == "{" and not namespace):
        raise Unfit("not a name", words)
    if not is_namespace(namespace):
        raise Unfit("a namespace that is no URI", words)
    return namespace, local
