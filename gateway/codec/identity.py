"""The law of identity: xs:key, xs:unique and xs:keyref, judged on the tree of one scope element.

XSD 1.0 Part 1 §3.11.4. The paths are the small XPath of §3.11.6, walked with the types in hand, so
that fields are compared by value. Only contracts that declare such constraints pay for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from ..core.value import Value
from ..schema import ir
from ..xml import text_of
from .flaw import Flaw, Found
from .lexical import Unfit
from .names import ANY_TYPE, NIL, SPACE, TYPE, short
from .plan import Place, Plan
from .state import Reading

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<deep>\.//)|(?P<slash>/)|(?P<bar>\|)|(?P<at>@|attribute::)|child::|(?P<dot>\.)"
    r"|(?P<name>\{[^}]*\}[\w.*-]+|\*|[\w.-]+))"
)

# What a field may not name (cvc-identity-constraint.3): more than one node, or one without a simple type.
SEVERAL: Final = "several nodes", object()
UNTYPED: Final = "no simple type", object()


@dataclass(frozen=True, slots=True)
class Path:
    """One alternative of a selector or field: steps down, then an attribute for a field."""

    deep: bool
    steps: tuple[str, ...]
    attribute: str = ""


def parse_path(text: str) -> tuple[Path, ...]:
    """The alternatives of an XPath of §3.11.6, names in Clark form."""
    paths: list[Path] = []
    steps: list[str] = []
    deep, attribute, at = False, "", False
    for found in _TOKEN.finditer(text):
        name = found["name"]
        if found["bar"]:
            paths.append(Path(deep, tuple(steps), attribute))
            deep, steps, attribute, at = False, [], "", False
        elif found["deep"]:
            deep = True
        elif found["at"]:
            at = True
        elif name and at:
            attribute = name
        elif name:
            steps.append(name)
    return (*paths, Path(deep, tuple(steps), attribute))


@dataclass(frozen=True, slots=True)
class Node:
    """An element with its declaration's default and its type, and the way to it from the scope."""

    el: Any
    type: ir.TypeId
    default: str | None
    way: tuple[Any, ...]  # the nodes above it, the scope first


