"""The law of places: one element declaration, read and written, around the content of its type.

Here stand `xsi:nil`, `xsi:type`, default and fixed (XSD 1.0 Part 1 §3.3.4, cvc-elt), and their JSON:
`null`, `$nil`, `$type`. What stands inside belongs to `types`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.value import Value
from ..schema import ir
from .alternatives import build_conditional
from .attributes import Items, fixed_flaw
from .flaw import Flaw, Flaws, Found, missing, not_nillable, unfit, unknown, wrong_shape
from .identity import guarded
from .leaf import text_piece
from .lexical import Unfit
from .names import ANY_TYPE, HINTS, NIL, SPACE, TYPE, XSI, key_step, local, split, step_of
from .plan import Place, Plan, TypeIO
from .state import Reading, Writing

BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_XSI = f"{{{XSI}}}"


def build_place(plan: Plan, place: Place) -> None:
    """Compile a declaration into its place."""
    if place.element.alternatives:
        build_conditional(plan, place, plan.place)
        return
    type_ = place.io.type
    special = Special(plan, place)
    if null_is_empty(plan, place.element):
        place.nullable = True
    if isinstance(type_, ir.Simple):
        place.read = _simple_reader(plan, place, special)
        place.write = _simple_writer(plan, place, special)
    else:
        place.read = _complex_reader(plan, place, type_, special)
        if place.element.identities:
            place.read = guarded(plan, place)
        place.write = _complex_writer(plan, place, type_, special)


def is_scalar(type_: ir.Type) -> bool:
    """Whether a type's value is a scalar or a list, not an object or an array of elements."""
    return isinstance(type_, ir.Simple) or (isinstance(type_.form, ir.Text) and type_.form.bare)


def null_is_empty(plan: Plan, element: ir.Element) -> bool:
    """Whether null is the empty element: `empties: null`, its lexical space has the empty text, which is no default."""
    type_ = plan.model.types[element.type]
    if plan.settings.empties != "null" or not is_scalar(type_) or (element.default, element.fixed) != (None, None):
        return False
    try:
        plan.leaf(type_.simple or "" if isinstance(type_, ir.Complex) else type_.id).read("", None, Reading())
    except Flaws:
        return False
    return True


def marks(items: Items) -> tuple[str | None, str | None, Items]:
    """`xsi:nil`, `xsi:type` and the attributes that are left. Raises Flaws for any other `xsi:*`."""
    nil = type_ = None
    rest: Items = []
    for name, text in items:
        if not name.startswith(_XSI):
            rest.append((name, text))
        elif name == NIL:
            nil = text
        elif name == TYPE:
            type_ = text
        elif name not in HINTS:
            flaw = unknown("@xsi:" + local(name), "@xsi:" + local(name))
            flaw.pointer = []
            raise Flaws(flaw)
    return nil, type_, rest


def inner_text(el: Any, plan: Plan) -> str:
    """The text of an element that may hold no element."""
    parts = [el.text or ""]
    for child in el:
        if isinstance(child.tag, str):
            flaw = unknown(local(child.tag), step_of(child.tag, plan.prefixes))
            flaw.pointer = []
            raise Flaws(flaw)
        parts.append(child.tail or "")
    return "".join(parts)


# ---------------------------------------------------------------- simple types


def emptied(read: Callable[..., Value]) -> Callable[..., Value]:
    """The reader with null for what is empty once its white space is settled (`empties: null`)."""

    def settled(*given: Any) -> Value:
        value = read(*given)
        return None if value in ("", []) else value

    return settled


