"""The law of the schema-less: what a wildcard takes, and the content of xs:anyType.

An unknown element is an object always: `@{namespace}name` attributes, then `$value` (text only),
`$items` (children) or `$mixed`; empty is `{}`. It looks at no repetition, so its shape never
changes from one message to the next. A known global element has its own form
(XSD 1.0 Part 1 §3.10.1: strict, lax, skip).
"""

from __future__ import annotations

from typing import Any, Final

from ..core.value import Value
from ..core.xmlnames import is_nc_name
from ..schema import ir
from .attributes import Items, fixed_flaw, wild_text
from .flaw import Flaw, Flaws, Found, misplaced, not_nillable, strange, unknown, wrong_shape
from .leaf import attribute_piece, text_piece
from .names import (
    ANY_TYPE,
    HINTS,
    SPACE,
    TYPE,
    XML,
    XSI,
    attribute_step,
    braced,
    checked,
    checked_attribute,
    clark,
    key_step,
    split,
    step_of,
)
from .places import BOOLEANS, Special, marks
from .plan import Place, Plan, TypeIO
from .state import Reading, Writing

Object = dict[str, Value]


class AnyIO:
    """A wildcard, compiled: reads an element to `{"{namespace}local": value}` and back."""

    def __init__(self, plan: Plan, wildcard: ir.Wildcard) -> None:
        self._plan = plan
        self._wildcard = wildcard
        self._inner = OpenIO(plan, skip=wildcard.process == "skip")
        if wildcard.process != "skip":
            for element in plan.model.elements.values():
                if wildcard.takes(element.name) and not element.abstract:
                    plan.later(lambda element=element: plan.place(element))  # type: ignore[misc]

    def read_entry(self, el: Any, doc: Reading) -> Value:
        """The one-key object of an element that the wildcard took. Raises Flaws."""
        return {braced(el.tag): self._inner.read_child(el, doc, strict=self._wildcard.process == "strict")}

    def takes(self, entry: Value) -> bool:
        """Whether an entry's namespace is among this wildcard's."""
        if type(entry) is not dict or len(entry) != 1:
            return False
        named = checked(next(iter(entry)))
        return named is not None and self._wildcard.takes(clark(*named))

    def write_entry(self, entry: Value, out: list[str], doc: Writing) -> None:
        """Write such an object. Raises Flaws."""
        if type(entry) is not dict or len(entry) != 1:
            raise Flaws(wrong_shape("an object of one key, `{namespace}local`"))
        ((key, value),) = entry.items()
        named = checked(key)
        if named is not None and not self._wildcard.takes(clark(*named)):
            step = step_of(clark(*named), self._plan.prefixes)
            raise Flaws(strange(clark(*named), step, self._wildcard))
        self._inner.write_child(key, value, out, doc, strict=self._wildcard.process == "strict")


