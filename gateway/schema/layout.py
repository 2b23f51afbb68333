"""The law of layout: the JSON shape of a type is decided here, once, by the table of MAPPING and the type alone.

Content model in, form out (`ir.Keys` and its siblings). Codecs and JSON Schema read forms and decide nothing again.
A setting that would lose something is refused in `gateway.schema.refusals`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from gateway.schema.decide import can_be_empty, is_plain, names
from gateway.schema.errors import ContractError
from gateway.schema.ir import (
    All,
    AnySlot,
    AnyUse,
    Array,
    Attribute,
    Choice,
    Complex,
    ElementUse,
    Entries,
    Form,
    Group,
    ItemsSlot,
    Keys,
    Mixed,
    Model,
    Node,
    Open,
    Particle,
    Sequence,
    Settings,
    Slot,
    Text,
    Type,
    TypeId,
)
from gateway.schema.names import SPELLINGS, clark, split
from gateway.schema.passes import elements_of, expand_heads, may_be_empty, repeats, tidy, totals, wildcards_of
from gateway.schema.refusals import check
from gateway.schema.renames import renamed
from gateway.schema.source import XS

_ANY_TYPE = clark(XS, "anyType")
_GROUPS: Final[Mapping[str, type[Sequence | Choice | All]]] = {"sequence": Sequence, "choice": Choice, "all": All}


def lay_out(model: Model, settings: Settings, roots: Iterable[str] | None = None) -> Model:
    """The model with the form of every complex type and the key of every attribute set.

    Raises ContractError where a setting would lose something, looking at what `roots` (global element names)
    reach, or at everything.
    """
    types: dict[TypeId, Type] = {}
    laid = _Layout(model, settings)
    for type_id, kind in model.types.items():
        types[type_id] = laid.complex(kind) if isinstance(kind, Complex) else kind
    attributes = {name: replace(a, key="@" + _braced(name)) for name, a in model.attributes.items()}
    result = replace(model, types=types, attributes=attributes)
    check(result, settings, roots)
    return result


def _braced(name: str) -> str:
    namespace, local = split(name)
    return f"{{{namespace}}}{local}"


class _Layout:
    """Forms of one model under one set of settings, each worked out once, a base before what restricts it."""

    def __init__(self, model: Model, settings: Settings) -> None:
        self._model = model
        self._settings = settings
        self._forms: dict[TypeId, Form] = {}

    def complex(self, kind: Complex) -> Complex:
        """The type with its form and its attributes' keys."""
        uses = tuple(replace(use, key=key) for use, key in self._attribute_keys(kind))
        return replace(kind, attributes=uses, form=self.form(kind))

    def form(self, kind: Complex) -> Form:
        """The form of a type, of its base's shape where it restricts one."""
        known = self._forms.get(kind.id)
        if known is None:
            base = self._model.types.get(kind.base or "")
            restricts = kind.derivation == "restriction" and isinstance(base, Complex) and base.id != _ANY_TYPE
            if restricts and isinstance(base, Complex) and base.id != kind.id:
                known = self._restricted(kind, self.form(base))
            else:
                known = self._own(kind)
            self._forms[kind.id] = known
        return known

    # ------------------------------------------------------------ a form from the content model

    def _own(self, kind: Complex) -> Form:
        if kind.id == _ANY_TYPE:
            return Open()
        if kind.content == "simple":
            return Text(bare=not kind.attributes and kind.any_attribute is None)
        particle, loose = self._particle(kind)
        if kind.content == "mixed":
            return self._mixed(kind, particle)
        if particle is None:
            return Keys()
        keys = self._element_keys(kind, particle)
        node = _node(particle, keys)
        if not is_plain(node):
            return Entries(_slots(particle, keys), wildcards_of(particle))
        node = _alike(node, {name for name in names(node) if _repeated(node, name)})
        if self._collapses(kind, node) and isinstance(node, Slot | ItemsSlot):
            return Array(node, loose)
        return Keys(node, loose)

    def _particle(self, kind: Complex) -> tuple[Particle | None, bool]:
        """The content model with substitution groups written out and needless groups gone; whether it was widened."""
        if kind.particle is None:
            return None, False
        widened: list[Particle] = []
        particle = tidy(expand_heads(kind.particle, self._model), widened)
        return (None if particle.max == 0 else particle), bool(widened) or _bounded_blank(particle)

    def _collapses(self, kind: Complex, node: Node) -> bool:
        if self._settings.arrays == "wrapped" or kind.attributes or kind.any_attribute is not None:
            return False
        if isinstance(node, Slot):
            return node.repeated
        return isinstance(node, ItemsSlot) and not _has_wildcard(node)

    def _mixed(self, kind: Complex, particle: Particle | None, text: bool = True) -> Mixed:
        if particle is None:
            return Mixed((), text=text)
        return Mixed(_slots(particle, self._element_keys(kind, particle)), wildcards_of(particle), text)

    # ------------------------------------------------------------ a form from the base's

    def _restricted(self, kind: Complex, base: Form) -> Form:
        """The base's shape, narrowed to what the restriction allows (MAPPING: an array stays, no object collapses)."""
        if kind.content == "simple":
            return replace(base) if isinstance(base, Text) else Text(bare=False)
        particle, loose = self._particle(kind)
        if isinstance(base, Mixed):
            return self._mixed(kind, particle, text=kind.content == "mixed")
        if isinstance(base, Open | Text):
            return self._own(kind)
        given = _base_slots(base)
        found = elements_of(particle) if particle is not None else {}
        if not found.keys() <= given.keys() and not _takes_more(base):
            return self._unrelated(kind)
        keys = {name: given[name].key for name in found if name in given}
        keys |= {name: key for name, key in self._names(kind, found).items() if name not in keys}
        if isinstance(base, Entries):
            wildcards = wildcards_of(particle) if particle is not None else ()
            return Entries(_slots(particle, keys) if particle is not None else (), wildcards)
        if isinstance(base, Keys):
            if particle is None:
                return Keys()
            many = {name for name, slot in given.items() if slot.repeated}
            node = _alike(_node(particle, keys), many)
            if is_plain(node) and (base.content is None or _level(node) == _level(base.content, names(node))):
                return Keys(node, loose)
            narrowed = _narrowed(base.content, particle) if base.content is not None else node
            return Keys(narrowed, loose=True) if _holds(narrowed, particle) else self._unrelated(kind)
        return self._narrowed_array(base, particle)

    def _unrelated(self, kind: Complex) -> Form:
        """A restriction that names elements which its base does not: its own shape, but never a collapsed one."""
        form = self._own(kind)
        return Keys(form.member, form.loose) if isinstance(form, Array) else form

    def _narrowed_array(self, base: Array, particle: Particle | None) -> Array:
        member = _narrowed(base.member, particle) if particle is not None else None
        if isinstance(member, Slot | ItemsSlot):
            return Array(member, loose=isinstance(member, ItemsSlot) or base.loose)
        return Array(replace(base.member, min=0, max=0))

    # ------------------------------------------------------------ keys

    def _element_keys(self, kind: Complex, particle: Particle) -> dict[str, str]:
        return self._names(kind, elements_of(particle))

    def _names(self, kind: Complex, found: Iterable[str]) -> dict[str, str]:
        """Element name -> key: the local name, `prefix:local` where two of one type would meet."""
        found = list(found)
        spell = SPELLINGS[self._settings.names]
        plain: dict[str, int] = {}
        for name in found:
            local = split(name)[1]
            plain[local] = plain.get(local, 0) + 1
        keys = {}
        for name in found:
            namespace, local = split(name)
            clash = plain[local] > 1 and namespace
            said = renamed(self._settings, kind.id, local) if self._settings.rename else None
            keys[name] = said or (self._prefix(kind, namespace) + ":" if clash else "") + spell(local)
        _distinct(kind, keys, self._settings)
        return keys

    def _attribute_keys(self, kind: Complex) -> list[tuple[Attribute, str]]:
        spell = SPELLINGS[self._settings.names]
        keys = {}
        for use in kind.attributes:
            namespace, local = split(use.name)
            keys[use.name] = "@" + (self._prefix(kind, namespace) + ":" if namespace else "") + spell(local)
        _distinct(kind, keys, self._settings)
        return [(use, keys[use.name]) for use in kind.attributes]

    def _prefix(self, kind: Complex, namespace: str) -> str:
        if namespace not in self._model.prefixes:
            raise ContractError(f"no prefix is fixed for namespace {namespace}", file=kind.place or kind.id)
        return self._model.prefixes[namespace]


