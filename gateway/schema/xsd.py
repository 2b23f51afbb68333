"""The law of reading XSD: xmlschema's components become one `ir.Model`, once, at build time.

xmlschema is known to this module, `particles` and `simples` only, and nothing of it stands in the result. The model
says what the schema says, everything inherited written out; its JSON shape is not decided here
(`gateway.schema.layout`). XSD 1.0 Part 1 and 2; 1.1 is read when a document needs it.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.error import URLError
from urllib.request import OpenerDirector

from gateway.schema.bundle import MAIN, Bundle, bundle
from gateway.schema.errors import ContractError
from gateway.schema.ir import (
    Alternative,
    Attribute,
    Complex,
    Element,
    Group,
    Identity,
    Model,
    Open,
    Simple,
    Type,
    TypeId,
    Wildcard,
)
from gateway.schema.media import MENTION, expected
from gateway.schema.names import clark, local, prefixes, site, split
from gateway.schema.opened import opened, settled
from gateway.schema.particles import read_group, read_wildcard
from gateway.schema.relations import derived_types, substitutes
from gateway.schema.simples import BUILTINS, expand, literal, read_simple, unfit_literal
from gateway.schema.source import XS, Fetch, Source, line_of, read_local
from gateway.schema.wording import plain, section_of

ANY_TYPE: Final = clark(XS, "anyType")
_ROOT: Final = "file:///schemas/"
_AGAIN: Final = ("can't include", "can't redefine", "can't override", "import of")


def read_schemas(sources: Sequence[Source], *, fetch: Fetch = read_local, version: str = "") -> Model:
    """The Model of these documents and all they name; the layout is not applied.

    Raises ContractError naming file and line of the first thing that is wrong, and how many more there are.
    """
    return read_bundle(bundle(sources, fetch, version))


def read_bundle(documents: Bundle) -> Model:
    """The Model of a bundle (`gateway.schema.bundle`)."""
    maps = build_components(documents)
    reader = _Reader(maps, documents)
    return reader.model()


# ---------------------------------------------------------------- xmlschema


class _Memory(OpenerDirector):
    """Opens the bundle's documents and nothing else: no file, no network."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        super().__init__()
        self._texts = texts

    def open(self, fullurl: Any, data: Any = None, timeout: Any = None) -> Any:
        name = str(fullurl).rpartition("/")[2]
        if name not in self._texts:
            raise URLError(f"{name} is not in the bundle")
        return io.BytesIO(self._texts[name])


def build_components(documents: Bundle) -> Any:
    """xmlschema's global components of a bundle. Raises ContractError."""
    try:
        return _components(documents, "strict").maps
    except foreign() as error:
        raise _refused(_others(documents) or [_innermost(error)], documents) from None


def _components(documents: Bundle, validation: str) -> Any:
    import xmlschema
    from xmlschema import limits

    limits.MAX_MODEL_DEPTH = max(limits.MAX_MODEL_DEPTH, 100)  # industry schemas nest groups deeper than 15
    limits.MAX_SCHEMA_SOURCES = max(limits.MAX_SCHEMA_SOURCES, 10_000)
    kind = xmlschema.XMLSchema11 if documents.version == "1.1" else xmlschema.XMLSchema10
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return kind(
            _ROOT + MAIN,
            validation=validation,
            allow="local",
            defuse="never",  # the bundle was parsed and written anew: it has no document type
            use_fallback=False,
            opener=_Memory(documents.texts),
        )


def _others(documents: Bundle) -> list[Exception]:
    """All that a lax reading finds, which is not all that is wrong: a strict one stops at the first."""
    try:
        return list(_components(documents, "lax").maps.all_errors)
    except foreign():  # the strict reading's finding is told then
        return []


def foreign() -> tuple[type[Exception], ...]:
    """How xmlschema ends on what is not legal: its own errors, and those it does not foresee."""
    import elementpath
    import xmlschema

    own = (xmlschema.XMLSchemaException, elementpath.ElementPathError)
    return (*own, ValueError, TypeError, AttributeError, LookupError, RuntimeError, ArithmeticError, AssertionError)


def _innermost(error: Exception) -> Exception:
    """The finding itself: an include that fails tells it again, with the bundle's names in it."""
    while isinstance(error.__context__, type(error)) and str(getattr(error, "message", "")).startswith(_AGAIN):
        error = error.__context__
    return error


