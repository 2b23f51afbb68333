"""The law of emitted reading: straight-line code for content that libxml2 has held valid.

Children are taken in the order that the layout gives; what the emitter does not know (attributes that stand
there, xsi:type, nil, wildcards, mixed content) is handed to the closures' place. A child that does
not come as expected raises `Miss`: then the reference reads the whole message, and says why.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import islice
from typing import Final

from ..core.lexical import builtin
from ..schema import ir
from .attributes import refers
from .plan import Place, Plan
from .source import Source
from .temporal import common

BOOLEANS: Final = {"true": True, "false": False, "1": True, "0": False}
_INTS: Final = frozenset("int short byte unsignedInt unsignedShort unsignedByte".split())

# Up to 18 characters of these are an int; with more, or as -0, its own reader knows what is kept of them.
_WHOLES: Final = frozenset(
    "long unsignedLong integer nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger".split()
)


class Miss(Exception):
    """The generated code does not know this message; the reference does."""


class Reader:
    """Emits one function a complex type: `(el, doc) -> value`."""

    def __init__(self, plan: Plan, source: Source) -> None:
        self._plan = plan
        self._source = source
        self._functions: dict[str, str] = {}
        self._waiting: list[tuple[str, ir.Complex, ir.Form]] = []
        source.constant(BOOLEANS, "B")
        self._booleans = source.constant(BOOLEANS, "B")
        self._miss = source.constant(Miss, "X")

    def root(self, place: Place) -> str | None:
        """The function that reads a root, None where the closures read it better."""
        kind = place.io.type
        if not isinstance(kind, ir.Complex) or place.element.identities:
            return None
        name = self._function(f"root:{kind.id}", kind)
        while self._waiting:
            self._write(*self._waiting.pop())
        return name

    def _function(self, key: str, kind: ir.Complex) -> str | None:
        name = self._functions.get(key)
        if name is not None or key in self._functions:
            return name
        if not self._knows(kind):
            return None
        name = self._functions[key] = f"read_{len(self._functions)}"
        assert kind.form is not None
        self._waiting.append((name, kind, kind.form))
        return name

    def _knows(self, kind: ir.Complex) -> bool:
        settings = self._plan.settings
        if settings.lists == "empty" or settings.nulls == "write" or settings.defaults == "fill" or kind.asserts:
            return False
        if any(refers(self._plan, use) for use in kind.attributes):  # an absent attribute may want an ID
            return False
        form = kind.form
        if isinstance(form, ir.Keys):
            return not form.loose and (form.content is None or _plain(form.content))
        return isinstance(form, ir.Array) and not form.loose and isinstance(form.member, ir.Slot)

    # ------------------------------------------------------------ one type

    def _write(self, name: str, kind: ir.Complex, form: ir.Form) -> None:
        content: ir.Node | None = form.member if isinstance(form, ir.Array) else getattr(form, "content", None)
        if content is None:
            body = [f"if len(el): raise {self._miss}", "return {}"]
        elif isinstance(form, ir.Array):
            assert isinstance(content, ir.Slot)
            body = [f"return [{self._value(content, 'c')} for c in el]"]
        elif isinstance(content, ir.Slot) and content.repeated:
            body = self._items(content)
        else:
            body = self._members(content)
        self._source.function(f"def {name}(el, doc):", body)

    def _items(self, slot: ir.Slot) -> list[str]:
        """A repetition that is all the content. Not counted: of a long one that is a walk that others wait for."""
        none = f"raise {self._miss}" if slot.min else "return {}"
        items = f"[{self._value(slot, 'c')} for c in el]"
        return [f"found = {items}", f"if not found: {none}", f"return {{{slot.key!r}: found}}"]

    def _members(self, content: ir.Node) -> list[str]:
        body = ["count = len(el)"]
        run, rest = _required_run(content)
        every = _singles(content)
        if every is not None and len(every) > len(run) + 1:
            # all that may stand here stands here: each is where the order puts it
            body += [f"if count == {len(every)}:", *("    " + line for line in self._object(every, "return {", "}"))]
        if run:
            body.append(f"if count < {len(run)}: raise {self._miss}")
            body += self._object(run, "out = {", "}")
        else:
            body.append("out = {}")
        if not rest:
            body += [f"if count != {len(run)}: raise {self._miss}", "return out"]
        elif len(rest) == 1 and isinstance(rest[0], ir.Slot) and rest[0].repeated:
            body += self._tail(rest[0], len(run))
        elif len(rest) == 1 and isinstance(rest[0], ir.Slot):
            body += self._last(rest[0], len(run))
        else:
            body += [_NEXT if run else "c = el[0] if count else None", _TAG]
            for node in rest:
                body += self._node(node)
            body += [f"if c is not None: raise {self._miss}", "return out"]
        return body

    def _object(self, slots: list[ir.Slot], start: str, end: str) -> list[str]:
        """An object of the first children: required and single, so libxml2 has held that they are these."""
        lines = [start]
        for at, slot in enumerate(slots):
            lines.append(f"    {slot.key!r}: {self._value(slot, 'c', _NTH if at else _FIRST)},")
        return [*lines, end]

    def _tail(self, slot: ir.Slot, at: int) -> list[str]:
        """A repetition that ends the content: whatever is left can only be its items."""
        rest = f"el[{at}:] if count < {_LONG} else {self._source.constant(islice, 'I')}(el, {at}, None)"
        lines = [f"if count > {at}:", f"    out[{slot.key!r}] = [{self._value(slot, 'c')} for c in ({rest})]"]
        return [*lines, *([f"else: raise {self._miss}"] if slot.min else []), "return out"]

    def _last(self, slot: ir.Slot, at: int) -> list[str]:
        """An optional child that ends the content: a child that is left can only be it."""
        return [
            f"if count > {at}:",
            f"    if count > {at + 1}: raise {self._miss}",
            f"    out[{slot.key!r}] = {self._value(slot, 'c', _NTH if at else _FIRST)}",
            "return out",
        ]

    def _node(self, node: ir.Node) -> list[str]:
        """Lines for a node, where `c` is the next child and `tag` its name; both None when there is no more."""
        match node:
            case ir.Slot():
                return self._slot(node)
            case ir.Choice():
                return self._choice(node)
            case ir.Sequence() if node.optional:
                lines = [line for inner in node.nodes for line in self._node(inner)]
                return [f"if tag in {_names(_first(node))}:", *("    " + line for line in lines)]
            case ir.Sequence():
                return [line for inner in node.nodes for line in self._node(inner)]
        raise ValueError("the emitter does not know this node")

    def _slot(self, slot: ir.Slot) -> list[str]:
        key, name = repr(slot.key), repr(slot.element.name)
        absent = [f"else: raise {self._miss}"] if slot.min else []
        if slot.repeated:
            return [
                f"if tag == {name}:",
                f"    out[{key}] = found = []",
                f"    while tag == {name}:",
                f"        found.append({self._value(slot, 'c')})",
                f"        {_NEXT}",
                f"        {_TAG}",
                *absent,
            ]
        taken = [f"    out[{key}] = {self._value(slot, 'c')}", f"    {_NEXT}", f"    {_TAG}"]
        return [f"if tag == {name}:", *taken, *absent]

    def _choice(self, choice: ir.Choice) -> list[str]:
        lines: list[str] = []
        word = "if"
        for branch in choice.nodes:
            lines.append(f"{word} tag in {_names(_first(branch))}:")
            lines += ["    " + line for line in self._node(branch)]
            word = "elif"
        if not choice.optional and not any(_may_be_empty(branch) for branch in choice.nodes):
            lines.append(f"else: raise {self._miss}")
        return lines

    # ------------------------------------------------------------ one child

    def _value(self, slot: ir.Slot, c: str, first: str = "") -> str:
        """An expression for the value of the child in the variable `c`, which `first` may set on its way."""
        first = first or c
        place = self._plan.place(slot.element)
        slow = f"{self._source.constant(place, 'P')}.read({c}, doc)"
        kind = place.io.type
        if isinstance(kind, ir.Complex):
            inner = self._function(kind.id, kind) if not place.element.identities and not kind.abstract else None
            # nil, xsi:type and attributes are the closures' to read: none of them stands here
            if inner is None:
                return f"{self._source.constant(place, 'P')}.read({first}, doc)"
            return f"({inner}({c}, doc) if not {first}.keys() else {slow})"
        types = self._plan.model.types
        if place.quick_read is None or any(
            isinstance(types[derived], ir.Complex) for derived in self._plan.model.derived.get(kind.id, ())
        ):
            # xsi:type may make an object of it
            return f"{self._source.constant(place, 'P')}.read({first}, doc)"
        return self._scalar(kind, place, first, slow)

    def _scalar(self, kind: ir.Simple, place: Place, c: str, slow: str) -> str:
        """The scalar's own reader, and before it what is most often there, by a test in C."""
        settings = self._plan.settings
        typed = settings.scalars == "typed" and kind.variety == "atomic" and not kind.facets.patterns
        bare = kind.variety == "atomic" and kind.facets == ir.Facets()
        if bare and kind.builtin == "string" and kind.white_space == "preserve":
            return f"({c}.text or {slow})"
        if typed and kind.builtin in _INTS:
            return f"(int(t) if (t := {c}.text) else {slow})"
        if typed and kind.builtin == "boolean":
            return f"(v if (v := {self._booleans}.get({c}.text)) is not None else {slow})"
        quick = self._source.constant(place.quick_read, "Q")
        none = self._source.constant(_NONE, "N")
        after = f"{quick}(t, {none}) if t else {slow}"
        if typed and kind.builtin in _WHOLES and settings.numbers == "exact":
            return f"(v if (t := {c}.text) and len(t) < 19 and ((v := int(t)) or t == '0') else {after})"
        if bare and builtin(kind.builtin).kind == "temporal":
            return f"(t if (t := {c}.text) and {self._source.constant(common(kind.builtin), 'M')}(t) else {after})"
        if bare and typed and kind.builtin == "decimal" and settings.numbers == "exact":
            return self._decimal(c, after)
        return f"({quick}(t, {none}) if (t := {c}.text) else {slow})"

    def _decimal(self, c: str, after: str) -> str:
        """A decimal whose digits may stay as they are, or what is said `after` that."""
        plain, number = self._source.constant(POINTED, "M"), self._source.constant(Decimal, "T")
        return f"({number}(t) if (t := {c}.text) and {plain}(t) else {after})"