def _distinct(kind: Complex, keys: Mapping[str, str], settings: Settings) -> None:
    setting = f"`names: {settings.names}`" + (" with `rename`" if settings.rename else "")
    seen: dict[str, str] = {}
    for name, key in keys.items():
        if key in seen:
            raise ContractError(
                f"{setting} gives {seen[key]} and {name} of type {kind.id} one key {key!r}",
                file=kind.place or kind.id,
            )
        seen[key] = name


# ---------------------------------------------------------------- nodes


def _node(particle: Particle, keys: Mapping[str, str]) -> Node:
    if isinstance(particle, ElementUse):
        name = particle.element.name
        return Slot(keys[name], particle.element, particle.min, particle.max, repeats(particle.max))
    if isinstance(particle, AnyUse):
        return AnySlot(particle.wildcard, particle.min, particle.max, repeats(particle.max))
    nodes = tuple(_node(child, keys) for child in particle.particles)
    if not repeats(particle.max):
        return _GROUPS[particle.model](nodes, optional=particle.min == 0)
    entry = _GROUPS[particle.model](nodes)
    if can_be_empty(entry):  # how many repetitions there are is not how many entries were given
        return ItemsSlot(entry, 0, None)
    return ItemsSlot(entry, particle.min, particle.max)


def _bounded_blank(particle: Particle) -> bool:
    """Whether a repeating group that may be empty is bounded: its entries cannot be counted."""
    if not isinstance(particle, Group):
        return False
    if any(_bounded_blank(child) for child in particle.particles):
        return True
    blank = Group(particle.model, particle.particles)
    return repeats(particle.max) and (particle.max is not None or particle.min > 1) and may_be_empty(blank)