def _refused(errors: Sequence[Exception], documents: Bundle) -> ContractError:
    first = errors[0]
    file, line = "", 0
    elem, source = getattr(first, "elem", None), getattr(first, "source", None)
    name = source.url.rpartition("/")[2] if source is not None and source.url else ""
    for part in documents.parts:
        if source is not None and part.name == name:
            file, line = part.source.file, part.source.line + _line(elem, source.root, part.root)
    message = plain(str(getattr(first, "message", None) or getattr(first, "reason", None) or first))
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return ContractError(message + more, file=file, line=line, section=section_of(message))


def _line(elem: Any, theirs: Any, ours: Any) -> int:
    """The line of an element of xmlschema's tree, found by position in ours, which has the same shape."""
    for at, place in zip(theirs.iter(), ours.iter(), strict=False):
        if at is elem:
            return int(place.sourceline or 0)
    return 0


# ---------------------------------------------------------------- components to the model


class _Reader:
    """Reads components on demand, each once; anonymous types get the id of their place."""

    def __init__(self, maps: Any, documents: Bundle) -> None:
        self._maps = maps
        self._documents = documents
        self._types: dict[TypeId, Type] = {}
        self._pending: list[tuple[TypeId, Any]] = []
        self._ids: dict[Any, TypeId] = {}
        self._owners: dict[TypeId, Any] = {}
        self._elements: dict[Any, Element] = {}
        self._parts = {part.name: part for part in documents.parts}
        self._order: dict[str, dict[Any, int]] = {}
        self._lines: dict[str, list[int]] = {}
        self._media_of: dict[str, dict[Any, tuple[str, ...]]] = {}

    def model(self) -> Model:
        """The whole model: all global components, and every type that one of them needs."""
        maps = self._maps
        for name in BUILTINS:
            if clark(XS, name) in maps.types:
                self.type_of(maps.types[clark(XS, name)])
        self.type_of(maps.any_type)
        for xsd in _own(maps.types):
            self.type_of(xsd)
        elements = {xsd.name: self.element_of(xsd) for xsd in _own(maps.elements)}
        attributes = {xsd.name: self._attribute(xsd) for xsd in _own(maps.attributes)}
        self._drain()
        heads = {xsd.name: names for xsd in _own(maps.elements) if (names := self._heads(xsd))}
        namespaces = [n for n in self._documents.namespaces if n]
        return Model(
            types=self._types,
            elements=elements,
            attributes=attributes,
            substitutions=substitutes(elements, heads, self._block(maps), self._types),
            derived=derived_types(self._types),
            prefixes=prefixes([part.root for part in self._documents.parts], namespaces),
            notations=frozenset(xsd.name for xsd in _own(maps.notations)),
        )

    def _heads(self, xsd: Any) -> tuple[str, ...]:
        literal = xsd.elem.get("substitutionGroup", "").split()
        namespaces = xsd.schema.source.get_nsmap(xsd.elem) or xsd.schema.namespaces
        names = [expand(name, {"": xsd.schema.target_namespace, **namespaces}) for name in literal]
        return tuple(name for name in names if name in self._maps.elements)

    def _block(self, maps: Any) -> dict[str, frozenset[str]]:
        return {xsd.name: frozenset((xsd.block or "").split()) for xsd in _own(maps.elements)}

    def _drain(self) -> None:
        while self._pending:
            type_id, xsd = self._pending.pop()
            if xsd.is_complex():
                self._types[type_id] = self._complex(type_id, xsd)
                continue
            simple = replace(read_simple(xsd, type_id, self.type_of), media=self._media(xsd))
            self._types[type_id] = simple
            wrong = unfit_literal(simple) if self._documents.version == "1.0" else ""
            if wrong:
                place, _ = self._place(xsd)
                words = f"the enumeration value {wrong!r} is not in the lexical space of xs:{simple.builtin}"
                raise ContractError(words, file=place, section="XSD 1.0 Part 2 §4.3.5")

    def type_of(self, xsd: Any) -> TypeId:
        """The id of a type, which is read in due course."""
        known = self._ids.get(xsd)
        if known is not None:
            return known
        type_id: TypeId = xsd.name if xsd.name and xsd.parent is None else site(xsd)
        if split(type_id)[0] == XS and "#" not in type_id:  # xmlschema makes xs:anyType anew for each asker
            self._ids[xsd] = type_id
            if type_id not in self._owners:
                self._owners[type_id] = xsd
                self._pending.append((type_id, xsd))
            return type_id
        redefined = xsd.name and xsd.parent is None and self._maps.types.get(xsd.name) is not xsd
        stem, number = type_id + ("#redefined" if redefined else ""), 1
        type_id = stem
        while type_id in self._owners:
            # one declaration read for two places is one type; two declarations at one place are numbered
            if self._owners[type_id].elem is xsd.elem and self._owners[type_id].schema is xsd.schema:
                self._ids[xsd] = type_id
                return type_id
            number += 1
            type_id = f"{stem}~{number}"
        self._owners[type_id] = xsd
        self._ids[xsd] = type_id
        self._pending.append((type_id, xsd))
        return type_id

    def element_of(self, xsd: Any) -> Element:
        """The declaration that an xmlschema element is or refers to."""
        xsd = xsd if xsd.ref is None else xsd.ref  # an element is a sequence: `or` would ask its length
        if xsd not in self._elements:
            self._elements[xsd] = self._element(xsd)
        return self._elements[xsd]

    def _element(self, xsd: Any) -> Element:
        type_id = ANY_TYPE if split(xsd.name)[0] == XS else self.type_of(xsd.type)
        return Element(
            name=xsd.name,
            type=type_id,
            nillable=xsd.nillable,
            default=self._literal(xsd, "default"),
            fixed=self._literal(xsd, "fixed"),
            abstract=xsd.abstract,
            is_global=xsd.parent is None,
            block_types=frozenset((xsd.block or "").split()) - {"substitution"},
            identities=tuple(_identity(identity) for identity in _identities(xsd)),
            alternatives=self._alternatives(xsd),
            media=self._media(xsd),
        )

    def _alternatives(self, xsd: Any) -> tuple[Alternative, ...]:
        """The type table of an element (XSD 1.1 Part 1 §3.12)."""
        rows = []
        for row in xsd.alternatives:
            type_id = "" if row.type.name == clark(XS, "error") else self.type_of(row.type)
            scope = tuple(sorted(row.schema.namespaces.items()))
            test = row.path or ""
            handed = next((name for name in self._inheritable() if re.search(rf"\b{re.escape(name)}\b", test)), "")
            rows.append(Alternative(test, scope, row.xpath_default_namespace or "", type_id, handed))
        return tuple(rows)

    def _inheritable(self) -> list[str]:
        """The local names of the attributes that any element hands down to those in it."""
        uses = [use for part in self._documents.parts for use in part.root.iter(f"{{{XS}}}attribute")]
        handed = [use for use in uses if use.get("inheritable", "").strip() in ("true", "1")]
        return [(use.get("name") or use.get("ref") or "").rpartition(":")[2] for use in handed]

    def _literal(self, xsd: Any, name: str) -> str | None:
        """A default or fixed value, normalised by its type; a QName as a Clark name."""
        text: str | None = getattr(xsd, name)
        if text is None:
            return None
        simple = xsd.type if xsd.type.is_simple() else xsd.type.content
        if not (xsd.type.is_simple() or xsd.type.has_simple_content()):
            return text  # of mixed content
        return literal(text, simple, xsd.schema.source.get_nsmap(xsd.elem) or xsd.schema.namespaces)

    def _attribute(self, xsd: Any) -> Attribute:
        fixed = self._literal(xsd, "fixed")
        return Attribute(
            name=xsd.name,
            type=self.type_of(xsd.type),
            required=xsd.use == "required",
            default=self._literal(xsd, "default"),
            fixed=fixed,
        )

    def _place(self, xsd: Any) -> tuple[str, str]:
        """Where a component is declared, as file:line, and what is documented of it."""
        name = str(xsd.schema.url or "").rpartition("/")[2]
        part = self._parts.get(name)
        if part is None:
            return "", ""
        if name not in self._order:
            self._order[name] = {theirs: at for at, theirs in enumerate(xsd.schema.source.root.iter())}
            self._lines[name] = [line_of(ours) for ours in part.root.iter()]
        at = self._order[name].get(xsd.elem)
        if at is None or at >= len(self._lines[name]):
            return part.source.file, ""
        return f"{part.source.file}:{part.source.line + self._lines[name][at]}", part.documentation.get(at, "")

    def _media(self, xsd: Any) -> tuple[str, ...]:
        """The media ranges expected of what a component declares; a simple type is known by the element within it."""
        name = str(xsd.schema.url or "").rpartition("/")[2]
        if name not in self._media_of:
            said = MENTION in self._documents.texts.get(name, b"")
            every = xsd.schema.source.root.iter() if said else ()
            told = {elem: media for elem in every if (media := expected(elem.attrib))}
            inner = {child: media for elem, media in told.items() if local(elem.tag) == "simpleType" for child in elem}
            self._media_of[name] = inner | told
        return self._media_of[name].get(xsd.elem, ())

    def _complex(self, type_id: TypeId, xsd: Any) -> Complex:
        if type_id == ANY_TYPE:
            return _any_type(type_id)
        uses = [use for name, use in xsd.attributes.items() if name is not None and use.use != "prohibited"]
        wildcard = xsd.attributes.get(None)
        simple = xsd.has_simple_content()
        particle = None if simple else self._particle(xsd)
        base = xsd.base_type
        place, documentation = self._place(xsd)
        content = "simple" if simple else "mixed" if xsd.mixed else "element" if particle else "empty"
        return Complex(
            id=type_id,
            content=content,  # type: ignore[arg-type]
            attributes=tuple(self._attribute(use) for use in uses),
            any_attribute=settled(read_wildcard(wildcard), self._maps.attributes) if wildcard is not None else None,
            simple=self.type_of(xsd.content) if simple else None,
            particle=particle,
            base=self.type_of(base) if base is not None else ANY_TYPE,
            derivation=xsd.derivation or ("restriction" if base is None else ""),
            abstract=xsd.abstract,
            block=frozenset((xsd.block or "").split()),
            asserts=tuple(assertion.path for assertion in xsd.assertions),
            document=documentation,
            place=place,
            media=self._media(xsd),
        )

    def _particle(self, xsd: Any) -> Group | None:
        """The content model, open content and names that a wildcard bars (XSD 1.1) written out."""
        particle = read_group(xsd.content, self.element_of)
        rule = getattr(xsd, "open_content", None)
        if rule is not None and rule.mode != "none" and rule.any_element is not None:
            particle = opened(particle, rule.mode, read_wildcard(rule.any_element))
        return particle if particle is None else settled(particle, self._maps.elements)