class OpenIO:
    """Schema-less content. `skip`: nothing in it is looked up in the schema."""

    def __init__(self, plan: Plan, *, skip: bool) -> None:
        self._plan = plan
        self._skip = skip

    def _known(self, tag: str) -> Place | None:
        element = None if self._skip else self._plan.model.elements.get(tag)
        return None if element is None else self._plan.place(element)

    # ------------------------------------------------------------ reading

    def read_child(self, el: Any, doc: Reading, *, strict: bool = False) -> Value:
        """An element as its declaration says, or schema-less."""
        place = self._known(el.tag)
        if place is not None:
            if place.element.abstract:
                raise Flaws(Flaw("This element is abstract.", "a member of its substitution group"))
            return place.read(el, doc)
        if self._skip:
            return self.read(el, [item for item in el.items() if item[0] not in HINTS], doc)
        nil, type_, rest = marks(el.items())
        if type_ is not None:
            return Special(self._plan, _nameless(self._plan)).read(el, doc, nil, type_, rest)
        if strict:
            flaw = unknown(braced(el.tag), "")
            flaw.pointer = []
            raise Flaws(flaw)
        out = self.read(el, rest, doc)
        if nil is not None:
            is_nil = BOOLEANS.get(nil.strip(SPACE))
            if is_nil is None:
                raise Flaws(Flaw("xsi:nil is no boolean.", "true or false", step="@xsi:nil"))
            if is_nil:
                if {"$value", "$items", "$mixed"} & out.keys():
                    raise Flaws(Flaw("A nil element has content.", "no content"))
                out["$nil"] = True
        return out

    def read(self, el: Any, rest: Items, doc: Reading) -> Object:
        """Attributes and content, without `$type` and `$nil`."""
        out: Object = {}
        found = Found(self._plan.findings)
        for name, text in rest:
            key = "@" + (braced(name) if name[0] == "{" else name)
            try:
                out[key] = self._read_attribute(name, text, el, doc)
            except Flaws as flaws:
                found.take(flaws.within((key,), attribute_step(name, self._plan.prefixes)))
        parts: list[Value] = []
        wrong: list[tuple[int, Flaws]] = []
        text = el.text or ""
        has_text, has_children = False, False
        counts: dict[str, int] = {}
        for child in el:
            if isinstance(child.tag, str):
                if text:
                    parts.append(text)
                    has_text = has_text or bool(text.strip(SPACE))
                text, has_children = "", True
                counts[child.tag] = counts.get(child.tag, 0) + 1
                key = braced(child.tag)
                try:
                    parts.append({key: self.read_child(child, doc)})
                except Flaws as flaws:
                    step = f"{step_of(child.tag, self._plan.prefixes)}[{counts[child.tag]}]"
                    wrong.append((len(parts), flaws.within((key,), step)))
                    parts.append({})
            text += child.tail or ""
        if text:
            parts.append(text)
            has_text = has_text or bool(text.strip(SPACE))
        for at, below in wrong:  # what was no text is counted where texts have no place
            before = at if has_text else sum(1 for part in parts[:at] if not isinstance(part, str))
            found.take(below.within(("$mixed" if has_text else "$items", before)))
        found.done()
        if has_children:
            if has_text:
                out["$mixed"] = parts
            else:
                out["$items"] = [part for part in parts if not isinstance(part, str)]
        elif parts:
            out["$value"] = parts[0]
        return out

    def _read_attribute(self, name: str, text: str, el: Any, doc: Reading) -> Value:
        if self._skip:
            return _expanded(text, el) if name == TYPE else text
        known = self._plan.model.attributes.get(name)
        if known is None:
            return text
        leaf = self._plan.leaf(known.type)
        value = leaf.read(text, el, doc)
        if known.fixed is not None and not leaf.has(text, known.fixed, el):
            raise Flaws(fixed_flaw())
        return value

    # ------------------------------------------------------------ writing

    def write_child(
        self, key: str, value: Value, out: list[str], doc: Writing, *, strict: bool = False, count: int | None = None
    ) -> None:
        """An element by its `{namespace}local`. `count`: its position among the children of its name."""
        named = checked(key)
        if named is None:
            raise Flaws(Flaw("This is no name of an element.", "`{namespace}local`", key=(key,)))
        namespace, name = named
        place = self._known(f"{{{namespace}}}{name}" if namespace else name)
        tag = f"xml:{name}" if namespace == XML else doc.qname(namespace, name)
        try:
            if place is not None:
                if place.element.abstract:
                    raise Flaws(Flaw("This element is abstract.", "a member of its substitution group"))
                if value is None and not place.nullable:
                    raise Flaws(not_nillable())
                place.write(value, out, doc)
                return
            if type(value) is not dict:
                raise Flaws(wrong_shape("an object"))
            if "$type" in value and not self._skip:
                _write_typed(self._plan, value, out, doc, tag)
                return
            if strict:
                flaw = unknown(key, "")
                flaw.pointer = []
                raise Flaws(flaw)
            self.write(value, out, doc, f"<{tag}", 0)
            out.append(f"</{tag}>")
        except Flaws as flaws:
            step = step_of(f"{{{namespace}}}{name}" if namespace else name, self._plan.prefixes)
            raise flaws.within((key,), step if count is None else f"{step}[{count}]") from None

    def write(self, value: Value, out: list[str], doc: Writing, head: str, taken: int) -> None:
        """Start tag and content of a schema-less object."""
        if type(value) is not dict:
            raise Flaws(wrong_shape("an object"))
        found = Found(self._plan.findings)
        pieces = [head]
        contents = []
        for key, one in value.items():
            try:
                if key[:1] == "@":
                    pieces.append(self._attribute(key, one, doc))
                elif key in {"$value", "$items", "$mixed"}:
                    contents.append(key)
                elif key == "$nil" and one is True and not self._skip:
                    doc.needed.add(XSI)
                    pieces.append(' xsi:nil="true"')
                elif not (key == "$type" and taken):
                    raise Flaws(Flaw("This key is not known here.", "`$value`, `$items` or `$mixed`"))
            except Flaws as flaws:
                found.take(flaws.within((key,), key_step(key, self._plan.prefixes) if key[:1] == "@" else ""))
        if len(contents) + ("$nil" in value) > 1:
            found.add(misplaced(contents[-1], "", ("$value", "$items", "$mixed", "$nil")))
        found.done()
        out.append("".join(pieces) + ">")
        if contents:
            try:
                self._content(contents[0], value[contents[0]], out, doc)
            except Flaws as flaws:
                raise flaws.within((contents[0],)) from None

    def _attribute(self, key: str, value: Value, doc: Writing) -> str:
        if self._skip and key.startswith(f"@{{{XSI}}}"):
            return _xsi(key[1:], value, doc)
        named = checked_attribute(key[1:]) or checked_attribute("{}" + key[1:])
        if named is None or key[:3] == "@{}":
            raise Flaws(
                Flaw("This is no name of an attribute.", "`@{namespace}local`, or `@local` without a namespace")
            )
        if value is None:
            return ""  # absent; but its name must be one that may stand here
        namespace, name = named
        known = None if self._skip else self._plan.model.attributes.get(f"{{{namespace}}}{name}" if namespace else name)
        text = wild_text(self._plan, known, value, doc)
        tag = f"xml:{name}" if namespace == XML else doc.qname(namespace, name)
        return f' {tag}="{attribute_piece(text)}"'

    def _content(self, key: str, value: Value, out: list[str], doc: Writing) -> None:
        if key == "$value":
            if not isinstance(value, str) or not value:
                raise Flaws(wrong_shape("a string that is not empty"))
            out.append(text_piece(value))
            return
        if type(value) is not list or not value:
            raise Flaws(wrong_shape("an array that is not empty"))
        found = Found(self._plan.findings)
        was_text = children = 0
        seen: dict[str, int] = {}
        for at, one in enumerate(value):
            try:
                if key == "$mixed" and type(one) is str:
                    if not one or was_text:
                        raise Flaws(Flaw("Texts here may not be empty or stand side by side.", "one text"))
                    out.append(text_piece(one))
                    was_text = 1
                    continue
                was_text = 0
                children += 1
                if type(one) is not dict or len(one) != 1:
                    raise Flaws(wrong_shape("an object of one key, `{namespace}local`"))
                ((name, inner),) = one.items()
                seen[name] = seen.get(name, 0) + 1
                self.write_child(name, inner, out, doc, count=seen[name])
            except Flaws as flaws:
                found.take(flaws.within((at,)))
        if key == "$mixed" and not (children and any(type(one) is str and one.strip(SPACE) for one in value)):
            found.add(Flaw("Mixed content needs text and elements.", "`$value` for text, `$items` for elements"))
        found.done()


