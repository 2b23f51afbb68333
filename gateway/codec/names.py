"""The law of names in messages: Clark names taken apart, made into steps, and proven before they are written.

A name that came in JSON (`{namespace}local`) becomes markup only after `checked`: it is an NCName
(Namespaces in XML 1.0, production 4) and its namespace is one that may be declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ..core.xmlnames import is_namespace, is_nc_name
from ..xml import illegal_at

XS: Final = "http://www.w3.org/2001/XMLSchema"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
XML: Final = "http://www.w3.org/XML/1998/namespace"
XMLNS: Final = "http://www.w3.org/2000/xmlns/"
ANY_TYPE: Final = f"{{{XS}}}anyType"
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


def clark(namespace: str, name: str) -> str:
    """The Clark name; plain without a namespace."""
    return f"{{{namespace}}}{name}" if namespace else name


def local(name: str) -> str:
    """The local part of a Clark name."""
    return name.rpartition("}")[2]


def checked(key: str) -> tuple[str, str] | None:
    """A `{namespace}local` of a JSON key as (namespace, local); None when it is no such name."""
    if key[:1] != "{":
        return None
    namespace, brace, name = key[1:].partition("}")
    if not brace or len(name) > 256 or not is_nc_name(name) or namespace == XMLNS or illegal_at(namespace) >= 0:
        return None
    return (namespace, name) if len(namespace) <= 2048 and is_namespace(namespace) else None


def checked_attribute(key: str) -> tuple[str, str] | None:
    """The same for an attribute; `xmlns` is a declaration (Namespaces in XML §3), and `xsi:*` has keys of its own."""
    named = checked(key)
    return None if named is None or named == ("", "xmlns") or named[0] == XSI else named


def braced(tag: str) -> str:
    """The key of an element or attribute under a wildcard: braces even without a namespace."""
    return tag if tag[0] == "{" else "{}" + tag


def step_of(name: str, prefixes: Mapping[str, str]) -> str:
    """The XPath 1.0 step of an element: by the contract's prefix, by both its names where there is none."""
    namespace, plain = split(name)
    prefix = "xml" if namespace == XML else prefixes.get(namespace)
    if not namespace or prefix:
        return f"{prefix}:{plain}" if namespace else plain
    quote = '"' if "'" in namespace else "'"
    return f"*[local-name()='{plain}' and namespace-uri()={quote}{namespace}{quote}]"


def attribute_step(name: str, prefixes: Mapping[str, str]) -> str:
    """The XPath 1.0 step of an attribute."""
    return "@" + step_of(name, prefixes)


def key_step(key: str, prefixes: Mapping[str, str], home: str = "") -> str:
    """The step that an unknown JSON key would be; '' for what is no name. `home`: the prefix of its siblings."""
    at, name = ("@", key[1:]) if key[:1] == "@" else ("", key)
    if name[:1] == "{":
        named = checked(name)
        return at + step_of(f"{{{named[0]}}}{named[1]}" if named[0] else named[1], prefixes) if named else ""
    prefix, colon, plain = name.rpartition(":")
    if not is_nc_name(plain) or (colon and prefix not in {"xml", *prefixes.values()}):
        return ""
    return f"{home}:{key}" if home and not at and not colon else key


def wild_step(given: object, at: int, prefixes: Mapping[str, str]) -> str:
    """The step of an entry of `$any`, with its position among those of its name; `*` for what is no entry."""
    entries = given if isinstance(given, list) else [given]
    entry = entries[at] if at < len(entries) else None
    key = next(iter(entry)) if isinstance(entry, dict) and len(entry) == 1 else ""
    named = checked(key)
    if named is None:
        return "*"
    same = [isinstance(one, dict) and key in one for one in entries]
    step = step_of(clark(*named), prefixes)
    return f"{step}[{sum(same[:at]) + 1}]" if sum(same) > 1 else step


def home_of(prefixes: Mapping[str, str], names: Iterable[str]) -> str:
    """The prefix of the one namespace that all these elements are of; '' where there is none, or more."""
    namespaces = {split(name)[0] for name in names}
    return prefixes.get(namespaces.pop(), "") if len(namespaces) == 1 else ""


def short(name: str, prefixes: Mapping[str, str]) -> str:
    """`prefix:local` by the contract's prefixes; `local` alone for others."""
    namespace, plain = split(name)
    prefix = prefixes.get(namespace) if namespace else None
    return f"{prefix}:{plain}" if prefix else plain
