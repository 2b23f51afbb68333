"""The law of types: the JSON form of one type, put together from attributes and content.

One builder a form of the layout (`ir.Form`). White space and stray text are judged in `decode`,
order in `automaton`, presence in `encode`; nil and xsi:type in `places`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..core.value import Value
from ..schema import ir
from .attributes import Items, attribute_reader, attribute_writer, fixed_flaw
from .choices import leaves_of
from .decode import ReadContent, keys_reader, nothing_reader
from .encode import keys_writer, node_writer
from .entries import entries_reader, entries_writer, mixed_writer
from .flaw import Flaw, Flaws, Found, missing, unknown, wrong_shape
from .grouping import grouped_reader
from .leaf import text_piece
from .names import braced, home_of, key_step
from .plan import Place, Plan, ReadType, TypeIO, WriteContent
from .state import Reading, Writing


def build_type(plan: Plan, io: TypeIO) -> None:
    """Compile a type into its TypeIO."""
    type_ = io.type
    if isinstance(type_, ir.Simple):
        _simple(plan, io, io.id)
        return
    io.read_attributes = attribute_reader(plan, type_.attributes, type_.any_attribute)
    io.write_attributes = attribute_writer(plan, type_.attributes, type_.any_attribute)
    form = type_.form
    match form:
        case ir.Open():
            from .open import build_open

            build_open(plan, io)
        case ir.Text(bare=True):
            assert type_.simple is not None
            _simple(plan, io, type_.simple)
        case ir.Text():
            _text(plan, io, type_)
        case ir.Array():
            _array(plan, io, type_, form)
        case ir.Keys() | ir.Entries() | ir.Mixed():
            _object(plan, io, type_)
        case None:
            raise ValueError(f"{io.id} has no layout")


# ---------------------------------------------------------------- simple types, and simple content


def _no_attributes(plan: Plan) -> Callable[[Items, dict[str, Value], Any, Reading], None]:
    return attribute_reader(plan, (), None)


def _simple(plan: Plan, io: TypeIO, id_: ir.TypeId) -> None:
    from .places import emptied, inner_text

    leaf = plan.leaf(id_)
    null = plan.settings.empties == "null"
    read_text = emptied(leaf.read) if null else leaf.read
    io.read_attributes = _no_attributes(plan)
    io.write_attributes = attribute_writer(plan, (), None)

    def read(el: Any, rest: Items, doc: Reading, place: Place | None) -> Value:
        if rest:
            io.read_attributes(rest, {}, el, doc)
        text = _valued(inner_text(el, plan), place)
        value: Value = read_text(text, el, doc)
        if place is not None and place.fixed is not None and not leaf.has(text, place.fixed, el):
            raise Flaws(fixed_flaw())
        return value

    def write(value: Value, out: list[str], doc: Writing, head: str, taken: int, place: Place | None) -> None:
        if value is None and null:
            value = leaf.read("", None, doc)
        out.append(f"{head}>{_written(leaf, value, doc, place)}")

    io.read, io.write = read, write


def _valued(text: str, place: Place | None) -> str:
    return text or ((place.default or "") if place is not None else "")


def _written(leaf: Any, value: Value, doc: Writing, place: Place | None) -> str:
    text: str = leaf.write(value, doc)
    if place is not None:
        if not text and place.default:
            raise Flaws(Flaw("An empty value would be read as the default.", "the default itself, or absence"))
        if place.fixed is not None and not leaf.has(text, place.fixed, doc):
            raise Flaws(fixed_flaw())
    return text_piece(text)


def _text(plan: Plan, io: TypeIO, type_: ir.Complex) -> None:
    from .places import emptied, inner_text

    assert type_.simple is not None
    leaf = plan.leaf(type_.simple)
    null = plan.settings.empties == "null"
    read_text = emptied(leaf.read) if null else leaf.read
    io.is_object = True
    read_attributes, write_attributes = io.read_attributes, io.write_attributes

    def read(el: Any, rest: Items, doc: Reading, place: Place | None) -> Value:
        out: dict[str, Value] = {}
        found = Found(plan.findings)
        try:
            read_attributes(rest, out, el, doc)
        except Flaws as flaws:
            found.take(flaws)
        text = _valued(inner_text(el, plan), place)
        try:
            out["$value"] = read_text(text, el, doc)
            if place is not None and place.fixed is not None and not leaf.has(text, place.fixed, el):
                raise Flaws(fixed_flaw())
        except Flaws as flaws:
            found.take(flaws.within(("$value",)))
        found.done()
        return out

    def write(value: Value, out: list[str], doc: Writing, head: str, taken: int, place: Place | None) -> None:
        if not isinstance(value, dict):
            raise Flaws(wrong_shape("an object with `$value`"))
        found = Found(plan.findings)
        attributes, text = "", ""
        try:
            attributes, hits = write_attributes(value, doc)
            if hits + taken + ("$value" in value) != len(value):
                found.take(unknown_keys(plan, value, _known(type_) | {"$value"}, type_.any_attribute is not None))
        except Flaws as flaws:
            found.take(flaws)
        if "$value" not in value:
            found.add(missing("$value", ""))
        else:
            try:
                one = value["$value"]
                text = _written(leaf, leaf.read("", None, doc) if one is None and null else one, doc, place)
            except Flaws as flaws:
                found.take(flaws.within(("$value",)))
        found.done()
        out.append(f"{head}{attributes}>{text}")

    io.read, io.write = read, write


# ---------------------------------------------------------------- element content


def unknown_keys(
    plan: Plan, value: dict[str, Value], known: frozenset[str] | set[str], wild: bool, home: str = ""
) -> Flaws:
    """The keys of an object that its type does not have; `home` is the prefix of its elements."""
    found = Found(plan.findings)
    expected = [key for key in known if key[0] not in "@$"]
    for key in value:
        if key not in known and key != "$type" and not (wild and key[:2] == "@{"):
            found.add(unknown(key, key_step(key, plan.prefixes, home), () if key[:1] == "@" else expected))
    return Flaws(*found.flaws)


def _known(type_: ir.Complex) -> frozenset[str]:
    return frozenset(use.key for use in type_.attributes)


def _content(plan: Plan, type_: ir.Complex) -> tuple[ReadContent, WriteContent, frozenset[str]]:
    """Reader and writer of an object's content, and its keys."""
    match type_.form:
        case ir.Keys(None):
            return (nothing_reader(plan, type_), *keys_writer(plan, type_, None))
        case ir.Keys(ir.Slot() | ir.AnySlot() | ir.ItemsSlot() | ir.Sequence() | ir.Choice() | ir.All() as node):
            read = (grouped_reader if _has_items(node) else keys_reader)(plan, type_, node)
            return (read, *keys_writer(plan, type_, node))
        case ir.Entries(entries) as form:
            return entries_reader(plan, type_, entries, "$items"), entries_writer(plan, form), frozenset({"$items"})
        case ir.Mixed(entries, _, text) as form:
            read = entries_reader(plan, type_, entries, "$mixed", text=text)
            return read, mixed_writer(plan, form), frozenset({"$mixed"})
    raise ValueError(f"{type_.id} is no object")


