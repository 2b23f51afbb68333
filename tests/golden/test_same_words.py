"""One fault read as XML and as JSON has one pointer, one XPath, one set of words: for every twin, at every place."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import pytest

from gateway.codec.closures import ElementCodec, compile_element
from gateway.core.limits import DEFAULT
from gateway.core.problem import Finding, Problem
from gateway.schema.ir import Settings
from gateway.schema.layout import lay_out
from gateway.schema.source import Source
from gateway.schema.xsd import read_schemas
from gateway.xml import parse
from tests.golden import simple_twins, twins

_XS: Final = "http://www.w3.org/2001/XMLSchema"


@cache
def codec_of(schema: str) -> ElementCodec:
    model = lay_out(read_schemas([Source("file:///schema.xsd", schema.encode())]), Settings())
    return compile_element(model, "{urn:t}r", Settings())


def told(codec: ElementCodec, content: str, json: Any) -> tuple[list[Finding], list[Finding], Any]:
    """What is said of both, put in order: keys have none; and the document."""
    document = f'<t:r xmlns:t="urn:t" xmlns:xs="{_XS}" xmlns:xsi="{_XS}-instance">{content}</t:r>'
    root = parse(document.encode(), DEFAULT)
    found: list[list[Finding]] = []
    for say in (lambda: codec.decode(root), lambda: codec.encode(json)):
        try:
            say()
        except Problem as problem:
            found.append(sorted(problem.findings, key=repr))
        else:
            found.append([])
    return found[0], found[1], root


def alike(codec: ElementCodec, content: str, json: Any) -> None:
    read, written, root = told(codec, content, json)
    assert read, (content, "is taken")
    assert read == written, (content, json)
    for finding in read:  # the place is there, or what is missing would stand in it
        lacking = "missing" in finding.detail or "too few" in finding.detail
        place = finding.xpath.rpartition("/")[0] if lacking else finding.xpath
        spaces = {"t": "urn:t", "xsi": f"{_XS}-instance", "xml": "http://www.w3.org/XML/1998/namespace"}
        assert root.xpath(place, namespaces=spaces), (content, finding)


@pytest.mark.parametrize("name", twins.CONTENTS)
def test_contents(name: str) -> None:
    codec = codec_of(twins.schema())
    for attributes, content, json in twins.CONTENTS[name][1]:
        for form, within in twins.PLACES.values():
            text = form.replace("{name}", name).replace("{attributes}", attributes).replace("{content}", content)
            alike(codec, text, within(name, json))


@pytest.mark.parametrize(("reason", "name", "content", "json"), twins.UNLIKE)
def test_what_cannot_be_told_alike(reason: str, name: str, content: str, json: Any) -> None:
    """Each row of the table in docs/json-schema.md still holds."""
    read, written, _ = told(codec_of(twins.schema()), f"<t:one_{name}>{content}</t:one_{name}>", {f"one_{name}": json})
    assert read, reason
    assert read != written, reason


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.slow) for part in range(1, 6))])
def test_simple_types(part: int) -> None:
    """Every built-in type and every facet, their lists, unions, at each place that a scalar may have."""
    types = simple_twins.TYPES[part::6]
    codec = codec_of(simple_twins.schema(types))
    for one in types:
        for text, json in one.twins():
            for content, value in simple_twins.places(one.name, text, json):
                alike(codec, content, value)


def test_a_surplus_is_told_once_however_many_there_are() -> None:
    codec = codec_of(twins.schema())
    for name, content, json in (
        ("rep", "<t:a>1</t:a>" * 9_000, {"a": [1] * 9_000}),
        ("wlax", "<t:h>1</t:h>" + "<t:gi>1</t:gi>" * 9_000, {"h": 1, "$any": [{"{urn:t}gi": 1}] * 9_000}),
    ):
        alike(codec, f"<t:one_{name}>{content}</t:one_{name}>", {f"one_{name}": json})