_LONG: Final = 1000  # children from which on the rest of them is taken as it comes: then none of them is kept
# Children are taken one by one, each from the one before it: a slice would make all of them, and a list.
_FIRST, _NTH = "(c := el[0])", "(c := c.getnext())"
_NEXT: Final = "c = c.getnext()"
_TAG: Final = "tag = None if c is None else c.tag"
POINTED: Final = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+").fullmatch  # its digits are kept as they are
_NONE: Final[dict[str | None, str]] = {}


def _plain(node: ir.Node) -> bool:
    """Whether the emitter knows the node: slots, sequences and choices, each name at one place."""
    names: list[str] = []
    stack: list[ir.Node] = [node]
    while stack:
        one = stack.pop()
        if isinstance(one, ir.Slot):
            names.append(one.element.name)
            if one.max == 0:
                return False
        elif isinstance(one, ir.Sequence | ir.Choice):
            if isinstance(one, ir.Choice) and any(not _first(branch) for branch in one.nodes):
                return False
            stack.extend(one.nodes)
        else:
            return False
    return len(set(names)) == len(names)


def _singles(node: ir.Node) -> list[ir.Slot] | None:
    """The slots of a content in which nothing repeats and nothing is a choice, None for any other."""
    if isinstance(node, ir.Slot):
        return None if node.repeated else [node]
    if not isinstance(node, ir.Sequence):
        return None
    slots: list[ir.Slot] = []
    for inner in node.nodes:
        found = _singles(inner)
        if found is None:
            return None
        slots += found
    return slots


