"""The law of names in messages: Clark names taken apart, made into steps, and proven before they are written.

A name that came in JSON (`{namespace}local`) becomes markup only after `checked`: it is an NCName
(Namespaces in XML 1.0, production 4) and its namespace is one that may be declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..core.xmlnames import is_nc_name
from ..xml import illegal_at

XS: Final = "http://www.w3.org/2001/XMLSchema"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
XML: Final = "http://www.w3.org/XML/1998/namespace"
XMLNS: Final = "http://www.w3.org/2000/xmlns/"
ANY_TYPE: Final = f"{{{XS}}}anyType"
ANY_SIMPLE: Final = f"{{{XS}}}anySimpleType"
NIL: Final = f"{{{XSI}}}nil"
TYPE: Final = f"{{{XSI}}}type"
HINTS: Final = frozenset({f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation"})
SPACE: Final = " \t\r\n"


def split(name: str) -> tuple[str, str]:
    """A Clark name as (namespace, local)."""
    if name[:1] == "{":
        namespace, _, local = name[1:].partition("}")
        return namespace, local
    return "", name


def local(name: str) -> str:
    """The local part of a Clark name."""
    return name.rpartition("}")[2]


def checked(key: str) -> tuple[str, str] | None:
    """A `{namespace}local` of a JSON key as (namespace, local); None when it is no such name."""
    if key[:1] != "{":
        return None
    namespace, brace, name = key[1:].partition("}")
    if not brace or len(name) > 256 or not is_nc_name(name) or namespace in {XMLNS, XSI} or illegal_at(namespace) >= 0:
        return None
    if not namespace.isprintable() or " " in namespace or len(namespace) > 2048:
        return None
    return namespace, name


def checked_attribute(key: str) -> tuple[str, str] | None:
    """The same for an attribute; `xmlns` is a declaration, not an attribute (Namespaces in XML §3)."""
    named = checked(key)
    return None if named == ("", "xmlns") else named


def braced(tag: str) -> str:
    """The key of an element or attribute under a wildcard: braces even without a namespace."""
    return tag if tag[0] == "{" else "{}" + tag


def short(name: str, prefixes: Mapping[str, str]) -> str:
    """`prefix:local` by the contract's prefixes; `local` alone for others."""
    namespace, plain = split(name)
    prefix = prefixes.get(namespace) if namespace else None
    return f"{prefix}:{plain}" if prefix else plain
