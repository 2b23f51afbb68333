"""What the emitted reader reads itself, what it hands to the closures, and what it declines."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.build.workbench import Workbench
from gateway.codec.emit import emit_element
from gateway.codec.json import dumps
from gateway.schema.ir import Settings
from gateway.schema.wsdl import load_xsd

HEAD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:t" targetNamespace="urn:t" elementFormDefault="qualified">'


def emitted(tmp_path, content, more="", settings=None):
    text = f'{HEAD}<xs:element name="r"><xs:complexType>{content}</xs:complexType></xs:element>{more}</xs:schema>'
    (tmp_path / "s.xsd").write_text(text, encoding="utf-8")
    settings = settings or Settings()
    bench = Workbench(load_xsd([tmp_path / "s.xsd"]))
    return emit_element(bench.laid(settings), "{urn:t}r", settings)


def element(inside):
    return etree.fromstring(f'<r xmlns="urn:t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{inside}</r>')


PARTS = (
    '<xs:sequence><xs:element name="a" type="xs:int"/><xs:sequence minOccurs="0"><xs:element name="b" type="xs:int"/>'
    '<xs:element name="c" type="xs:int"/></xs:sequence><xs:choice><xs:element name="d" type="xs:string"/>'
    '<xs:element name="e" type="xs:boolean"/></xs:choice><xs:element name="f" type="xs:int" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>'
)


@pytest.mark.parametrize(
    ("inside", "value"),
    [
        ("<a>1</a><d>x</d>", {"a": 1, "d": "x"}),
        ("<a> +1 </a><b>2</b><c>3</c><e>1</e>", {"a": 1, "b": 2, "c": 3, "e": True}),
        ("<a>1</a><d/><f>4</f><f>5</f>", {"a": 1, "d": "", "f": [4, 5]}),
    ],
)
def test_groups_choices_and_repetitions_are_read_in_a_straight_line(tmp_path, inside, value):
    codec = emitted(tmp_path, PARTS)
    read, _ = codec.generate()
    assert read is not None
    assert codec.decode_valid(element(inside)) == codec.decode(element(inside)) == value


@pytest.mark.parametrize("inside", ["", "<a>1</a>", "<a>1</a><d>x</d><z/>", "<a>1</a><b>1</b><d>x</d>"])
def test_what_libxml2_would_not_have_passed_is_declined_and_told_by_the_reference(tmp_path, inside):
    from gateway.core.problem import Problem

    codec = emitted(tmp_path, PARTS)
    with pytest.raises(Problem) as fast:
        codec.decode_valid(element(inside))
    with pytest.raises(Problem) as slow:
        codec.decode(element(inside))
    assert fast.value.findings == slow.value.findings


def test_nil_type_and_attributes_are_the_closures_to_read(tmp_path):
    more = (
        '<xs:complexType name="B"><xs:sequence><xs:element name="i" type="xs:int"/></xs:sequence></xs:complexType>'
        '<xs:complexType name="D"><xs:complexContent><xs:extension base="B"><xs:attribute name="k"/></xs:extension>'
        "</xs:complexContent></xs:complexType>"
    )
    codec = emitted(tmp_path, '<xs:sequence><xs:element name="b" type="B" nillable="true" maxOccurs="9"/></xs:sequence>', more)
    inside = '<b><i>1</i></b><b xsi:nil="true"/><b xsi:type="D" k="x"><i>2</i></b>'
    value = codec.decode_valid(element(inside))
    assert value == codec.decode(element(inside))
    assert value["b"][:2] == [{"i": 1}, None]
    assert value["b"][2]["$type"].endswith(":D")


@pytest.mark.parametrize("settings", [Settings(lists="empty"), Settings(nulls="write"), Settings(defaults="fill")])
def test_settings_that_fill_are_left_to_the_closures(tmp_path, settings):
    assert emitted(tmp_path, PARTS, settings=settings).generate()[0] is None


@pytest.mark.parametrize("kind", ["long", "integer", "nonPositiveInteger"])
@pytest.mark.parametrize(
    "text",
    ["0", "-0", "00", "-007", " -7 ", "-999999999999999999", "-9999999999999999", "-1000000000000000001", "-" + "0" * 30 + "5"],
)
@pytest.mark.parametrize("numbers", ["exact", "string"])
def test_whole_numbers_are_what_the_reference_makes_of_them(tmp_path, kind, text, numbers):
    codec = emitted(tmp_path, f'<xs:sequence><xs:element name="a" type="xs:{kind}"/></xs:sequence>', settings=Settings(numbers=numbers))
    given = element(f"<a>{text}</a>")
    fast, slow = codec.decode_valid(given), codec.decode(given)
    assert repr(fast) == repr(slow)
    assert codec.json_valid(given) == dumps(slow)
