"""The law of the second opinion: libxml2 judges a message by the schema documents themselves.

Built from the same bundle as the model, so each namespace is one document (libxml2 ignores a second import
of a namespace in silence). One compiled schema a thread: a shared one mixes the findings of two threads, values
included. lxml has one loader of documents a process: a parse that ends elsewhere takes it from under a schema that
is being compiled, whose imports are then missing without an error; so it is seen that each was asked for.
Nothing here knows of JSON. XSD 1.1 is judged by xmlschema: some hundred times slower, one message at a
time. What libxml2 cannot compile makes the validator `unavailable` with the reason; whoever needs it must say
so at build time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, Final, TypeAlias

import jsonschema_rs
from lxml import etree

from gateway.core.patterns import PatternError, anchored
from gateway.schema.bundle import MAIN, Bundle, bundle
from gateway.schema.source import XS, Fetch, Source, line_of, read_local
from gateway.schema.xsd import build_components, foreign

Finding: TypeAlias = "tuple[int, str, str]"

MOST: Final = 100  # findings told of one message; a wrong repetition would otherwise fill a page with one mistake
_SCHEME: Final = "bundle:"
_TRIES: Final = 20  # a schema that libxml2 refuses early has documents left each time
_COMPILING: Final = threading.Lock()
_MANY: Final = 1000  # children from which on an element is judged within its parent
_FRAME: Final = "{urn:gateway:main}frame"
_FRAMED: Final = (
    f'<xs:element xmlns:xs="{XS}" name="frame"><xs:complexType><xs:sequence><xs:any processContents="strict"/>'
    '</xs:sequence><xs:anyAttribute processContents="skip"/></xs:complexType></xs:element>'
)
etree.register_namespace("gateway-main", "urn:gateway:main")


class _Memory(etree.Resolver):
    """Gives libxml2 the bundle's documents; every other name is an empty document, never a file or an address."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        super().__init__()
        self._texts = texts
        self.left = set(texts) - {MAIN}  # not asked for so far

    def resolve(self, system_url: str, public_id: str, context: Any = None) -> Any:
        """The document of this name."""
        name = (system_url or "").removeprefix(_SCHEME)
        self.left.discard(name)
        return self.resolve_string(self._texts.get(name, b"<nothing/>"), context, base_url=system_url)


class Undecided(Exception):
    """libxml2 gave up: a text and a pattern of the schema that it does not get to the end of."""


class Validator:
    """Validates elements against the schema set; thread-safe.

    `unavailable` is the reason why it cannot, '' when it can; `slow` says that xmlschema judges.
    """

    def __init__(self, sources: Sequence[Source], *, fetch: Fetch = read_local) -> None:
        self._init(bundle(sources, fetch))

    @classmethod
    def of(cls, documents: Bundle) -> Validator:
        """The validator of a bundle that is already made."""
        made = cls.__new__(cls)
        made._init(documents)
        return made

    def _init(self, documents: Bundle) -> None:
        self._texts = dict(documents.texts)
        self._local = threading.local()
        self.unavailable = ""
        self.slow = documents.version != "1.0"
        if self.slow:
            self._newer = build_components(documents)
            _linear(self._newer)
            self._one = threading.Lock()
            return
        try:
            self._schema()
        except etree.XMLSchemaParseError as error:
            self.unavailable = self._reason(error, documents)

    def _reason(self, error: etree.XMLSchemaParseError, documents: Bundle) -> str:
        for entry in error.error_log:
            name = (entry.filename or "").removeprefix(_SCHEME)
            for part in documents.parts:
                if part.name == name:
                    return f"{part.source.file}:{part.source.line + entry.line}: {entry.message}"
        return str(error)

    def _schema(self) -> etree.XMLSchema:
        schema: etree.XMLSchema | None = getattr(self._local, "schema", None)
        if schema is None:
            schema = self._local.schema = _compiled(self._texts)
        return schema

    def validate(self, element: etree._Element) -> list[Finding]:
        """What is wrong: (line, path, message), nothing when the element is valid.

        The line is 0 when the tree was built and not parsed; the path is libxml2's. Raises RuntimeError when
        `unavailable`, Undecided.
        """
        if self.unavailable:
            raise RuntimeError(self.unavailable)
        if self.slow:
            return self._slowly(element)
        schema = self._schema()
        try:
            if schema.validate(element):
                return []
        except etree.XMLSchemaValidateError as error:
            raise Undecided(str(error)) from error
        log: Any = schema.error_log
        return [(entry.line, entry.path or "", entry.message) for entry in log][:MOST]

    def _slowly(self, element: etree._Element) -> list[Finding]:
        declared = self._newer.elements.get(element.tag)
        if declared is None:
            return [(line_of(element), "/", f"No declaration of {element.tag}.")]
        scope = {prefix or "": uri for prefix, uri in element.nsmap.items()}
        with self._one:
            try:
                errors = list(islice(declared.iter_errors(element, namespaces=scope), MOST))
            except foreign():  # a value that an assertion's own arithmetic fails on
                return [(line_of(element), "/", "It cannot be judged.")]
        return [(e.sourceline or 0, e.path or "", e.reason or "not valid") for e in errors]