def _any_type(type_id: TypeId) -> Complex:
    """xs:anyType, the root of all types: anything may stand in it."""
    from gateway.schema.ir import AnyUse, NamespaceTest

    anything = Wildcard(NamespaceTest("any"), "lax")
    return Complex(
        type_id,
        "mixed",
        any_attribute=anything,
        particle=Group("sequence", (AnyUse(anything, 0, None),)),
        form=Open(),
    )


def _own(components: Mapping[str, Any]) -> Iterable[Any]:
    """The global components of the documents, in order; not those of the schema for schemas."""
    return [xsd for name, xsd in components.items() if split(name)[0] != XS]


def _identities(xsd: Any) -> Iterable[Any]:
    found = xsd.identities
    return list(found.values()) if isinstance(found, dict) else list(found or ())


_PREFIXED: Final = re.compile(r"(?<![\w.-])([A-Za-z_][\w.-]*):(?!:)([A-Za-z_*][\w.-]*)")


def _identity(xsd: Any) -> Identity:
    return Identity(
        kind=local(xsd.elem.tag),  # type: ignore[arg-type]
        name=xsd.name or "",
        selector=_named(xsd.selector) if xsd.selector is not None else "",
        fields=tuple(_named(field) for field in xsd.fields),
        refer=getattr(getattr(xsd, "refer", None), "name", None) or "",
    )


def _named(path: Any) -> str:
    """An XPath of the schema with Clark names in place of prefixes."""
    return _PREFIXED.sub(lambda found: clark(path.namespaces.get(found[1], ""), found[2]), str(path.path))


__all__ = ["ANY_TYPE", "Simple", "read_bundle", "read_schemas"]