# ---------------------------------------------------------------- what nobody looks into


def _expanded(text: str, el: Any) -> str:
    """The name in a skipped `xsi:type`, which is kept as any QName is."""
    prefix, colon, name = text.strip(SPACE).rpartition(":")
    namespace = el.nsmap.get(prefix if colon else None)
    return f"{{{namespace}}}{name}" if namespace else text


def _xsi(name: str, value: Value, doc: Writing) -> str:
    """`xsi:nil` and `xsi:type` in skipped content: attributes like others, for nothing there is judged by them."""
    local = split(name)[1]
    if name in HINTS or not is_nc_name(local):
        raise Flaws(Flaw("This is no name of an attribute here.", "`@{namespace}local`"))
    if not isinstance(value, str):
        raise Flaws(wrong_shape("a string"))
    named = checked(value) if name == TYPE else None
    return f' {doc.qname(XSI, local)}="{attribute_piece(doc.qname(*named) if named else value)}"'


# ---------------------------------------------------------------- a type named by the instance


def _write_typed(plan: Plan, value: Object, out: list[str], doc: Writing, tag: str) -> None:
    """An element without declaration by its `$type`."""
    special = Special(plan, _nameless(plan))
    special.head, special.close = f"<{tag}", f"</{tag}>"
    special.write(value, out, doc)


def _nameless(plan: Plan) -> Place:
    """A declaration of xs:anyType that may be nil."""
    place = Place(ir.Element("any", ANY_TYPE, nillable=True), "")
    place.io = plan.type(ANY_TYPE)
    return place


_CONTENT: Final = frozenset({"$value", "$items", "$mixed"})


def _fixed(value: Object, place: Place) -> None:
    """A fixed value of mixed content is its whole text (cvc-elt 5.2.2)."""
    if place.fixed is not None and (value.keys() & _CONTENT) and value.get("$value") != place.fixed:
        raise Flaws(fixed_flaw())


def build_open(plan: Plan, io: TypeIO) -> None:
    """Compile xs:anyType."""
    io.is_object = True
    inner = OpenIO(plan, skip=False)
    for element in plan.model.elements.values():
        if not element.abstract:
            plan.later(lambda element=element: plan.place(element))  # type: ignore[misc]

    def read(el: Any, rest: Items, doc: Reading, place: Place | None) -> Value:
        value = inner.read(el, rest, doc)
        if place is not None:
            if place.default and not value.keys() & _CONTENT:
                value["$value"] = place.default
            _fixed(value, place)
        return value

    def write(value: Value, out: list[str], doc: Writing, head: str, taken: int, place: Place | None) -> None:
        inner.write(value, out, doc, head, taken)
        if place is not None and isinstance(value, dict):
            if place.default and not value.keys() & _CONTENT:
                raise Flaws(Flaw("An empty value would be read as the default.", "the default itself, or absence"))
            _fixed(value, place)

    def read_attributes(items: Items, out: Object, el: Any, doc: Reading) -> None:
        for name, text in items:
            out["@" + (braced(name) if name[0] == "{" else name)] = inner._read_attribute(name, text, el, doc)

    def write_attributes(value: Object, doc: Writing) -> tuple[str, int]:
        keys = [key for key in value if key[:1] == "@"]
        return "".join(inner._attribute(key, value[key], doc) for key in keys), len(keys)

    io.read, io.write = read, write
    io.read_attributes, io.write_attributes = read_attributes, write_attributes