def _compiled(texts: Mapping[str, bytes]) -> etree.XMLSchema:
    """The schema of all the documents. Raises XMLSchemaParseError."""
    for attempt in range(1, _TRIES + 1):
        memory = _Memory(texts)
        parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False, huge_tree=True)
        parser.resolvers.add(memory)
        root = etree.fromstring(texts[MAIN], parser, base_url=_SCHEME + MAIN)
        root.append(etree.fromstring(_FRAMED))
        try:
            with _COMPILING:
                schema = etree.XMLSchema(root)
        except etree.XMLSchemaParseError:
            if not memory.left or attempt == _TRIES:
                raise
        else:
            if not memory.left or attempt == _TRIES:
                return schema
        time.sleep(attempt / 1000)  # whoever took the loader is done soon
    raise AssertionError("the last try returns or raises")


def _within(schema: etree.XMLSchema, element: etree._Element) -> bool:
    """Whether the only child of its parent, when it is a long list, is valid there; False of any other.

    lxml makes an element that is not the root one by a walk over its children with the interpreter held, and back
    again: 14 ms for 60,000. The parent has one child, and for the time gets a name whose content is any element.
    """
    parent = element.getparent()
    if parent is None or len(parent) != 1 or not _has_many(element):
        return False
    name = parent.tag
    parent.tag = _FRAME
    try:
        return bool(schema.validate(parent))
    finally:
        parent.tag = name


def _has_many(element: etree._Element) -> bool:
    """Asked for one child: to count them is a walk over all."""
    try:
        return element[_MANY] is not None
    except IndexError:
        return False


class _Linear:
    """A pattern as xmlschema asks for it, matched in one pass: Python's engine backtracks."""

    def __init__(self, matches: Callable[[str], bool]) -> None:
        self._matches = matches

    def match(self, text: str) -> bool | None:
        """True or None. Raises TypeError for what is no text."""
        if not isinstance(text, str):
            raise TypeError("a pattern is of texts")
        return self._matches(text) or None


def _linear(components: Any) -> None:
    """Every pattern of the schema on an engine that is linear in the text; one too large for it stays as it is."""
    from xmlschema.validators import XsdSimpleType

    for kind in components.iter_components(XsdSimpleType):
        facet = kind.patterns
        with suppress(PatternError, ValueError, jsonschema_rs.ValidationError):
            if facet is not None:
                facet.patterns = [_matching(pattern) for pattern in facet.regexps]


def _matching(pattern: str) -> _Linear:
    schema = {"pattern": anchored((pattern,))}
    options = jsonschema_rs.RegexOptions()
    return _Linear(jsonschema_rs.Draft202012Validator(schema, pattern_options=options).is_valid)
