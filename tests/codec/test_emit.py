"""The generated codec equals the closures, on every golden case and on generated messages; hostile names stay data."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from gateway.build.workbench import Workbench
from gateway.codec.closures import compile_element
from gateway.codec.emit import emit_element
from gateway.codec.json import dumps, loads
from gateway.core.limits import LARGE
from gateway.core.problem import Problem
from gateway.schema.ir import Settings
from gateway.schema.samples import sample
from gateway.schema.wsdl import load_wsdl, load_xsd
from gateway.xml import parse

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted(path for path in (ROOT / "tests" / "golden" / "cases").iterdir() if path.is_dir())


def codecs(case: Path):
    file = case / "settings.json"
    settings = Settings(**loads(file.read_bytes(), LARGE)) if file.exists() else Settings()
    bench = Workbench(load_xsd([case / "schema.xsd"]))
    name = next(each for each in bench.model.elements if each.rpartition("}")[2] == "r")
    model = bench.laid(settings)
    return compile_element(model, name, settings), emit_element(model, name, settings), bench


def told(work):
    """A value, or what was refused: pointers and words."""
    try:
        return work()
    except Problem as problem:
        return [(finding.pointer, finding.xpath, finding.detail, finding.expected) for finding in problem.findings]


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_both_codecs_say_the_same_of_a_golden_case(case):
    slow, fast, bench = codecs(case)
    for file in sorted(case.glob("*.xml")):
        element = parse(file.read_bytes(), LARGE)
        assert told(lambda element=element: fast.decode(element)) == told(lambda element=element: slow.decode(element))
        if not bench.validator.validate(element):
            assert told(lambda element=element: fast.decode_valid(element)) == told(
                lambda element=element: slow.decode(element)
            ), (file.name, fast.source)
            assert told(lambda element=element: fast.json_valid(element)) == told(
                lambda element=element: dumps(slow.decode(element))
            ), (file.name, fast.source)
    for file in sorted(case.glob("*.json")):
        if file.name == "settings.json":
            continue
        try:
            value = loads(file.read_bytes(), LARGE)
        except Problem:
            continue
        assert told(lambda value=value: fast.encode(value)) == told(lambda value=value: slow.encode(value)), fast.source


@pytest.mark.parametrize("contract", ["netid/portal.wsdl", "projector/projector.wsdl"])
@pytest.mark.parametrize("settings", [Settings(), Settings(scalars="string"), Settings(arrays="wrapped"), Settings(numbers="string")])
def test_both_codecs_carry_the_samples_of_the_contracts(contract, settings):
    bench = Workbench(load_wsdl(ROOT / "schemas" / contract))
    model = bench.laid(settings)
    for name in model.elements:
        slow, fast = compile_element(model, name, settings), emit_element(model, name, settings)
        value = sample(model, name, settings)
        text = slow.encode(value)
        assert fast.encode(value) == text
        element = etree.fromstring(text)
        assert not bench.validator.validate(element)
        assert fast.decode_valid(element) == slow.decode(element)
        assert fast.json_valid(element) == dumps(slow.decode(element))
        assert fast.generate() != (None, None) or "Any" in name, name


HOSTILE = ["class", "__class__", "None", "def", "import", "el", "doc", "value", "m0", "P0", "a" * 200, "é", "x-y.z", "_"]


def test_hostile_names_are_data_in_generated_source(tmp_path):
    elements = "".join(f'<xs:element name="{name}" type="xs:string" minOccurs="{at % 2}"/>' for at, name in enumerate(HOSTILE))
    enumeration = "'quote&#10;newline&quot;{brace}"
    schema = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x&apos;y&amp;z" '
        f'elementFormDefault="qualified"><xs:element name="r"><xs:complexType><xs:sequence>{elements}'
        f'<xs:element name="e"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="{enumeration}"/>'
        "</xs:restriction></xs:simpleType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>"
    )
    (tmp_path / "s.xsd").write_text(schema, encoding="utf-8")
    bench = Workbench(load_xsd([tmp_path / "s.xsd"]))
    settings = Settings()
    name = next(each for each in bench.model.elements if each.endswith("}r"))
    slow, fast = compile_element(bench.laid(settings), name, settings), emit_element(bench.laid(settings), name, settings)
    value = {key: f"{key} & </x>" for key in HOSTILE} | {"e": "'quote\nnewline\"{brace}"}
    text = slow.encode(value)
    assert fast.encode(value) == text
    assert None not in fast.generate()
    assert fast.decode_valid(etree.fromstring(text)) == slow.decode(etree.fromstring(text)) == value


def test_a_traceback_shows_the_generated_line(tmp_path):
    import traceback

    bench = Workbench(load_wsdl(ROOT / "schemas" / "netid" / "portal.wsdl"))
    settings = Settings()
    name = "{http://www.pointsharp.com/netid/server/portal}ReleaseTask"
    fast = emit_element(bench.laid(settings), name, settings)
    _, write = fast.generate()
    with pytest.raises((KeyError, TypeError)) as error:
        write({}, None)
    assert "value['Info']" in "".join(traceback.format_exception(error.value))
