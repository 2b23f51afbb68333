"""The law of attributes: those of one complex type, declared and by wildcard, read and written.

XSD 1.0 Part 1 §3.4.4 (cvc-complex-type 3, 4). `xsi:*` never comes here: `places` takes it off first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ..core.value import Value
from ..schema import ir
from .flaw import Flaw, Flaws, Found, missing, not_nillable, unknown, wrong_shape
from .leaf import attribute_piece
from .lexical import Unfit
from .names import XML, attribute_step, braced, checked_attribute, key_step, short, split
from .plan import Plan
from .state import Reading, Writing

_NONE: Final[dict[str | None, str]] = {}
Items = list[tuple[str, str]]


def fixed_flaw() -> Flaw:
    """A value other than the fixed one."""
    return Flaw("Only one value is allowed here.", "the fixed value of the schema")


Reader = Callable[[Items, dict[str, Value], Any, Reading], None]


def attribute_reader(plan: Plan, uses: tuple[ir.Attribute, ...], wildcard: ir.Wildcard | None) -> Reader:
    """Reads attributes into an object, in schema order, those of the wildcard after them."""
    required = [use.name for use in uses if use.required]
    lean = plan.settings.defaults != "fill" and plan.settings.nulls != "write" and len(required) <= 1
    lean = lean and not any(refers(plan, use) for use in uses)
    needs = required[0] if required else None
    quick = {}
    for use in uses:
        leaf = plan.leaf(use.type)
        if leaf.plain and use.fixed is None:
            quick[use.name] = (use.key, leaf.scalar.read)
    read_all = _all_reader(plan, uses, wildcard)

    def read(items: Items, out: dict[str, Value], el: Any, doc: Reading) -> None:
        if lean and len(items) <= 1:  # none or one, as most elements have
            name, text = items[0] if items else (None, "")
            if needs is None or needs == name:
                if name is None:
                    return
                if name in quick:
                    key, read_text = quick[name]
                    try:
                        out[key] = read_text(text, _NONE)
                        return
                    except Unfit:
                        pass  # said below, with its place
        read_all(items, out, el, doc)

    return read


def refers(plan: Plan, use: ir.Attribute) -> bool:
    """Whether an attribute wants IDs even where it is absent: an IDREF with a default (cvc-id)."""
    return (use.default or use.fixed) is not None and plan.leaf(use.type).refers


def _all_reader(plan: Plan, uses: tuple[ir.Attribute, ...], wildcard: ir.Wildcard | None) -> Reader:
    declared = {use.name for use in uses}
    readers = [(use.name, _use_reader(plan, use)) for use in uses]
    one_id = sum(plan.leaf(use.type).is_id for use in uses)

    def read(items: Items, out: dict[str, Value], el: Any, doc: Reading) -> None:
        found = Found(plan.findings)
        given = dict(items)
        for name, read_one in readers:
            try:
                read_one(given.get(name), out, el, doc)
            except Flaws as flaws:
                found.take(flaws)
        ids = one_id
        for name, text in items:
            if name not in declared:
                key = "@" + braced(name) if wildcard else _key(name, plan)
                try:
                    ids += _is_wild_id(plan, wildcard, name)
                    _only_one(ids)
                    out[key] = _read_wild(plan, wildcard, name, text, el, doc)
                except Flaws as flaws:
                    found.take(flaws.within((key,), attribute_step(name, plan.prefixes)))
        found.done()

    return read


def _use_reader(plan: Plan, use: ir.Attribute) -> Callable[[str | None, dict[str, Value], Any, Reading], None]:
    """The reader of one declared attribute. Raises Flaws with the attribute's place."""
    key, step, leaf, fixed = use.key, attribute_step(use.name, plan.prefixes), plan.leaf(use.type), use.fixed
    default = fixed if use.default is None else use.default
    fill = default if plan.settings.defaults == "fill" else None
    null = plan.settings.nulls == "write"
    wants = refers(plan, use)

    def read(text: str | None, out: dict[str, Value], el: Any, doc: Reading) -> None:
        if text is None:
            if use.required:
                raise Flaws(missing(key, step))
            if fill is not None:
                try:
                    out[key] = leaf.read(fill, el, doc)
                except Flaws as flaws:
                    raise flaws.within((key,), step) from None
                return
            if null:
                out[key] = None
            if wants and default is not None:
                _stand_in(leaf, default, doc, key, step)
            return
        try:
            out[key] = leaf.read(text, el, doc)
            if fixed is not None and not leaf.has(text, fixed, el):
                raise Flaws(fixed_flaw())
        except Flaws as flaws:
            raise flaws.within((key,), step) from None

    return read


def _stand_in(leaf: Any, default: str, doc: Any, key: str, step: str) -> None:
    try:
        leaf.stands_in(default, doc)
    except Flaws as flaws:
        raise flaws.within((key,), step) from None


def _read_wild(plan: Plan, wildcard: ir.Wildcard | None, name: str, text: str, el: Any, doc: Reading) -> Value:
    if wildcard is None or not wildcard.takes(name):
        raise Flaws(_not_here(name, plan))
    known = plan.model.attributes.get(name) if wildcard.process != "skip" else None
    if known is None:
        if wildcard.process == "strict":
            raise Flaws(_not_here(name, plan))
        return text
    leaf = plan.leaf(known.type)
    value: Value = leaf.read(text, el, doc)
    if known.fixed is not None and not leaf.has(text, known.fixed, el):
        raise Flaws(fixed_flaw())
    return value


