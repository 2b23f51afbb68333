"""Each case folder, both ways: doc.xml is what doc.json becomes and the other way round, also* reads the same, bad* is refused."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from gateway.codec.closures import ElementCodec, compile_element
from gateway.codec.json import dumps, loads
from gateway.core.limits import DEFAULT
from gateway.core.problem import Problem
from gateway.schema.ir import Settings
from gateway.schema.layout import lay_out
from gateway.schema.source import Source
from gateway.schema.xsd import read_schemas
from gateway.xml import parse

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())


@cache
def codec(case: str) -> ElementCodec:
    folder = CASES / case
    sources = [Source(f"file:///{path.name}", path.read_bytes()) for path in sorted(folder.glob("*.xsd"))]
    sources.sort(key=lambda source: not source.url.endswith("schema.xsd"))
    file = folder / "settings.json"
    settings = Settings(**json.loads(file.read_text())) if file.exists() else Settings()
    model = lay_out(read_schemas(sources), settings)
    return compile_element(model, "{urn:t}r", settings)


def files(pattern: str) -> list[tuple[str, str]]:
    return [(case, path.name) for case in NAMES for path in sorted((CASES / case).glob(pattern))]


def value_of(case: str, name: str) -> object:
    return loads((CASES / case / name).read_bytes(), DEFAULT)


def spelled(value: object) -> object:
    """A value with whole floats as integers (150.0 is 150), the negative zero kept."""
    if isinstance(value, dict):
        return {key: spelled(one) for key, one in value.items()}
    if isinstance(value, list):
        return [spelled(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() and str(value) != "-0.0" else value


def tree_of(case: str, name: str) -> etree._Element:
    return parse((CASES / case / name).read_bytes(), DEFAULT)


def plain(node: etree._Element) -> object:
    """A tree as canonicalisation sees it, prefixes and white space between elements aside."""
    attributes = []
    for name, text in node.items():
        if name.startswith("{http://www.w3.org/2001/XMLSchema-instance}"):
            prefix, _, local = text.rpartition(":")
            text = f"{{{node.nsmap.get(prefix)}}}{local}" if name.endswith("}type") else text
        attributes.append((name, text))
    children = [plain(child) for child in node]
    texts = [node.text or ""] + [child.tail or "" for child in node]
    if children and not any(text.strip() for text in texts):
        texts = []
    return (node.tag, sorted(attributes), texts, children, _names(node) if not children else None)


def _names(node: etree._Element) -> object:
    """A QName in text is compared by what it names."""
    prefix, colon, local = (node.text or "").rpartition(":")
    return (node.nsmap.get(prefix), local) if colon and prefix in node.nsmap else None


def same_xml(left: etree._Element, right: etree._Element) -> bool:
    return _bare(plain(left)) == _bare(plain(right))


def _bare(node: object) -> object:
    tag, attributes, texts, children, named = node  # type: ignore[misc]
    return (tag, attributes, named if named else texts, [_bare(child) for child in children])


@pytest.mark.parametrize("case", NAMES)
def test_doc_reads(case: str) -> None:
    assert dumps(spelled(codec(case).decode(tree_of(case, "doc.xml")))) == dumps(spelled(value_of(case, "doc.json")))


@pytest.mark.parametrize("case", NAMES)
def test_doc_writes(case: str) -> None:
    text = codec(case).encode(value_of(case, "doc.json"))
    assert same_xml(parse(text.encode(), DEFAULT), tree_of(case, "doc.xml")), text


@pytest.mark.parametrize(("case", "name"), files("also*.xml"))
def test_also_reads(case: str, name: str) -> None:
    assert dumps(spelled(codec(case).decode(tree_of(case, name)))) == dumps(spelled(value_of(case, "doc.json")))


@pytest.mark.parametrize(("case", "name"), files("also*.json"))
def test_also_writes(case: str, name: str) -> None:
    text = codec(case).encode(value_of(case, name))
    assert same_xml(parse(text.encode(), DEFAULT), tree_of(case, "doc.xml")), text


@pytest.mark.parametrize(("case", "name"), files("bad*.xml"))
def test_bad_xml_is_refused(case: str, name: str) -> None:
    with pytest.raises(Problem) as caught:
        codec(case).decode(tree_of(case, name))
    assert caught.value.findings
    for finding in caught.value.findings:
        assert finding.xpath.startswith("/t:r")
        assert finding.detail


@pytest.mark.parametrize(("case", "name"), files("bad*.json"))
def test_bad_json_is_refused(case: str, name: str) -> None:
    with pytest.raises(Problem) as caught:
        codec(case).encode(value_of(case, name))
    assert caught.value.kind.slug in {
        "invalid-message",
        "xml-illegal-character",
        "json-duplicate-key",
        "json-limit-exceeded",
    }


@pytest.mark.parametrize("case", [case for case, _ in files("bad-same.json")])
def test_the_same_fault_has_the_same_places_and_words(case: str) -> None:
    """Read as XML and as JSON: each finding's pointer, XPath, words and expectation."""
    with pytest.raises(Problem) as read:
        codec(case).decode(tree_of(case, "bad-same.xml"))
    with pytest.raises(Problem) as written:
        codec(case).encode(value_of(case, "bad-same.json"))
    assert read.value.findings == written.value.findings
    root = tree_of(case, "bad-same.xml")
    names = {prefix: space for prefix, space in root.nsmap.items() if prefix}
    for finding in read.value.findings:  # the place is there, or what is missing would stand in it
        place = finding.xpath if "missing" not in finding.detail else finding.xpath.rpartition("/")[0]
        assert root.xpath(place, namespaces=names), finding


def test_every_case_has_its_refused_twins() -> None:
    """In both forms."""
    bare = [case for case in NAMES for form in ("xml", "json") if not list((CASES / case).glob(f"bad*.{form}"))]
    assert bare == []