def _named(node: Node | None) -> frozenset[str]:
    return names(node) if node is not None else frozenset()


def _holds(node: Node | None, particle: Particle) -> bool:
    """Whether a base's node has room for all of a restriction: what a wildcard of the base took has no key in it."""
    found = totals(particle)
    many = {name for name, (_, most) in found.items() if name and (most is None or most > 1)}
    single = {name for name in many if node is not None and not _repeats(node, name)}
    return elements_of(particle).keys() <= _named(node) and not single


def _repeats(node: Node, name: str, within: bool = False) -> bool:
    if isinstance(node, Slot):
        return node.element.name == name and (node.repeated or within)
    if isinstance(node, AnySlot):
        return False
    if isinstance(node, ItemsSlot):
        return _repeats(node.entry, name, within=True)
    return any(_repeats(child, name, within) for child in node.nodes)


def _slots(particle: Particle, keys: Mapping[str, str]) -> tuple[Slot, ...]:
    """The elements of a whole-content form, with how often each may stand in all of it."""
    counts = totals(particle)
    return tuple(
        Slot(keys[name], element, counts[name][0], counts[name][1], repeated=False)
        for name, element in elements_of(particle).items()
    )


def _alike(node: Node, many: Iterable[str]) -> Node:
    """The node with the slots of these names arrays, wherever they stand."""
    if isinstance(node, Slot):
        return replace(node, repeated=True) if node.element.name in set(many) else node
    if isinstance(node, AnySlot):
        return node
    if isinstance(node, ItemsSlot):
        return replace(node, entry=_alike(node.entry, many))
    return replace(node, nodes=tuple(_alike(child, many) for child in node.nodes))


def _repeated(node: Node, name: str) -> bool:
    if isinstance(node, Slot):
        return node.repeated and node.element.name == name
    if isinstance(node, AnySlot):
        return False
    if isinstance(node, ItemsSlot):
        return _repeated(node.entry, name)
    return any(_repeated(child, name) for child in node.nodes)


def _has_wildcard(node: Node) -> bool:
    if isinstance(node, Slot | AnySlot):
        return isinstance(node, AnySlot)
    if isinstance(node, ItemsSlot):
        return _has_wildcard(node.entry)
    return any(_has_wildcard(child) for child in node.nodes)


# ---------------------------------------------------------------- what a restriction takes from its base


def _base_slots(form: Form) -> dict[str, Slot]:
    found: dict[str, Slot] = {}

    def collect(node: Node | None) -> None:
        if isinstance(node, Slot):
            found.setdefault(node.element.name, node)
        elif isinstance(node, ItemsSlot):
            collect(node.entry)
        elif isinstance(node, Sequence | Choice | All):
            for child in node.nodes:
                collect(child)

    if isinstance(form, Keys):
        collect(form.content)
    elif isinstance(form, Array):
        collect(form.member)
    elif isinstance(form, Entries | Mixed):
        found = {slot.element.name: slot for slot in form.entries}
    return found


def _takes_more(form: Form) -> bool:
    return isinstance(form, Entries)


def _level(node: Node, among: frozenset[str] | None = None, depth: int = 0) -> frozenset[tuple[str, int]]:
    """Which names stand at which depth of `$items`; the same for two nodes of one shape."""
    if isinstance(node, Slot):
        there = among is None or node.element.name in among
        return frozenset({(node.element.name, depth)} if there else ())
    if isinstance(node, AnySlot):
        return frozenset()
    if isinstance(node, ItemsSlot):
        return _level(node.entry, among, depth + 1)
    return frozenset().union(*(_level(child, among, depth) for child in node.nodes))


def _narrowed(node: Node, particle: Particle) -> Node | None:
    """The base's node with the restriction's elements and counts; names that it lacks are gone."""
    elements, counts = elements_of(particle), totals(particle)

    def narrow(at: Node, within: bool = False) -> Node | None:
        if isinstance(at, Slot):
            name = at.element.name
            if name not in elements:
                return None
            low, high = counts[name] if at.repeated and not within else (at.min, at.max)  # counts are of the whole
            return replace(at, element=elements[name], min=low, max=high)
        if isinstance(at, AnySlot):
            return at if "" in counts else None
        if isinstance(at, ItemsSlot):
            entry = narrow(at.entry, within=True)
            return None if entry is None else replace(at, entry=entry, min=0)
        kept = tuple(child for child in (narrow(child, within) for child in at.nodes) if child is not None)
        return replace(at, nodes=kept) if kept else None

    return narrow(node)
