"""What the schema tests share: a schema in a few words, and a form as one line of text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from gateway.schema import ir
from gateway.schema.layout import lay_out
from gateway.schema.source import Source
from gateway.schema.validator import Validator
from gateway.schema.xsd import read_schemas

HEAD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:t" xmlns:t="urn:t" targetNamespace="urn:t" elementFormDefault="qualified">'


def spell(node: Any) -> str:
    """A form or node in one line: `Keys Sequence(a{1,1}, b[]{0,None})`."""
    if node is None:
        return "-"
    if isinstance(node, ir.Slot | ir.AnySlot):
        return f"{node.key}{'[]' if node.repeated else ''}{{{node.min},{node.max}}}"
    if isinstance(node, ir.ItemsSlot):
        return f"$items{{{node.min},{node.max}}}<{spell(node.entry)}>"
    if isinstance(node, ir.Sequence | ir.Choice | ir.All):
        return type(node).__name__ + "?" * node.optional + "(" + ", ".join(map(spell, node.nodes)) + ")"
    loose = " loose" if getattr(node, "loose", False) else ""
    if isinstance(node, ir.Keys):
        return "Keys " + spell(node.content) + loose
    if isinstance(node, ir.Array):
        return "Array " + spell(node.member) + loose
    if isinstance(node, ir.Entries | ir.Mixed):
        wild = f" +{len(node.wildcards)}" if node.wildcards else ""
        return f"{type(node).__name__} {', '.join(map(spell, node.entries))}{wild}"
    if isinstance(node, ir.Text):
        return "Text bare" if node.bare else "Text"
    return type(node).__name__


@dataclass
class Schema:
    """A schema set under test."""

    sources: list[Source]

    @property
    def model(self) -> ir.Model:
        return read_schemas(self.sources)

    @property
    def validator(self) -> Validator:
        return Validator(self.sources)

    def laid(self, **settings: Any) -> ir.Model:
        return lay_out(self.model, ir.Settings(**settings))

    def form(self, type_id: str = "", **settings: Any) -> str:
        """The form of a type (`T` in urn:t), or of the global element r."""
        model = self.laid(**settings)
        kind = model.types[f"{{urn:t}}{type_id}" if type_id else model.elements["{urn:t}r"].type]
        assert isinstance(kind, ir.Complex)
        return spell(kind.form)


def schema(*bodies: str) -> Schema:
    """A schema of urn:t from the components of its body; further whole documents may follow."""
    texts = [body if body.startswith("<xs:schema") else HEAD + body + "</xs:schema>" for body in bodies]
    return Schema([Source(f"/set/{index}.xsd", text.encode()) for index, text in enumerate(texts)])


def content(body: str, attributes: str = "") -> Schema:
    """A schema whose element r has this content model."""
    return schema(f'<xs:element name="r"><xs:complexType>{body}{attributes}</xs:complexType></xs:element>')


@pytest.fixture(name="schema")
def _schema() -> Callable[..., Schema]:
    return schema


@pytest.fixture(name="content")
def _content() -> Callable[..., Schema]:
    return content


@pytest.fixture(name="spell")
def _spell() -> Callable[[Any], str]:
    return spell