def _names(names: set[str]) -> str:
    return f"({', '.join(repr(name) for name in sorted(names))},)"


def _required_run(node: ir.Node) -> tuple[list[ir.Slot], list[ir.Node]]:
    """The single required slots that a sequence begins with, and the rest."""
    nodes: list[ir.Node] = [node]
    run: list[ir.Slot] = []
    while nodes:
        first = nodes[0]
        if isinstance(first, ir.Sequence) and not first.optional:
            nodes = [*first.nodes, *nodes[1:]]
        elif isinstance(first, ir.Slot) and not first.repeated and first.min:
            run.append(first)
            nodes = nodes[1:]
        else:
            break
    return run, nodes


def _first(node: ir.Node) -> set[str]:
    """The names that a node may begin with."""
    if isinstance(node, ir.Slot):
        return {node.element.name}
    names: set[str] = set()
    for inner in getattr(node, "nodes", ()):
        names |= _first(inner)
        if isinstance(node, ir.Sequence) and not _may_be_empty(inner):
            break
    return names


def _may_be_empty(node: ir.Node) -> bool:
    if isinstance(node, ir.Slot):
        return node.min == 0
    if isinstance(node, ir.Choice):
        return node.optional or any(_may_be_empty(inner) for inner in node.nodes)
    return getattr(node, "optional", False) or all(_may_be_empty(inner) for inner in getattr(node, "nodes", ()))