def _elements(form: ir.Form | None) -> Iterator[str]:
    """The names of the child elements of a form."""
    if isinstance(form, ir.Entries | ir.Mixed):
        yield from (slot.element.name for slot in form.entries)
    elif isinstance(form, ir.Keys) and form.content is not None:
        yield from (leaf.element.name for leaf in leaves_of(form.content) if isinstance(leaf, ir.Slot))


def _place_wild(flaw: Flaw, value: dict[str, Value], members: tuple[Any, ...], declared: frozenset[str]) -> None:
    """Give a wildcard's element the position that it has among all of its name, where there are more."""
    path = flaw.pointer[::-1]
    if path[:1] in (["$items"], ["$mixed"]):
        _place_in_entries(flaw, path, value, declared)
        return
    name = next((step for step in path[1:3] if isinstance(step, str)), None)
    if path[:1] != ["$any"] or name is None or not flaw.xpath:
        return
    given = value["$any"]
    entries = given if isinstance(given, list) else [given]
    at = path[1] if isinstance(path[1], int) else 0
    same = [isinstance(entry, dict) and name in entry for entry in entries]
    before, total, met = sum(same[:at]), sum(same), False
    for leaf in members:
        if isinstance(leaf, ir.AnySlot):
            met = True
        elif isinstance(leaf, ir.Slot) and braced(leaf.element.name) == name and value.get(leaf.key) is not None:
            one = value[leaf.key]
            count = len(one) if leaf.repeated and isinstance(one, list) else 1
            before, total = before + (0 if met else count), total + count
    if total > 1:
        flaw.xpath[-1] += f"[{before + 1}]"