def _simple_reader(plan: Plan, place: Place, special: Special) -> Any:
    leaf = plan.leaf(place.element.type)
    default, fixed = place.default, place.fixed
    read_text, quick = leaf.read, leaf.scalar.read if leaf.plain else None
    if plan.settings.empties == "null" and default is None:
        read_text, quick = emptied(leaf.read), emptied(leaf.scalar.read) if leaf.plain else None
    none: dict[str | None, str] = {}
    if fixed is None:
        place.quick_read = quick

    def read(el: Any, doc: Reading) -> Value:
        items = el.items()
        if items:
            nil, type_, rest = marks(items)
            if rest or nil is not None or type_ is not None:
                return special.read(el, doc, nil, type_, rest)
        text = inner_text(el, plan) if len(el) else el.text or ""
        if not text and default is not None:
            text = default
        if fixed is not None and not leaf.has(text, fixed, el):
            leaf.read(text, el, doc)
            raise Flaws(fixed_flaw())
        if quick is None:
            return read_text(text, el, doc)
        try:
            return quick(text, none)
        except Unfit as refusal:
            raise unfit(refusal) from None

    return read


def _simple_writer(plan: Plan, place: Place, special: Special) -> Any:
    leaf = plan.leaf(place.element.type)
    default, fixed, nillable = place.default, place.fixed, place.element.nillable
    null = null_is_empty(plan, place.element)
    head, close, need = special.head, special.close, special.need
    start = head + ">"
    if leaf.plain and default is None:
        place.quick_write = leaf.scalar.write

    def write(value: Value, out: list[str], doc: Writing) -> None:
        if need is not None:
            doc.needed.add(need)
        if value is None:
            if nillable:
                special.write_nil(out, doc)
                return
            if not null:
                raise Flaws(not_nillable())
            leaf.read("", None, doc)
            out.append(f"{start}{close}")
            return
        if type(value) is dict:
            special.write(value, out, doc)
            return
        text = leaf.write(value, doc)
        if default is not None:
            if not text and default:
                raise Flaws(Flaw("An empty value would be read as the default.", "the default itself, or absence"))
            if fixed is not None and not leaf.has(text, fixed, doc):
                raise Flaws(fixed_flaw())
        out.append(f"{start}{text_piece(text)}{close}")

    return write


# ---------------------------------------------------------------- complex types


def _complex_reader(plan: Plan, place: Place, type_: ir.Complex, special: Special) -> Any:
    io = place.io
    valued = place if place.default is not None else None
    abstract = type_.abstract

    def read(el: Any, doc: Reading) -> Value:
        items = el.items()
        if items:
            nil, xsi_type, items = marks(items)
            if nil is not None or xsi_type is not None:
                return special.read(el, doc, nil, xsi_type, items)
        if abstract:
            raise Flaws(_wants_type())
        return io.read(el, items, doc, valued)

    return read


def _complex_writer(plan: Plan, place: Place, type_: ir.Complex, special: Special) -> Any:
    io = place.io
    valued = place if place.default is not None else None
    head, close, need = special.head, special.close, special.need
    abstract, nillable = type_.abstract, place.element.nillable
    recheck = bool(place.element.identities)
    scalar = is_scalar(type_) and place.nullable
    attributes = any(use.required for use in type_.attributes)

    def write(value: Value, out: list[str], doc: Writing) -> None:
        if need is not None:
            doc.needed.add(need)
        if recheck:
            doc.recheck = True
        if value is None and not scalar:
            if not nillable:
                raise Flaws(not_nillable())
            if abstract:
                raise Flaws(_wants_type())
            if attributes:
                special.write({"$nil": True}, out, doc)
            else:
                special.write_nil(out, doc)
            return
        if value is None and nillable:
            special.write_nil(out, doc)
            return
        if type(value) is dict and ("$type" in value or "$nil" in value):
            special.write(value, out, doc)
            return
        if abstract:
            raise Flaws(_wants_type())
        io.write(value, out, doc, head, 0, valued)
        out.append(close)

    return write


def _wants_type() -> Flaw:
    return Flaw("The type here is abstract.", "`$type` (xsi:type) naming a type derived from it")


# ---------------------------------------------------------------- nil and type