class Types:
    """The types of a tree's elements, found on the way down."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._children: dict[ir.TypeId, dict[str, ir.Element]] = {}

    def scope(self, el: Any, element: ir.Element) -> Node:
        """The scope element itself."""
        return Node(el, self._actual(el, element.type), None, ())

    def children(self, node: Node) -> Iterator[Node]:
        """The child elements that have a declaration."""
        known = self._of(node.type)
        for el in node.el:
            if isinstance(el.tag, str):
                element = known.get(el.tag) or self._plan.model.elements.get(el.tag)
                declared = element.type if element is not None else ANY_TYPE
                default = (element.fixed or element.default) if element is not None else None
                yield Node(el, self._actual(el, declared), default, (*node.way, node))

    def _of(self, type_id: ir.TypeId) -> dict[str, ir.Element]:
        known = self._children.get(type_id)
        if known is None:
            known = self._children[type_id] = {}
            type_ = self._plan.model.types.get(type_id)
            if isinstance(type_, ir.Complex) and type_.particle is not None:
                self._collect(type_.particle, known)
        return known

    def _collect(self, particle: ir.Particle, known: dict[str, ir.Element]) -> None:
        if isinstance(particle, ir.Group):
            for one in particle.particles:
                self._collect(one, known)
        elif isinstance(particle, ir.ElementUse):
            known[particle.element.name] = particle.element

    def _actual(self, el: Any, declared: ir.TypeId) -> ir.TypeId:
        text = el.get(TYPE)
        if text is None:
            return declared
        prefix, _, name = text.strip(SPACE).rpartition(":")
        namespace = el.nsmap.get(prefix or None) or ""
        named = f"{{{namespace}}}{name}" if namespace else name
        return named if named in self._plan.model.types else declared

    def attributes(self, node: Node, test: str) -> Iterator[str]:
        """The attributes of a node that a field's step names; '' is the element itself."""
        if test != "*" and not test.endswith("}*"):
            yield test
            return
        type_ = self._plan.model.types.get(node.type)
        declared = type_.attributes if isinstance(type_, ir.Complex) else ()
        there = {*node.el.keys(), *(use.name for use in declared if use.fixed or use.default)}
        for name in sorted(there):
            if test == "*" or name.startswith(test[:-1]):  # xsi:nil, too: a field that names it names two nodes
                yield name

    def value(self, node: Node, attribute: str) -> Hashable | None:
        """The value of a field's node; None when there is none, `UNTYPED` when it has no simple type."""
        type_ = self._plan.model.types.get(node.type)
        if attribute:
            return self._attribute(node, type_, attribute)
        simple = type_.simple if isinstance(type_, ir.Complex) else node.type
        if simple is None or not isinstance(self._plan.model.types.get(simple), ir.Simple):
            return UNTYPED
        if node.el.get(NIL, "").strip(SPACE) in {"true", "1"}:
            return None
        text = text_of(node.el) or node.default or ""
        return self._key(simple, text, node.el)

    def _attribute(self, node: Node, type_: ir.Type | None, name: str) -> Hashable | None:
        uses = {use.name: use for use in type_.attributes} if isinstance(type_, ir.Complex) else {}
        use = uses.get(name) or self._plan.model.attributes.get(name)
        if use is None:
            return None if node.el.get(name) is None else UNTYPED
        text = node.el.get(name, use.fixed or use.default)
        return None if text is None else self._key(use.type, text, node.el)

    def _key(self, type_id: ir.TypeId, text: str, el: Any) -> Hashable | None:
        try:
            return self._plan.leaf(type_id).scalar.key(text, el.nsmap)
        except Unfit:
            return None


def select(types: Types, scope: Node, paths: tuple[Path, ...]) -> Iterator[Node]:
    """The nodes that a selector names, each once."""
    seen: set[Any] = set()  # the elements themselves: a proxy that is let go gives its id to the next
    for path in paths:
        starts = _down(types, scope) if path.deep else iter((scope,))
        for node in _walk(types, starts, path.steps):
            if node.el not in seen:
                seen.add(node.el)
                yield node


def _down(types: Types, node: Node) -> Iterator[Node]:
    yield node
    for child in types.children(node):
        yield from _down(types, child)


def _walk(types: Types, nodes: Iterator[Node], steps: tuple[str, ...]) -> Iterator[Node]:
    for step in steps:
        nodes = _children(types, list(nodes), step)
    return nodes


def _children(types: Types, nodes: list[Node], step: str) -> Iterator[Node]:
    for node in nodes:
        for child in types.children(node):
            if step in {"*", child.el.tag} or (step.endswith("}*") and child.el.tag.startswith(step[:-1])):
                yield child


class Constraint:
    """One constraint, its paths taken apart."""

    def __init__(self, identity: ir.Identity) -> None:
        self.identity = identity
        self.selector = parse_path(identity.selector)
        self.fields = tuple(parse_path(field) for field in identity.fields)

    def rows(self, types: Types, scope: Node) -> Iterator[tuple[Node, tuple[Hashable | None, ...]]]:
        """The selected nodes and their fields' values; None for a field that is absent."""
        for node in select(types, scope, self.selector):
            yield node, tuple(self._field(types, node, paths) for paths in self.fields)

    @staticmethod
    def _field(types: Types, node: Node, paths: tuple[Path, ...]) -> Hashable | None:
        found: dict[tuple[Any, str], Hashable] = {}
        for path in paths:
            starts = _down(types, node) if path.deep else iter((node,))
            for one in _walk(types, starts, path.steps):
                for name in types.attributes(one, path.attribute):
                    value = types.value(one, name)
                    if value is not None:
                        found[one.el, name] = value
        values = list(found.values())
        return SEVERAL if len(values) > 1 else values[0] if values else None


