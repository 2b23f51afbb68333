"""The law of emitted writing: one expression a type, for objects whose members come as the layout says.

Every scalar is judged by its own writer; a member that is absent, unknown or otherwise special raises
`Miss`, and the reference writes the whole message or says what is wrong with it.
"""

from __future__ import annotations

import ast
from typing import Final

from ..core.value import Value
from ..schema import ir
from ..xml import escape_text
from .emit_read import Miss
from .names import short, split
from .plan import Place, Plan
from .source import Source
from .state import Writing

_RANGES: Final = {
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
    "long": (-(2**63), 2**63 - 1),
    "integer": (-(10**18), 10**18),
}
_UNESCAPED: Final = frozenset(
    "decimal float double duration dateTime date time gYear gYearMonth gMonth gMonthDay gDay hexBinary base64Binary "
    "boolean integer long int short byte unsignedLong unsignedInt unsignedShort unsignedByte positiveInteger "
    "negativeInteger nonNegativeInteger nonPositiveInteger".split()
)


def delegated(place: Place, value: Value, doc: Writing) -> str:
    """A child that the closures write."""
    out: list[str] = []
    place.write(value, out, doc)
    return "".join(out)


class Writer:
    """Emits one function a complex type: `(value, doc) -> text` of the content."""

    def __init__(self, plan: Plan, source: Source) -> None:
        self._plan = plan
        self._source = source
        self._functions: dict[str, str | None] = {}
        self._waiting: list[tuple[str, ir.Complex, str]] = []
        self._miss = source.constant(Miss, "X")
        self._fail = source.constant(decline, "R")
        self._delegate = source.constant(delegated, "D")
        self._escape = source.constant(escape_text, "E")

    def root(self, place: Place) -> str | None:
        """The function that writes a root's content, None where the closures write it better."""
        kind = place.io.type
        if not isinstance(kind, ir.Complex) or place.element.identities:
            return None
        name = self._function(f"root:{kind.id}", kind, split(place.element.name)[0])
        while self._waiting:
            self._write(*self._waiting.pop())
        return name

    def _function(self, key: str, kind: ir.Complex, namespace: str) -> str | None:
        key = f"{key} in {namespace}"
        if key not in self._functions:
            known = self._knows(kind)
            self._functions[key] = f"write_{len(self._functions)}" if known else None
            if known:
                self._waiting.append((str(self._functions[key]), kind, namespace))
        return self._functions[key]

    def _knows(self, kind: ir.Complex) -> bool:
        if kind.attributes or kind.any_attribute is not None or kind.abstract or kind.asserts:
            return False
        form = kind.form
        if isinstance(form, ir.Keys):
            return not form.loose and (form.content is None or _flat(form.content) is not None)
        return isinstance(form, ir.Array) and not form.loose and isinstance(form.member, ir.Slot)

    def _write(self, name: str, kind: ir.Complex, namespace: str) -> None:
        form = kind.form
        if isinstance(form, ir.Array):
            assert isinstance(form.member, ir.Slot)
            body = [f"if type(value) is not list: raise {self._miss}", *self._bounds(form.member, "value")]
            body += self._namespace(form.member, namespace, "value")
            body.append(f"return ''.join([{self._joined(form.member, 'x')} for x in value])")
            self._source.function(f"def {name}(value, doc):", body)
            return
        slots = _flat(form.content) if isinstance(form, ir.Keys) and form.content is not None else []
        keys = self._source.constant(frozenset(slot.key for slot in slots or ()), "K")
        body = [f"if type(value) is not dict or not value.keys() <= {keys}: raise {self._miss}"]
        pieces: list[str] = []
        for at, slot in enumerate(slots or ()):
            body += self._member(slot, f"m{at}", namespace, pieces)
        body.append(f"return ''.join(({_merged(pieces)}))")
        self._source.function(f"def {name}(value, doc):", body)

    def _member(self, slot: ir.Slot, m: str, namespace: str, pieces: list[str]) -> list[str]:
        """The lines before a member's text; its text is added to the pieces."""
        key = repr(slot.key)
        place = self._plan.place(slot.element)
        if slot.min and not slot.repeated and not place.nullable:
            # None is no value here: its writer declines it
            pieces += self._pieces(slot, m)
            return [f"{m} = value[{key}]", *self._namespace(slot, namespace, "True")]
        lines = [f"{m} = value.get({key})"]
        pieces.append(f"{m}")
        if slot.repeated:
            made = [f"if type({m}) is not list: raise {self._miss}", *self._bounds(slot, m)]
            made += self._namespace(slot, namespace, m)
            made.append(f"{m} = ''.join([{self._joined(slot, 'x')} for x in {m}])")
        else:
            made = [*self._namespace(slot, namespace, "True"), f"{m} = {self._joined(slot, m)}"]
        lines += [f"if {m} is not None:", *("    " + line for line in made)]
        return [*lines, f"else: {m} = {self._null(place, key, slot)}"]

    def _null(self, place: Place, key: str, slot: ir.Slot) -> str:
        """What stands for a member that is None: nothing, or what the closures make of a null that was given."""
        absent = "''" if slot.min == 0 else f"{self._fail}()"
        if slot.repeated or not place.nullable:
            return absent
        return f"({self._delegate}({self._source.constant(place, 'P')}, None, doc) if {key} in value else {absent})"

    def _bounds(self, slot: ir.Slot, m: str) -> list[str]:
        lines = []
        if slot.min:
            lines.append(f"if len({m}) < {slot.min}: raise {self._miss}")
        if slot.max is not None:
            lines.append(f"if len({m}) > {slot.max}: raise {self._miss}")
        return lines

    def _namespace(self, slot: ir.Slot, around: str, given: str) -> list[str]:
        """A declaration for a child whose namespace its parent's element did not need."""
        namespace = split(slot.element.name)[0]
        return [f"if {given}: doc.needed.add({namespace!r})"] if namespace and namespace != around else []

    # ------------------------------------------------------------ one element

    def _joined(self, slot: ir.Slot, x: str) -> str:
        """An expression for the text of an element whose value is in the variable `x`."""
        pieces = self._pieces(slot, x)
        return pieces[0] if len(pieces) == 1 else " + ".join(pieces)

    def _pieces(self, slot: ir.Slot, x: str) -> list[str]:
        """Expressions that joined are the text of an element."""
        place = self._plan.place(slot.element)
        slow = f"{self._delegate}({self._source.constant(place, 'P')}, {x}, doc)"
        tag = short(slot.element.name, self._plan.prefixes)
        kind = place.io.type
        if isinstance(kind, ir.Complex):
            return [self._complex(kind, place, tag, x, slow)]
        if place.quick_write is None or (slot.repeated and place.nullable):
            return [slow]
        return [repr(f"<{tag}>"), self._scalar(kind, place, x), repr(f"</{tag}>")]

    def _complex(self, kind: ir.Complex, place: Place, tag: str, x: str, slow: str) -> str:
        if place.element.identities or place.default is not None:
            return slow
        inner = self._function(kind.id, kind, split(place.element.name)[0])
        if inner is None:
            return slow
        keys = isinstance(kind.form, ir.Keys)
        special = f' and "$type" not in {x} and "$nil" not in {x}' if keys and self._marked(kind, place) else ""
        written = f"{f'<{tag}>'!r} + {inner}({x}, doc) + {f'</{tag}>'!r}"
        return f"({written} if type({x}) is {'dict' if keys else 'list'}{special} else {slow})"

    def _marked(self, kind: ir.Complex, place: Place) -> bool:
        """Whether an object here may say `$type` or `$nil`; anywhere else its keys decline it."""
        return place.element.nillable or bool(self._plan.model.derived.get(kind.id))

    def _scalar(self, kind: ir.Simple, place: Place, x: str) -> str:
        typed = self._plan.settings.scalars == "typed" and self._plan.settings.numbers == "exact"
        bare = kind.variety == "atomic" and kind.facets == ir.Facets()
        if bare and kind.builtin == "string" and kind.white_space == "preserve":
            # most text needs no escape: looked at in place, where a call would cost as much again
            plain = f"{x}.isprintable() and '&' not in {x} and '<' not in {x} and '>' not in {x}"
            return f"({self._fail}() if type({x}) is not str else {x} if {plain} else {self._escape}({x}))"
        bounds = _RANGES.get(kind.builtin)
        quick = f"{self._source.constant(place.quick_write, 'W')}({x}, doc)"
        if bounds and bare and typed:
            low, high = bounds
            return f"(str({x}) if type({x}) is int and {low} <= {x} <= {high} else {quick})"
        if bare and typed and kind.builtin == "boolean":
            return f"('true' if {x} is True else 'false' if {x} is False else {quick})"
        safe = kind.variety == "atomic" and kind.builtin in _UNESCAPED and not kind.facets.patterns
        return quick if safe else f"{self._escape}({quick})"


def _flat(node: ir.Node) -> list[ir.Slot] | None:
    """The slots of a content that is one sequence of distinct slots, None for any other."""
    if isinstance(node, ir.Slot):
        return [node] if node.max != 0 else None
    if not isinstance(node, ir.Sequence) or node.optional:
        return None
    slots: list[ir.Slot] = []
    for inner in node.nodes:
        found = _flat(inner)
        if found is None:
            return None
        slots += found
    return slots if len({slot.key for slot in slots}) == len(slots) else None


def _merged(pieces: list[str]) -> str:
    """The pieces as a tuple's inside, literals that meet made one."""
    merged: list[str] = []
    for piece in pieces:
        if merged and piece[0] in "'\"" and merged[-1][0] in "'\"" and " + " not in merged[-1] + piece:
            merged[-1] = repr(ast.literal_eval(merged[-1]) + ast.literal_eval(piece))
        else:
            merged.append(piece)
    return "".join(f"{piece}, " for piece in merged)


def declared(place: Place, text: str, doc: Writing) -> str:
    """The root element around its content, with every declaration that the message needs."""
    return f"<{place.step}{doc.declarations()}>{text}</{place.step}>"


def decline() -> str:
    """What an expression calls that cannot go on. Raises Miss."""
    raise Miss
