"""The law of names: prefixes, ids of anonymous types and keys are fixed by the contract alone.

The same documents give the same names on every run and machine. Nothing here knows of content models.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from lxml import etree

from gateway.schema.source import XML, XS, XSI

RESERVED: Final = {XS: "xs", XML: "xml", XSI: "xsi"}


def split(name: str) -> tuple[str, str]:
    """A Clark name as (namespace, local)."""
    if name.startswith("{"):
        namespace, _, local = name[1:].partition("}")
        return namespace, local
    return "", name


def local(name: str) -> str:
    """The local part of a Clark name."""
    return name.rpartition("}")[2]


def clark(namespace: str, local_name: str) -> str:
    """The Clark name; plain without a namespace."""
    return f"{{{namespace}}}{local_name}" if namespace else local_name


def prefixes(roots: Iterable[etree._Element], namespaces: Iterable[str]) -> dict[str, str]:
    """Namespace -> prefix: what the documents call it, their own target namespace first; clashes are numbered."""
    own: dict[str, str] = {}
    others: dict[str, str] = {}
    for root in roots:
        target = root.get("targetNamespace")
        for prefix, uri in sorted(_declared(root)):
            if uri == target:
                own.setdefault(uri, prefix)
            others.setdefault(uri, prefix)
    chosen = dict(RESERVED)
    taken = set(chosen.values())
    for namespace in namespaces:
        if namespace and namespace not in chosen:
            stem = own.get(namespace) or others.get(namespace) or "ns"
            prefix, number = (stem, 1) if stem != "ns" else ("ns1", 1)
            while prefix in taken or prefix.lower().startswith("xml"):
                number += 1
                prefix = f"{stem}{number}" if not stem.lower().startswith("xml") else f"ns{number}"
            chosen[namespace] = prefix
            taken.add(prefix)
    return chosen


def _declared(root: etree._Element) -> Iterator[tuple[str, str]]:
    for prefix, uri in root.nsmap.items():
        if prefix:
            yield prefix, uri


def site(component: Any) -> str:
    """A stable id of an anonymous type: the global component it stands in, then the way down to it.

    `component` is an xmlschema type without a name; its way is made of the element and attribute
    names on it, so adding a sibling changes no other id.
    """
    steps: list[str] = []
    at: Any = component.parent
    while at is not None:
        kind = local(at.elem.tag)
        name = str(getattr(at, "name", ""))
        if at.parent is None:
            steps.append(f"{kind}:{name}" if kind not in ("complexType", "simpleType") else name)
        elif kind == "attribute":
            steps.append("@" + local(name))
        elif kind == "element":
            steps.append(local(name))
        elif kind in ("list", "union"):
            steps.append(kind)
        at = at.parent
    head, *rest = reversed(steps) if steps else ("",)
    return head + "#" + "/".join(rest)


# ---------------------------------------------------------------- spellings of keys


def _words(name: str) -> list[str]:
    """The words of an XML name: parted by `_`, `-` and `.`, and where a capital begins one."""
    words, start = [], 0
    for at in range(1, len(name) + 1):
        if at == len(name) or _begins(name, at):
            words.append(name[start:at].strip("_-."))
            start = at
    return [word for word in words if word]


def _begins(name: str, at: int) -> bool:
    before, here, after = name[at - 1], name[at], name[at + 1 : at + 2]
    if before in "_-.":
        return True
    return here.isupper() and (not before.isupper() or after.islower())


def camel(name: str) -> str:
    """`LocksToSteal` -> `locksToSteal`, `IDNumber` -> `idNumber`, `my-key` -> `myKey`."""
    words = _words(name)
    return "".join([words[0].lower(), *(w[:1].upper() + w[1:].lower() for w in words[1:])]) if words else name


def snake(name: str) -> str:
    """`LocksToSteal` -> `locks_to_steal`, `IDNumber` -> `id_number`."""
    words = _words(name)
    return "_".join(word.lower() for word in words) if words else name


SPELLINGS: Final = {"as-is": lambda name: name, "camel": camel, "snake": snake}
