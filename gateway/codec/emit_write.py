"""The law of emitted writing: one expression a type, for objects whose members come as the layout says.

Every scalar is judged by its own writer; a member that is absent, unknown or otherwise special raises
`Miss`, and the reference writes the whole message or says what is wrong with it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from ..core.lexical import builtin
from ..core.value import Value
from ..schema import ir
from ..xml import escape_text
from .emit_read import Miss
from .names import short, split
from .plan import Place, Plan
from .source import Source
from .state import Writing
from .temporal import common

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
        if name is None:
            return None
        shape = "list" if isinstance(kind.form, ir.Array) else "dict"
        body = [f"if type(value) is not {shape}: raise {self._miss}", f"return {name}(value, doc)"]
        self._source.function("def write(value, doc):", body)
        return "write"

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
        """A function whose callers have seen that the value is a dict, or a list for an array."""
        form = kind.form
        if isinstance(form, ir.Array):
            assert isinstance(form.member, ir.Slot)
            body = [*self._bounds(form.member, "value"), *self._namespace(form.member, namespace, "value")]
            body.append(f"return {self._each(form.member, 'value')}")
            self._source.function(f"def {name}(value, doc):", body)
            return
        slots = _flat(form.content) if isinstance(form, ir.Keys) and form.content is not None else []
        keys = self._source.constant(frozenset(slot.key for slot in slots or ()), "K")
        text = Text()
        body = [f"count = {len(slots or ())}"]
        for at, slot in enumerate(slots or ()):
            body += self._member(slot, f"m{at}", namespace, text)
        # as many members as were found: then none is unknown
        body.append(f"if len(value) != count and not value.keys() <= {keys}: raise {self._miss}")
        self._source.function(f"def {name}(value, doc):", [*body, f"return {text}"])

    def _member(self, slot: ir.Slot, m: str, namespace: str, text: Text) -> list[str]:
        """The lines before a member's text; its text is added to the whole."""
        key = repr(slot.key)
        place = self._plan.place(slot.element)
        if slot.min and not slot.repeated and not place.nullable:
            # None is no value here: its writer declines it
            return [f"{m} = value[{key}]", *self._namespace(slot, namespace, "True"), *self._element(slot, m, text)]
        text.add(m)
        lines = [f"{m} = value.get({key})"]
        if slot.repeated:
            made = [f"if type({m}) is not list: raise {self._miss}", *self._bounds(slot, m)]
            made += self._namespace(slot, namespace, m)
            made.append(f"{m} = {self._each(slot, m)}")
        else:
            whole = Text()
            made = [*self._namespace(slot, namespace, "True"), *self._element(slot, m, whole), f"{m} = {whole}"]
        lines += [f"if {m} is not None:", *("    " + line for line in made)]
        return [*lines, "else:", "    count -= 1", f"    {m} = {self._null(place, key, slot)}"]

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

    def _each(self, slot: ir.Slot, values: str) -> str:
        """An expression for the text of a repeated element."""
        inner, value = self._content(slot, "x")
        if value is None:
            return f"''.join([{inner} for x in {values}])"
        tag = short(slot.element.name, self._plan.prefixes)
        start, end = f"<{tag}>", f"</{tag}>"
        return f"({start!r} + {end + start!r}.join([{value} for x in {values}]) + {end!r} if {values} else '')"

    def _element(self, slot: ir.Slot, x: str, text: Text) -> list[str]:
        """The lines that make ready the text of an element whose value is in the variable `x`."""
        whole, value = self._content(slot, x)
        if value is None:
            text.add(x)
            return [f"{x} = {whole}"]
        tag = short(slot.element.name, self._plan.prefixes)
        text.literal(f"<{tag}>").add(x).literal(f"</{tag}>")
        return [] if value == x else [f"{x} = {value}"]

    def _content(self, slot: ir.Slot, x: str) -> tuple[str, str | None]:
        """An expression for the whole element, or one for the text within its tags."""
        place = self._plan.place(slot.element)
        slow = f"{self._delegate}({self._source.constant(place, 'P')}, {x}, doc)"
        kind = place.io.type
        if isinstance(kind, ir.Complex):
            return self._complex(kind, place, x, slow), None
        if place.quick_write is None or (slot.repeated and place.nullable):
            return slow, None
        return "", self._scalar(kind, place, x)

    def _complex(self, kind: ir.Complex, place: Place, x: str, slow: str) -> str:
        if place.element.identities or place.default is not None:
            return slow
        inner = self._function(kind.id, kind, split(place.element.name)[0])
        if inner is None:
            return slow
        keys = isinstance(kind.form, ir.Keys)
        special = f' and "$type" not in {x} and "$nil" not in {x}' if keys and self._marked(kind, place) else ""
        tag = short(place.element.name, self._plan.prefixes)
        written = Text().literal(f"<{tag}>").add(f"{inner}({x}, doc)").literal(f"</{tag}>")
        return f"({written} if type({x}) is {'dict' if keys else 'list'}{special} else {slow})"

    def _marked(self, kind: ir.Complex, place: Place) -> bool:
        """Whether an object here may say `$type` or `$nil`; anywhere else its keys decline it."""
        return place.element.nillable or bool(self._plan.model.derived.get(kind.id))

    def _scalar(self, kind: ir.Simple, place: Place, x: str) -> str:
        settings = self._plan.settings
        typed = settings.scalars == "typed" and settings.numbers == "exact"
        bare = kind.variety == "atomic" and kind.facets == ir.Facets()
        if bare and kind.builtin == "string" and kind.white_space == "preserve":
            # most text is short and needs no escape: looked at in place, where a call would cost as much again
            plain = f"len({x}) < 100 and {x}.isprintable() and '&' not in {x} and '<' not in {x} and '>' not in {x}"
            return f"({self._fail}() if type({x}) is not str else {x} if {plain} else {self._escape}({x}))"
        bounds = _RANGES.get(kind.builtin)
        quick = f"{self._source.constant(place.quick_write, 'W')}({x}, doc)"
        if bounds and bare and typed:
            low, high = bounds
            return f"(str({x}) if type({x}) is int and {low} <= {x} <= {high} else {quick})"
        if bare and typed and kind.builtin == "boolean":
            return f"('true' if {x} is True else 'false' if {x} is False else {quick})"
        if bare and typed and kind.builtin == "decimal":
            number = self._source.constant(Decimal, "T")
            # with a point and without an exponent, its text is plain digits (to-scientific-string)
            return f"(t if type({x}) is {number} and '.' in (t := str({x})) and 'E' not in t else {quick})"
        if bare and builtin(kind.builtin).kind == "temporal":
            return f"({x} if type({x}) is str and {self._source.constant(common(kind.builtin), 'M')}({x}) else {quick})"
        safe = kind.variety == "atomic" and kind.builtin in _UNESCAPED and not kind.facets.patterns
        return quick if safe else f"{self._escape}({quick})"


