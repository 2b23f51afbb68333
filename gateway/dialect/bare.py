"""The law of dressing: what real services leave away or spell without a namespace is put in order.

A bare reply is put into its result wrapper, an unqualified tree into the contract's namespace; a
multi-part body into its synthetic element and out again, a header block into another version of SOAP.
New trees are made, foreign ones not changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from lxml import etree

from .envelope import ACTOR_NEXT, BY_NS, NS, ROLE_NEXT, Version

# The attributes of a header block and their words, as the other version's are said in this one (§4.2; §5.2).
_SAID: Final[Mapping[Version, Mapping[str, str]]] = {
    "1.1": {"mustUnderstand": "mustUnderstand", "role": "actor", "encodingStyle": "encodingStyle"},
    "1.2": {"mustUnderstand": "mustUnderstand", "actor": "role", "encodingStyle": "encodingStyle"},
}
_WORDS: Final[Mapping[Version, Mapping[str, str]]] = {
    "1.1": {"true": "1", "false": "0", ROLE_NEXT: ACTOR_NEXT},
    "1.2": {ACTOR_NEXT: ROLE_NEXT},
}


def qualified(node: Any, namespace: str) -> Any:
    """A copy of the tree in which every element without a namespace stands in `namespace`."""
    return _copy(node, lambda tag: tag if tag.startswith("{") else f"{{{namespace}}}{tag}")


def respelled(node: Any, name: str, home: Callable[[str], str]) -> Any:
    """A copy whose root is called `name`, and every element below stands in `home` of its namespace."""
    root = _empty(node, name)
    root.text = node.text
    for child in node:
        twin = _copy(child, lambda tag: _in(home(_namespace(tag)), tag))
        twin.tail = child.tail
        root.append(twin)
    return root


def _in(namespace: str, tag: str) -> str:
    local = tag.rpartition("}")[2]
    return f"{{{namespace}}}{local}" if namespace else local


def renamed(node: Any, name: str) -> Any:
    """A copy whose root has another name."""
    root = _empty(node, name)
    root.text = node.text
    root.extend(_copy(child, str) for child in node)
    return root


def wrapped(nodes: Sequence[Any], name: str) -> Any:
    """A new element around copies of the nodes: a multi-part body as its synthetic element."""
    root = etree.Element(name)
    root.extend(_copy(node, str) for node in nodes)
    return root


def carried(block: Any, version: Version) -> Any:
    """A header block with the envelope's own attributes said in another version; the very block where none differs."""
    foreign = [name for name in block.attrib if BY_NS.get(_namespace(name), version) != version]
    if not foreign:
        return block
    twin = renamed(block, block.tag)
    for name in foreign:
        local, text = name.rpartition("}")[2], twin.attrib.pop(name).strip()
        if local in _SAID[version]:
            twin.set(f"{{{NS[version]}}}{_SAID[version][local]}", _WORDS[version].get(text, text))
    return twin


def _namespace(name: str) -> str:
    return name[1:].partition("}")[0] if name[:1] == "{" else ""


def _copy(node: Any, rename: Callable[[str], str]) -> Any:
    # Iterative: the depth is bounded by the parser's limit, but Python's stack need not be asked.
    root = _empty(node, rename(node.tag))
    stack = [(node, root)]
    while stack:
        old, new = stack.pop()
        new.text = old.text
        for child in old:
            twin = _empty(child, rename(child.tag), new)
            twin.tail = child.tail
            stack.append((child, twin))
    return root


def _empty(node: Any, tag: str, parent: Any = None) -> Any:
    if parent is None:
        twin = etree.Element(tag, nsmap=node.nsmap)
    else:
        twin = etree.SubElement(parent, tag, nsmap=node.nsmap)
    twin.attrib.update(node.attrib)
    return twin


def bare_reply(local: str, path: Sequence[str]) -> Callable[[Any], Any]:
    """A dresser: reads a root without Envelope, or a Body's child, named `local` as the last step of `path`.

    `path` is the Clark names from the reply's body element down to the bare element. The dresser
    gives the dressed body element, or None when the reply is not bare.
    """
    namespace = path[-1].rpartition("}")[0][1:]

    def dress(root: Any) -> Any:
        node = _bare(root, local)
        if node is None:
            return None
        inner = qualified(node, namespace)
        if inner.tag != path[-1]:
            return None
        for name in reversed(path[:-1]):
            outer = etree.Element(name)
            outer.append(inner)
            inner = outer
        return inner

    return dress


def _bare(root: Any, local: str) -> Any:
    namespace, _, name = root.tag.rpartition("}")
    if name == local:
        return root
    if name == "Envelope" and namespace[1:] in BY_NS:
        body = root.find(f"{namespace}}}Body")
        if body is not None and len(body) and body[0].tag.rpartition("}")[2] == local:
            return body[0]
    return None
