"""The law of open keys: which keys stand for attributes that a wildcard takes (XSD 1.0 Part 1 §3.10.1).

A long pattern stands as a value, never as a key: YAML reads no key beyond 1,024 characters (YAML 1.2.2 §7.4.2), and
tools read JSON as YAML.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from gateway.core.xmlnames import NAMESPACE
from gateway.schema.ir import Wildcard
from gateway.schema.jsonforms import LOCAL, NEVER, braced, name_pattern, quoted
from gateway.schema.jsonnodes import Schema
from gateway.schema.source import XSI

_TEXT: Final[Schema] = {"type": ["string", "null"]}


def wild_keys(wildcard: Wildcard, typed: Schema, declared: Iterable[str]) -> Schema:
    """The keys beside the `declared` (names); `typed` are the global attributes among them: pattern to schema."""
    if wildcard.process == "strict":
        return {"patternProperties": typed}
    known = "".join(f"(?!{key.removeprefix('^@')})" for key in typed)
    known += "".join(f"(?!{quoted(braced(name))}$)" for name in (*sorted(declared), "xmlns"))
    return _open_keys(r"@\{", typed, f"^@{known}{name_pattern(wildcard, attribute=True)}")


def free_keys(typed: Schema, *, hints: bool) -> Schema:
    """The keys of an element that nobody declared: any but xsi's; `hints`: any but schemaLocation's."""
    known = "".join(f"(?!{key.removeprefix('^@')})" for key in typed)
    barred = "(?:schemaLocation|noNamespaceSchemaLocation)$" if hints else ""
    pattern = rf"^@{known}(?!xmlns$)(?!\{{{quoted(XSI)}\}}{barred}){NEVER}(?:\{{(?!\}}){NAMESPACE}\}})?{LOCAL}$"
    return _open_keys("@", typed, pattern)


def _open_keys(start: str, typed: Schema, others: str) -> Schema:
    known = "|".join(key.removeprefix("^").removeprefix(start) for key in typed)
    rest = f"^{start}" + (f"(?!{known})" if known else "")
    return {
        "patternProperties": {**typed, rest: _TEXT},
        "propertyNames": {"pattern": "|".join([f"^(?!{start})", *typed, others])},
    }