class Special:
    """A place whose instance says more than its declaration: nil or another type."""

    def __init__(self, plan: Plan, place: Place) -> None:
        self._plan = plan
        self._place = place
        namespace, name = split(place.element.name)
        prefix = plan.prefixes.get(namespace) if namespace else None
        if namespace and prefix is None:
            raise ValueError(f"no prefix is fixed for {namespace}")
        tag = f"{prefix}:{name}" if prefix else name
        self.head = f"<{tag}"
        self.close = f"</{tag}>"
        self.need = namespace or None
        declared = plan.model.types[place.element.type]
        self._simple = isinstance(declared, ir.Simple)
        self._blocked = place.element.block_types | (
            declared.block if isinstance(declared, ir.Complex) else frozenset()
        )

    def _allowed(self, io: TypeIO) -> bool:
        return self._plan.derives(io.id, self._place.element.type, self._blocked)

    def _choice(self) -> bool:
        """Whether there is a type to choose here, so that JSON may name the declared one too (law 4)."""
        declared = self._place.element.type
        types = self._plan.model.types
        return declared == ANY_TYPE or (
            not (self._simple or ir.is_anonymous(declared))
            and any(
                isinstance(kind := types[id_], ir.Complex)
                and not kind.abstract
                and not ir.is_anonymous(id_)
                and self._plan.derives(id_, declared, self._blocked)
                for id_ in self._plan.model.derived.get(declared, ())
            )
        )

    def _resolve(self, text: str, el: Any) -> TypeIO:
        prefix, colon, name = text.strip(SPACE).rpartition(":")
        namespace = el.nsmap.get(prefix if colon else None) or ""
        id_ = f"{{{namespace}}}{name}" if namespace else name
        if (colon and not namespace) or ir.is_anonymous(id_) or id_ not in self._plan.model.types:
            raise Flaws(_no_type())
        if id_ == self._place.io.id:
            return self._checked(self._place.io)
        if not self._plan.derives(id_, self._place.element.type, self._blocked):
            raise Flaws(_underived())
        return self._checked(self._plan.type(id_))

    def _checked(self, io: TypeIO) -> TypeIO:
        if not self._allowed(io):
            raise Flaws(_underived())
        if isinstance(io.type, ir.Complex) and io.type.abstract:
            raise Flaws(_wants_type())
        return io

    def read(self, el: Any, doc: Reading, nil: str | None, type_: str | None, rest: Items) -> Value:
        """The value of an element that has `xsi:nil`, `xsi:type` or attributes at a simple place."""
        place = self._place
        declared = place.io
        io = declared if type_ is None else self._resolve(type_, el)
        if isinstance(io.type, ir.Complex) and io.type.abstract:
            raise Flaws(_wants_type())  # a nil element is of its type, too (cvc-elt 5.2.1, cvc-type 2)
        if nil is not None and self._is_nil(nil, el):
            out: dict[str, Value] = {}
            io.read_attributes(rest, out, el, doc)
            if io is not declared and not self._set_aside(io):
                return {"$type": io.label, **out, "$nil": True}
            return {**out, "$nil": True} if out else None
        value = io.read(el, rest, doc, place if place.default is not None else None)
        if io is declared:
            return value
        if self._set_aside(io):
            return declared.read(el, rest, Reading(), place if place.default is not None else None)
        if io.is_object and isinstance(value, dict):
            return {"$type": io.label, **value}
        return {"$type": io.label, "$value": value}

    def _set_aside(self, io: TypeIO) -> bool:
        """Whether `xsi:type` names a simple type at a simple place."""
        return self._simple and isinstance(io.type, ir.Simple)

    def _is_nil(self, text: str, el: Any) -> bool:
        nil = BOOLEANS.get(text.strip(SPACE))
        if nil is None:
            raise Flaws(Flaw("xsi:nil is no boolean.", "true or false", step="@xsi:nil"))
        if not self._place.element.nillable:
            raise Flaws(not_nillable())
        if nil:
            if self._place.fixed is not None:
                raise Flaws(fixed_flaw())
            if el.text or any(isinstance(child.tag, str) or child.tail for child in el):
                raise Flaws(_full_nil())
        return nil

    def write_nil(self, out: list[str], doc: Writing, more: str = "") -> None:
        """A nil element; `more` are its other attributes."""
        if self._place.fixed is not None:
            raise Flaws(fixed_flaw())
        doc.needed.add(XSI)
        out.append(f'{self.head}{more} xsi:nil="true">{self.close}')

    def write(self, value: dict[str, Value], out: list[str], doc: Writing) -> None:
        """An object with `$type` or `$nil`, or one at a simple place."""
        plan, place = self._plan, self._place
        declared = io = place.io
        head, taken = self.head, 0
        if "$type" in value:
            taken = 1
            label = value["$type"]
            named = declared if label == declared.label else plan.labelled(label) if isinstance(label, str) else None
            if named is None:
                raise Flaws(_no_type())
            if self._simple and isinstance(named.type, ir.Simple) and named is not declared:
                raise Flaws(_no_choice() if self._allowed(named) else _underived())
            if named is declared and not self._choice():
                raise Flaws(_no_choice())
            io = self._checked(named)
            if io is not declared:
                doc.needed.add(XSI)
                head = f'{head} xsi:type="{doc.qname(*split(io.id))}"'
        if isinstance(io.type, ir.Complex) and io.type.abstract:
            raise Flaws(_wants_type())
        if "$nil" in value:
            self._write_nil_object(value, out, doc, io, taken, head[len(self.head) :])
            return
        valued = place if place.default is not None else None
        if taken and not io.is_object:
            io.write(_carried(value), out, doc, head, 0, valued)
        else:
            io.write(value, out, doc, head, taken, valued)
        out.append(self.close)

    def _write_nil_object(
        self, value: dict[str, Value], out: list[str], doc: Writing, io: TypeIO, taken: int, typed: str
    ) -> None:
        if value["$nil"] is not True:
            raise Flaws(wrong_shape("true")).within(("$nil",), "@xsi:nil")
        if not self._place.element.nillable:
            raise Flaws(not_nillable())
        open_ = isinstance(io.type, ir.Complex) and (io.type.attributes or io.type.any_attribute is not None)
        if not open_ and not taken:  # nothing can stand beside it: nil is null
            raise Flaws(wrong_shape("null")).within(("$nil",), "@xsi:nil")
        attributes, hits = io.write_attributes(value, doc)
        if hits + taken + 1 != len(value):
            found = Found(self._plan.findings)
            known = {use.key for use in io.type.attributes} if isinstance(io.type, ir.Complex) else set()
            for key in value:
                if key[:1] != "@" and key not in {"$type", "$nil"}:
                    found.add(_full_nil())
                    break
                if key[:1] == "@" and key[:2] != "@{" and key not in known:
                    found.add(unknown(key, key_step(key, self._plan.prefixes)))
            found.done()
        self.write_nil(out, doc, typed + attributes)


def _full_nil() -> Flaw:
    return Flaw("A nil element has content.", "no content")


def _no_type() -> Flaw:
    return Flaw("This names no type of the schema.", "a type of the schema", key=("$type",), step="@xsi:type")


def _no_choice() -> Flaw:
    return Flaw("There is no type to choose here.", "the value without `$type`", key=("$type",), step="@xsi:type")


def _underived() -> Flaw:
    return Flaw(
        "This type may not stand here.", "a type derived from the declared one", key=("$type",), step="@xsi:type"
    )


def _carried(value: dict[str, Value]) -> Value:
    """The `$value` beside a `$type`: a form that is no object."""
    for key in value:
        if key not in {"$type", "$value"}:
            raise Flaws(unknown(key, key_step(key, {}), ("$value",)))
    if "$value" not in value:
        raise Flaws(missing("$value", ""))
    return value["$value"]