def guarded(plan: Plan, place: Place) -> Callable[[Any, Reading], Value]:
    """The place's reader with its identity constraints checked behind it."""
    plan.identified.append(place.element)
    inner = place.read
    constraints = [Constraint(identity) for identity in place.element.identities]

    def read(el: Any, doc: Reading) -> Value:
        value = inner(el, doc)
        types = Types(plan)
        scope = types.scope(el, place.element)
        found = Found(plan.findings)
        for constraint in constraints:
            for node, detail, expected in _breaches(plan, constraint, types, scope):
                flaw = Flaw(detail, expected)
                flaw.pointer, flaw.xpath = _place(plan, node)
                found.add(flaw)
        found.done()
        return value

    return read


def _breaches(plan: Plan, constraint: Constraint, types: Types, scope: Node) -> Iterator[tuple[Node, str, str]]:
    identity = constraint.identity
    name = identity.name.rpartition("}")[2]
    taken: set[tuple[Hashable | None, ...]] = set()
    if identity.kind == "keyref":
        keys = _referred(plan, identity.refer, types, scope)
        for node, row in constraint.rows(types, scope):
            if SEVERAL in row or UNTYPED in row:
                yield node, f"A field of the keyref `{name}` is not one value.", "one value of a simple type"
            elif None not in row and row not in keys:
                yield node, f"This refers to nothing (keyref `{name}`).", "the key of an element of this message"
        return
    for node, row in constraint.rows(types, scope):
        if SEVERAL in row or UNTYPED in row:
            yield node, f"A field of the {identity.kind} `{name}` is not one value.", "one value of a simple type"
        elif None in row:
            if identity.kind == "key":
                yield node, f"A field of the key `{name}` is missing.", "each field of the key"
        elif row in taken:
            yield node, f"This stands twice ({identity.kind} `{name}`).", "a value of its own"
        else:
            taken.add(row)


def _referred(plan: Plan, refer: str, types: Types, scope: Node) -> set[tuple[Hashable | None, ...]]:
    """The rows of a key in this scope and below it (§3.11.5)."""
    keys: set[tuple[Hashable | None, ...]] = set()
    owners = {
        element.name: identity
        for element in plan.identified
        for identity in element.identities
        if identity.name == refer
    }
    for node in _down(types, scope):
        identity = owners.get(node.el.tag)
        if identity is not None:
            keys.update(row for _, row in Constraint(identity).rows(types, node))
    return keys


def _place(plan: Plan, node: Node) -> tuple[list[str | int], list[str]]:
    """Both ways from the scope to a node, innermost step first; the pointer ends where keys are not plain."""
    pointer: list[str | int] = []
    xpath: list[str] = []
    plain = True
    chain = [*node.way, node]
    for parent, child in pairwise(chain):
        before = sum(1 for _ in child.el.itersiblings(child.el.tag, preceding=True))
        xpath.append(f"{short(child.el.tag, plan.prefixes)}[{before + 1}]")
        type_ = plan.model.types.get(parent.type)
        form = type_.form if isinstance(type_, ir.Complex) else None
        slot = _slot(form, child.el.tag) if plain else None
        if slot is None:
            plain = False
            continue
        if not isinstance(form, ir.Array) or parent is chain[0]:
            pointer.append(slot.key)
        if slot.repeated:
            pointer.append(before)
    return pointer[::-1], xpath[::-1]


def _slot(form: ir.Form | None, tag: str) -> ir.Slot | None:
    if isinstance(form, ir.Array):
        return form.member if isinstance(form.member, ir.Slot) else None
    if not isinstance(form, ir.Keys) or form.content is None:
        return None
    nodes: list[ir.Node] = [form.content]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ir.Slot):
            if node.element.name == tag:
                return node
        elif isinstance(node, (ir.Sequence, ir.Choice, ir.All)):
            nodes.extend(node.nodes)
    return None
