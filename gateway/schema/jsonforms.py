"""The law of forms: alternatives told once, and the names of a wildcard said as patterns (XSD 1.0 Part 1 §3.10.1)."""

from __future__ import annotations

import re
from typing import Final

from gateway.core.xmlnames import NAMESPACE
from gateway.schema.ir import NamespaceTest, Wildcard
from gateway.schema.jsonnodes import Schema
from gateway.schema.names import split
from gateway.schema.source import XSI

XMLNS: Final = "http://www.w3.org/2000/xmlns/"


def any_of(forms: list[Schema]) -> Schema:
    """One of several forms, each told once; alternatives of alternatives are written flat."""
    flat: list[Schema] = []
    for form in forms:
        inner = form["anyOf"] if form.keys() == {"anyOf"} else [form]
        for each in inner:
            words = next((one for one in flat if _both_words(one, each)), None)
            if words is not None:
                flat[flat.index(words)] = {**words, "enum": list(dict.fromkeys([*words["enum"], *each["enum"]]))}
            elif each not in flat:
                flat.append(each)
    return flat[0] if len(flat) == 1 else {"anyOf": flat}


def _both_words(one: Schema, other: Schema) -> bool:
    """Whether both are enumerations of one type, which are one enumeration."""
    return one.keys() == other.keys() == {"type", "enum"} and bool(one["type"] == other["type"])


def braced(name: str) -> str:
    namespace, local = split(name)
    return f"{{{namespace}}}{local}"


def quoted(text: str) -> str:
    return "".join("\\" + c if c in "\\^$.|?*+()[]{}/" else c for c in text)


# NCName, exact in ASCII; other letters are not told from other signs, which would take pages (the codec does).
LOCAL: Final = r"[^\x00-@\[-\^`{-\x7F][^\x00-,/:-@\[-\^`{-\x7F]*"
NEVER: Final = rf"(?!\{{{quoted(XMLNS)}\}})"  # a declaration is no attribute


def name_pattern(wildcard: Wildcard, *, attribute: bool = False) -> str:
    """The names that a wildcard takes: `{namespace}local`, to the end of the key."""
    barred = "".join(f"(?!{quoted(braced(name))}$)" for name in sorted(wildcard.barred))
    return barred + _namespace_pattern(wildcard.test, attribute)


def _namespace_pattern(test: NamespaceTest, attribute: bool) -> str:
    never = (rf"(?!\{{{quoted(XSI)}\}})" if attribute else "") + NEVER
    if test.kind == "any":
        return rf"{never}\{{{NAMESPACE}\}}{LOCAL}$"
    names = "|".join(quoted(namespace) for namespace in sorted(test.namespaces))
    if test.kind == "in":
        return rf"{never}\{{(?:{names})\}}{LOCAL}$" if test.namespaces else "(?!)"
    return rf"{never}\{{(?!(?:{names})\}}){NAMESPACE}\}}{LOCAL}$"


def free_content(child: Schema) -> Schema:
    """The content of an element that nobody declared: text, children, or both, each with its key."""
    text: Schema = {"type": "string", "minLength": 1}
    both: list[Schema] = [{"contains": {"type": "object"}}, {"contains": {"type": "string", "pattern": r"[^ \t\r\n]"}}]
    return {
        "$value": text,
        "$items": {"type": "array", "minItems": 1, "items": child},
        "$mixed": {"type": "array", "items": any_of([text, child]), "allOf": both},
    }


# What is no name in a type's id (`{ns}Name`, or `element:{ns}Name#step` of an anonymous one).
_NO_NAME: Final = re.compile(r"^(?:element|attribute|type):|\{[^{}]*\}")


def component(type_id: str) -> str:
    """The name of a type's schema among the components: its local names, in ASCII."""
    text = "_".join(word for word in _NO_NAME.sub("", type_id).replace("/", "#").split("#") if word)
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in text)[:100] or "Type"