class Text:
    """An expression for a text being joined: literals as they are written in source, and other expressions."""

    def __init__(self) -> None:
        self._parts: list[tuple[bool, str]] = []

    def literal(self, text: str) -> Text:
        """Add text as it stands."""
        if self._parts and self._parts[-1][0]:
            text = self._parts.pop()[1] + text
        self._parts.append((True, text))
        return self

    def add(self, expression: str) -> Text:
        """Add what an expression gives: a text."""
        self._parts.append((False, expression))
        return self

    def __str__(self) -> str:
        if not self._parts:
            return "''"
        if len(self._parts) == 1 and not self._parts[0][0]:
            return self._parts[0][1]
        if all(literal or _PLAIN(expression) for literal, expression in self._parts):
            # names and calls stand in braces; what may hold a quote cannot (before Python 3.12)
            pieces = [_braced(part) if literal else f"{{{part}}}" for literal, part in self._parts]
            return "f" + repr("".join(pieces))
        return " + ".join(repr(part) if literal else part for literal, part in self._parts)


_PLAIN: Final = re.compile(r"\w+(?:\(\w+, doc\))?").fullmatch


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


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


def declared(place: Place, text: str, doc: Writing) -> str:
    """The root element around its content, with every declaration that the message needs."""
    return f"<{place.step}{doc.declarations()}>{text}</{place.step}>"


def decline() -> str:
    """What an expression calls that cannot go on. Raises Miss."""
    raise Miss