def _place_in_entries(flaw: Flaw, path: list[str | int], value: dict[str, Value], declared: frozenset[str]) -> None:
    """The same in `$items` and `$mixed`, for names that the type does not declare, too."""
    end = 0
    while path[end : end + 1] in (["$items"], ["$mixed"]):
        end += 2
    if path[end : end + 1] == ["$any"]:
        end += 2 if any(isinstance(part, int) for part in path[end + 1 : end + 2]) else 1
    elif end < len(path) and path[end] in declared:
        return  # declared: its own writer knows
    at = tuple(path[: end + 1])
    same = [spot for spot in _spots(value, ()) if spot[-1] == at[-1]]
    if flaw.xpath and len(same) > 1 and at in same:
        flaw.xpath[-1] += f"[{same.index(at) + 1}]"


def _entry_keys(form: ir.Form | None) -> Iterator[str]:
    """The keys that the entries of a form may have."""
    if isinstance(form, ir.Entries | ir.Mixed):
        yield from (slot.key for slot in form.entries)
        return
    nodes = [form.content] if isinstance(form, ir.Keys) and form.content is not None else []
    while nodes:
        for leaf in leaves_of(nodes.pop()):
            if isinstance(leaf, ir.ItemsSlot):
                nodes.append(leaf.entry)
            else:
                yield leaf.key