def _is_wild_id(plan: Plan, wildcard: ir.Wildcard | None, name: str) -> bool:
    known = plan.model.attributes.get(name) if wildcard is not None and wildcard.process != "skip" else None
    return known is not None and plan.leaf(known.type).is_id


def _only_one(ids: int) -> None:
    """No second ID by way of a wildcard, and none beside a declared one, even an absent one (cvc-complex-type 5)."""
    if ids > 1:
        raise Flaws(Flaw("This element has another attribute of type ID.", "one ID at most"))


def _key(name: str, plan: Plan) -> str:
    """The key of an attribute that is not declared: by its namespace where that has no prefix."""
    plain = short(name, plan.prefixes)
    return "@" + (name if name[:1] == "{" and ":" not in plain else plain)


def _not_here(name: str, plan: Plan) -> Flaw:
    flaw = unknown(_key(name, plan), "")
    flaw.pointer = []
    return flaw


Writer = Callable[[dict[str, Value], Writing], tuple[str, int]]


def attribute_writer(plan: Plan, uses: tuple[ir.Attribute, ...], wildcard: ir.Wildcard | None) -> Writer:
    """Writes the attributes of an object; gives their text and the number of keys they took."""
    table = [(use.key, _use_writer(plan, use), use) for use in uses]
    wants = {use.key: refers(plan, use) for use in uses}
    declared = frozenset(use.name for use in uses)
    one_id = sum(plan.leaf(use.type).is_id for use in uses)

    def write(value: dict[str, Value], doc: Writing) -> tuple[str, int]:
        found: Found | None = None
        pieces: list[str] = []
        hits = 0
        for key, write_one, use in table:
            if key in value:
                hits += 1
            elif not use.required and not wants[key]:
                continue
            try:
                pieces.append(write_one(value, doc))
            except Flaws as flaws:
                found = found or Found(plan.findings)
                found.take(flaws)
        if wildcard is not None:
            ids = one_id
            for key, one in value.items():
                if key[:2] == "@{":
                    hits += 1
                    try:
                        ids += one is not None and _is_wild_id(plan, wildcard, key[1:].removeprefix("{}"))
                        _only_one(ids)
                        pieces.append(_write_wild(plan, wildcard, declared, key, one, doc))
                    except Flaws as flaws:
                        found = found or Found(plan.findings)
                        found.take(flaws.within((key,), key_step(key, plan.prefixes)))
        if found is not None:
            found.done()
        return "".join(pieces), hits

    return write


def _use_writer(plan: Plan, use: ir.Attribute) -> Callable[[dict[str, Value], Writing], str]:
    """The writer of one declared attribute. Raises Flaws with the attribute's place."""
    key, fixed, required = use.key, use.fixed, use.required
    leaf = plan.leaf(use.type)
    namespace, name = split(use.name)
    step = attribute_step(use.name, plan.prefixes)
    quick = leaf.scalar.write if leaf.plain and fixed is None else None
    default = (fixed if use.default is None else use.default) if refers(plan, use) else None

    def write(value: dict[str, Value], doc: Writing) -> str:
        one = value.get(key)
        if one is None and default is not None and not required:
            _stand_in(leaf, default, doc, key, step)
            return ""
        if key not in value:
            raise Flaws(missing(key, step))
        try:
            if one is None:
                if required:
                    raise Flaws(not_nillable())
                return ""
            text = quick(one, doc) if quick is not None else leaf.write(one, doc)
            if fixed is not None and not leaf.has(text, fixed, doc):
                raise Flaws(fixed_flaw())
            tag = doc.qname(namespace, name) if namespace else name
            return f' {tag}="{attribute_piece(text)}"'
        except Unfit:
            try:
                leaf.write(one, doc)
            except Flaws as flaws:
                raise flaws.within((key,), step) from None
            raise
        except Flaws as flaws:
            raise flaws.within((key,), step) from None

    return write


def wild_text(plan: Plan, known: ir.Attribute | None, value: Value, doc: Writing) -> str:
    """The text of an attribute under a wildcard: by its global declaration, else as it is. Raises Flaws, Unfit."""
    if known is None:
        if isinstance(value, str):
            return value
        raise Flaws(wrong_shape("a string"))
    leaf = plan.leaf(known.type)
    text: str = leaf.write(value, doc)
    if known.fixed is not None and not leaf.has(text, known.fixed, doc):
        raise Flaws(fixed_flaw())
    return text


def _write_wild(
    plan: Plan, wildcard: ir.Wildcard, declared: frozenset[str], key: str, value: Value, doc: Writing
) -> str:
    named = checked_attribute(key[1:])
    if named is None:
        raise Flaws(Flaw("This is no name of an attribute.", "`@{namespace}local`"))
    namespace, local = named
    name = f"{{{namespace}}}{local}" if namespace else local
    if name in declared or not wildcard.takes(name):
        raise Flaws(_not_here(name, plan))
    known = plan.model.attributes.get(name) if wildcard.process != "skip" else None
    if known is None and wildcard.process == "strict":
        raise Flaws(_not_here(name, plan))
    if value is None:
        return ""  # absent; but its name must be one that may stand here
    text = wild_text(plan, known, value, doc)
    prefix = "xml" if namespace == XML else doc.prefix(namespace)
    return f' {prefix}:{local}="{attribute_piece(text)}"' if prefix else f' {local}="{attribute_piece(text)}"'
