"""The law of sample documents: an element as a service would send it, made from the content model alone.

The layout and the codec are not asked, so that a round trip has a witness of its own. Everything that may stand is
there once, the first branch of each choice; recursion ends at the second turn, and past `MOST` elements only what
must stand is written.
"""

from __future__ import annotations

from typing import Any, Final

from lxml import etree

from gateway.schema.conditional import fitting
from gateway.schema.examples import literal
from gateway.schema.ir import (
    AnyUse,
    Attribute,
    Complex,
    Element,
    ElementUse,
    Group,
    Model,
    Particle,
    Simple,
    TypeId,
    is_anonymous,
)
from gateway.schema.names import clark, split
from gateway.schema.source import XS, XSI

MOST: Final = 2000  # elements of one sample, past which the optional is left out
ANY_TYPE: Final = clark(XS, "anyType")
_FREE: Final = ("urn:example", "", "urn:example:other")
_TYPE: Final = f"{{{XSI}}}type"
_NIL: Final = f"{{{XSI}}}nil"


class NoSample(Exception):
    """There is no document of this element: it recurses for ever, or nobody may stand for it."""


def sample_xml(model: Model, element: str, *, most: int = MOST) -> etree._Element:
    """A document of a global element. Raises NoSample, KeyError for an unknown element."""
    return _Writer(model, most).root(model.elements[element])


class _Writer:
    def __init__(self, model: Model, most: int) -> None:
        self._model = model
        self._left = most
        self._ids = 0
        self._prefixes = {ns: prefix for ns, prefix in model.prefixes.items() if ns and prefix}

    def root(self, element: Element) -> etree._Element:
        scope = {prefix: ns for ns, prefix in self._prefixes.items() if ns != XSI} | {"xsi": XSI}
        holder = etree.Element("holder", nsmap=scope)
        made = self._element(holder, self._standing(element), ())
        root = etree.Element(made.tag, attrib=dict(made.attrib), nsmap=scope)
        root.text = made.text
        root.extend(list(made))
        return root

    def _standing(self, element: Element) -> Element:
        """The element, or the first that may stand for an abstract one."""
        if not element.abstract:
            return element
        for name in self._model.substitutions.get(element.name, ()):
            member = self._model.elements.get(name)
            if member is not None and not member.abstract:
                return member
        raise NoSample(f"{element.name} is abstract, and nothing stands for it")

    def _element(self, parent: Any, element: Element, path: tuple[TypeId, ...]) -> Any:
        self._left -= 1
        type_id, chosen = fitting(self._model, element)
        kind = self._model.types[type_id]
        node = etree.SubElement(parent, element.name)
        if isinstance(kind, Complex) and kind.abstract:
            derived = [each for each in self._model.derived.get(type_id, ()) if not is_anonymous(each)]
            found = next((each for each in derived if each not in path), None)
            if found is None:
                raise NoSample(f"the type of {element.name} is abstract, and no other is derived from it")
            type_id, kind = found, self._model.types[found]
            node.set(_TYPE, self._name(found))
        if isinstance(kind, Simple):
            node.text = element.fixed if element.fixed is not None else self._text(type_id)
            return node
        self._complex(node, element, type_id, kind, (*path, type_id))
        for name, text in chosen.items():
            node.set(name, text)
        return node

    def _complex(self, node: Any, element: Element, type_id: TypeId, kind: Complex, path: tuple[TypeId, ...]) -> None:
        if type_id == ANY_TYPE:
            node.text = "text"
            return
        for use in kind.attributes:
            self._attribute(node, use)
        if kind.content == "simple":
            node.text = element.fixed if element.fixed is not None else self._text(kind.simple or "")
        elif kind.content == "mixed":
            node.text = element.fixed if element.fixed is not None else "text"
        if kind.particle is not None and element.fixed is None:
            self._particle(node, kind.particle, path)

    def _attribute(self, node: Any, use: Attribute) -> None:
        text = use.fixed if use.fixed is not None else self._text(use.type)
        node.set(use.name, text)

    def _text(self, type_id: TypeId) -> str:
        kind = self._model.types[type_id]
        if isinstance(kind, Simple) and kind.builtin == "ID" and not kind.facets.patterns:
            self._ids += 1
            return f"id{self._ids}"
        text = literal(self._model, type_id)
        if text.startswith("{") and isinstance(kind, Simple) and kind.builtin in ("QName", "NOTATION"):
            return self._name(text)
        return text

    def _name(self, name: str) -> str:
        namespace, local = split(name)
        prefix = self._prefixes.get(namespace, "")
        return f"{prefix}:{local}" if prefix else local

    # ------------------------------------------------------------ content

    def _particle(self, node: Any, particle: Particle, path: tuple[TypeId, ...]) -> None:
        if particle.max == 0:
            return
        if particle.min == 0 and (self._left <= 0 or self._recurses(particle, path)):
            return
        for _ in range(min(max(1, particle.min), 100)):
            if isinstance(particle, ElementUse):
                self._use(node, particle, path)
            elif isinstance(particle, AnyUse):
                if particle.min:
                    self._any(node, particle, path)
            elif particle.model == "choice":
                self._choice(node, particle, path)
            else:
                for inner in particle.particles:
                    self._particle(node, inner, path)

    def _use(self, node: Any, use: ElementUse, path: tuple[TypeId, ...]) -> None:
        if use.element.nillable and use.element.type in path:
            etree.SubElement(node, use.element.name).set(_NIL, "true")  # how such a list ends
            return
        if len(path) > 60 or path.count(use.element.type) > 2:
            raise NoSample(f"{use.element.name} holds itself")
        try:
            self._element(node, self._standing(use.element), path)
        except NoSample:
            if use.min:
                raise
            if len(node) and node[-1].tag == use.element.name:
                node.remove(node[-1])  # begun, and found to have no end

    def _choice(self, node: Any, group: Group, path: tuple[TypeId, ...]) -> None:
        ready = [each for each in group.particles if each.max != 0]
        ready.sort(key=lambda each: (self._recurses(each, path), not self._says(each)))
        if ready:
            self._particle(node, ready[0], path)

    def _says(self, particle: Particle) -> bool:
        """Whether something is written for it; a wildcard that may be absent is left out."""
        return not (isinstance(particle, AnyUse) and particle.min == 0)

    def _recurses(self, particle: Particle, path: tuple[TypeId, ...]) -> bool:
        if isinstance(particle, ElementUse):
            return particle.element.type in path
        if isinstance(particle, Group):
            one_of = particle.model == "choice"
            tests = [self._recurses(each, path) for each in particle.particles if each.min or one_of]
            return bool(tests) and (all(tests) if one_of else any(tests))
        return False

    def _any(self, node: Any, use: AnyUse, path: tuple[TypeId, ...]) -> None:
        test = use.wildcard.test
        if use.wildcard.process == "strict":
            known = (each for name, each in self._model.elements.items() if use.wildcard.takes(name))
            found = next((each for each in known if not each.abstract and each.type not in path), None)
            if found is None:
                raise NoSample("a wildcard demands an element that nobody declares")
            self._element(node, found, path)
            return
        free = (ns for ns in _FREE if use.wildcard.takes(clark(ns, "element")))
        namespace = min(test.namespaces) if test.kind == "in" else next(free)
        etree.SubElement(node, clark(namespace, "element"))
