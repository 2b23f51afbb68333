"""The law of lists and unions: scalars made of scalars (XSD 1.0 Part 2 §2.5.1.2, §2.5.1.3).

A list is an array, one item a scalar without white space. A union is the first member that takes the text,
both ways, so `"1"` may mean 1.
"""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal
from typing import Final

from ..core.lexical import collapse, normal, words
from ..core.value import Value
from ..schema.ir import Facets
from . import facets as checks
from .lexical import Namespaces, Prefixes, Scalar, Unfit

_MOST: Final = 100  # items of one list that are told to be wrong: as many as a message's findings may be


def list_of(item: Scalar, facets: Facets, expected: str) -> Scalar:
    """xs:list of an item type, with the list's own facets."""
    counts = checks.count_checks(facets, "items", expected)
    patterns = checks.joined(checks.pattern_checks(facets, expected))

    def literal(text: str) -> Hashable:
        return tuple(item.literal(part) for part in words(text))

    allowed = None if facets.enumeration is None else frozenset(literal(text) for text in facets.enumeration)

    def key(text: str, namespaces: Namespaces) -> Hashable:
        return tuple(item.key(part, namespaces) for part in words(text))

    def hold(parts: list[str], namespaces: Namespaces) -> None:
        for count in counts:
            count(len(parts))
        if patterns is not None:
            patterns(" ".join(parts))
        if allowed is not None and tuple(item.key(part, namespaces) for part in parts) not in allowed:
            raise Unfit("not one of the values listed", expected)

    def read(text: str, namespaces: Namespaces) -> Value:
        parts = words(text)
        values: list[Value] = []
        wrong: list[Unfit] = []
        for index, part in enumerate(parts):
            try:
                values.append(item.read(part, namespaces))
            except Unfit as unfit:
                _add(wrong, index, unfit)
        _refuse(wrong)
        hold(parts, namespaces)
        return values

    def write(value: Value, prefixes: Prefixes) -> str:
        if not isinstance(value, list):
            raise Unfit("not an array", expected)
        parts: list[str] = []
        wrong: list[Unfit] = []
        scope = Recorded(prefixes) if item.qnames else None
        for index, one in enumerate(value):
            try:
                parts.append(_part(item, one, prefixes if scope is None else scope))
            except Unfit as unfit:
                _add(wrong, index, unfit)
        _refuse(wrong)
        hold(parts, {} if scope is None else scope)
        return " ".join(parts)

    return Scalar(read, write, key, literal, expected, "list", item.qnames)


def _add(wrong: list[Unfit], index: int, unfit: Unfit) -> None:
    """Keep what is wrong with an item, with its place. Raises Unfit when there are many."""
    wrong.append(Unfit(unfit.detail, unfit.expected, (index, *unfit.path)))
    if len(wrong) == _MOST:
        _refuse(wrong)


def _refuse(wrong: list[Unfit]) -> None:
    if wrong:
        first, *others = wrong
        raise Unfit(first.detail, first.expected, first.path, tuple(others)) from None


class Recorded(dict["str | None", str]):
    """Prefixes that are remembered as they are written, so that the text can be read back for its value."""

    def __init__(self, prefixes: Prefixes) -> None:
        super().__init__()
        self.prefixes = prefixes

    def prefix(self, namespace: str) -> str:
        """As of the writer; kept."""
        prefix = self.prefixes.prefix(namespace)
        self[prefix] = namespace
        return prefix


def _part(item: Scalar, value: Value, prefixes: Prefixes) -> str:
    text = item.write(value, prefixes)
    if words(text) != [text]:
        raise Unfit("an item that is empty or holds white space", item.expected)
    return text


def union_of(members: tuple[Scalar, ...], facets: Facets, expected: str) -> Scalar:
    """xs:union, members in schema order, with the union's own facets."""
    patterns = checks.joined(checks.pattern_checks(facets, expected))

    def literal(text: str) -> Hashable:
        for member in members:
            try:
                return member.literal(text) if member.qnames else member.key(text, {})
            except (Unfit, ValueError, KeyError, ArithmeticError):
                continue
        return ("", text)

    allowed = None if facets.enumeration is None else frozenset(literal(text) for text in facets.enumeration)

    def key(text: str, namespaces: Namespaces) -> Hashable:
        for member in members:
            try:
                member.read(text, namespaces)
            except Unfit:
                continue
            return member.key(text, namespaces)
        raise Unfit("no member type takes it", expected)

    def hold(text: str, namespaces: Namespaces) -> None:
        if patterns is not None:
            patterns(text)
        if allowed is not None and key(text, namespaces) not in allowed:
            raise Unfit("not one of the values listed", expected)

    def read(text: str, namespaces: Namespaces) -> Value:
        for member in members:
            try:
                value = member.read(text, namespaces)
            except Unfit:
                continue
            if patterns is not None or allowed is not None:
                hold(value if isinstance(value, str) and not member.qnames else normal(text, "collapse"), namespaces)
            return value
        raise Unfit("no member type takes it", expected)

    def write(value: Value, prefixes: Prefixes) -> str:
        scope = Recorded(prefixes)
        for member in members:
            try:
                text = _told(members, member, value, scope)
            except Unfit:
                continue
            hold(text, scope)
            return text
        raise Unfit("no member type takes it", expected)

    return Scalar(read, write, key, literal, expected, qnames=any(member.qnames for member in members))


def _told(members: tuple[Scalar, ...], writer: Scalar, value: Value, scope: Recorded) -> str:
    """A spelling that comes back as the value: `1` is a boolean where that member stands first, `1.0` is not."""
    text, value = _written(writer, value, scope)
    for spelled in spellings(text, value):
        member = next((one for one in members if _takes(one, spelled, scope)), None)
        if member is writer or (member is not None and _same(member.read(spelled, scope), value)):
            return spelled
    return text


def spellings(text: str, value: Value) -> tuple[str, ...]:
    """A number or boolean as it is written, and other texts of the same value (XSD 1.0 Part 2 §3.2.2 to §3.2.5)."""
    if isinstance(value, bool):
        return (text, "1" if value else "0")
    if not isinstance(value, int | float | Decimal):
        return (text,)
    sign, digits = ("-", text[1:]) if text[:1] == "-" else ("", text)
    return (text, f"{text}.0", f"{sign}0{digits}", f"{text}E0") if sign else (text, f"{text}.0", f"0{text}", f"+{text}")


def _takes(member: Scalar, text: str, namespaces: Namespaces) -> bool:
    try:
        member.read(text, namespaces)
    except Unfit:
        return False
    return True


def _same(one: Value, other: Value) -> bool:
    return one == other and isinstance(one, str | bool) == isinstance(other, str | bool)


def _written(member: Scalar, value: Value, prefixes: Prefixes) -> tuple[str, Value]:
    """The value by its own kind; a string also by its text, where white space stays as it is: then what it means."""
    try:
        return member.write(value, prefixes), value
    except Unfit:
        if not isinstance(value, str) or member.qnames or member.shape == "list" or collapse(value) != value:
            raise
    meant = member.read(value, {})
    return member.write(meant, prefixes), meant