def _spots(value: Value, above: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Where the members of entries stand, in the order of the document as far as entries tell it."""
    if not isinstance(value, dict):
        return
    for key, one in value.items():
        if key in ("$items", "$mixed") and isinstance(one, list):
            for at, entry in enumerate(one):
                yield from _spots(entry, (*above, key, at))
        elif key == "$any":
            many = isinstance(one, list)
            for at, entry in enumerate(one if isinstance(one, list) else [one]):
                if isinstance(entry, dict):
                    yield from ((*above, key, *((at,) if many else ()), name) for name in entry)
        elif above:
            yield (*above, key)


def _object(plan: Plan, io: TypeIO, type_: ir.Complex) -> None:
    io.is_object = True
    read_content, write_content, content_known = _content(plan, type_)
    known = content_known | _known(type_)
    wild = type_.any_attribute is not None
    mixed = isinstance(type_.form, ir.Mixed)
    io.read = _object_reader(plan, io, type_, read_content, mixed)
    home = home_of(plan.prefixes, _elements(type_.form))
    content = type_.form.content if isinstance(type_.form, ir.Keys) else None
    members = tuple(leaves_of(content)) if content is not None else ()
    declared = frozenset(_entry_keys(type_.form))
    has_attributes = bool(type_.attributes) or wild
    write_attributes = io.write_attributes

    def write(value: Value, out: list[str], doc: Writing, head: str, taken: int, place: Place | None) -> None:
        if type(value) is not dict:
            raise Flaws(wrong_shape("an object"))
        hits = taken
        found: Found | None = None
        attributes = ""
        if has_attributes:
            try:
                attributes, more = write_attributes(value, doc)
                hits += more
            except Flaws as flaws:
                found = Found(plan.findings)
                found.take(flaws)
        out.append(f"{head}{attributes}>")
        try:
            hits += write_content(value, out, doc)
        except Flaws as flaws:
            found = found or Found(plan.findings)
            for flaw in flaws.flaws:
                _place_wild(flaw, value, members, declared)
            found.take(flaws)
        if found is not None or hits != len(value):
            found = found or Found(plan.findings)
            found.take(unknown_keys(plan, value, known, wild, home))
            found.done()
        if mixed and place is not None:
            _mixed_written(value, place)

    io.write = write


def _object_reader(plan: Plan, io: TypeIO, type_: ir.Complex, read_content: ReadContent, mixed: bool) -> ReadType:
    has_attributes = bool(type_.attributes) or type_.any_attribute is not None
    read_attributes = io.read_attributes

    def read(el: Any, rest: Items, doc: Reading, place: Place | None) -> Value:
        out: dict[str, Value] = {}
        if has_attributes or rest:
            try:
                read_attributes(rest, out, el, doc)
            except Flaws as flaws:
                found = Found(plan.findings)
                found.take(flaws)
                try:
                    read_content(el, out, doc)
                except Flaws as more:
                    found.take(more)
                found.done()
        read_content(el, out, doc)
        if mixed and place is not None:
            _mixed_value(out, place)
        return out

    return read


def _mixed_value(out: dict[str, Value], place: Place) -> None:
    """An empty element of mixed content has its default; a fixed one holds just that text."""
    text = place.default or ""
    given = out.get("$mixed")
    if not given:
        if text:
            out["$mixed"] = [text]
    elif place.fixed is not None and given != [place.fixed]:
        raise Flaws(fixed_flaw()).within(("$mixed",))


def _mixed_written(value: dict[str, Value], place: Place) -> None:
    given = value.get("$mixed")
    if not given and place.default:
        raise Flaws(Flaw("An empty value would be read as the default.", "the default itself, or absence"))
    if place.fixed is not None and (given or []) != ([place.fixed] if place.fixed else []):
        raise Flaws(fixed_flaw()).within(("$mixed",))


def _array(plan: Plan, io: TypeIO, type_: ir.Complex, form: ir.Array) -> None:
    member = form.member
    key = member.key
    nested = isinstance(member, ir.ItemsSlot)
    read_content = (grouped_reader if nested else keys_reader)(plan, type_, member, array=True)
    write_content = node_writer(plan, member, array=True)
    read_attributes = io.read_attributes

    def read(el: Any, rest: Items, doc: Reading, place: Place | None) -> Value:
        out: dict[str, Value] = {}
        if rest:
            read_attributes(rest, out, el, doc)
        try:
            read_content(el, out, doc)
        except Flaws as flaws:
            raise _bare(flaws, key) from None
        return out.get(key) or []

    def write(value: Value, out: list[str], doc: Writing, head: str, taken: int, place: Place | None) -> None:
        if type(value) is not list:
            raise Flaws(wrong_shape("an array"))
        out.append(head + ">")
        try:
            write_content({key: value}, out, doc)
        except Flaws as flaws:
            raise _bare(flaws, key) from None

    io.read, io.write = read, write


def _bare(flaws: Flaws, key: str) -> Flaws:
    """The flaws of an array wrapper: the member's key does not stand in its JSON."""
    for flaw in flaws.flaws:
        if flaw.pointer and flaw.pointer[-1] == key:
            flaw.pointer.pop()
    return flaws


def _has_items(node: ir.Node) -> bool:
    if isinstance(node, ir.ItemsSlot):
        return True
    return isinstance(node, (ir.Sequence, ir.Choice, ir.All)) and any(map(_has_items, node.nodes))
