"""The JSON of a valid element is that of its value, byte by byte, whatever its decimals look like."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.codec.json import dumps
from gateway.core.problem import Problem
from gateway.schema.ir import Settings
from tests.codec.test_emit_read import element, emitted

CONTENT = (
    '<xs:sequence><xs:element name="d" type="xs:decimal" maxOccurs="unbounded"/>'
    '<xs:element name="s" type="xs:string" minOccurs="0" nillable="true"/></xs:sequence>'
)
DECIMALS = [
    "1.50", "-0.0", "0.00", "+1.5", "5", "5.", ".5", "007.50", " 1.5\n", "-12345678901234567890.123456789012345678901234567890",
    "0.00000001", "0." + "0" * 40 + "1", "1" * 99 + ".5", "1" * 200 + ".5",
]  # fmt: skip


@pytest.mark.parametrize("text", DECIMALS)
@pytest.mark.parametrize("settings", [Settings(), Settings(numbers="string"), Settings(scalars="string")])
def test_a_decimal_keeps_its_digits(tmp_path, text, settings):
    codec = emitted(tmp_path, CONTENT, settings=settings)
    one = element(f"<d>{text}</d><d>2.5</d><s>a &lt;b&gt; \"c\" \\ é \U0001f600</s>")
    assert codec.json_valid(one) == dumps(codec.decode(one)) == dumps(codec.decode_valid(one))


def test_only_a_reader_with_decimals_is_made_anew(tmp_path):
    assert emitted(tmp_path, CONTENT).generate_json() is not None
    plain = emitted(tmp_path, '<xs:sequence><xs:element name="s" type="xs:string"/></xs:sequence>')
    assert plain.generate_json() is plain.generate()[0]


def test_what_the_closures_read_is_in_it(tmp_path):
    codec = emitted(tmp_path, CONTENT)
    one = element('<d xsi:type="xs:decimal" xmlns:xs="http://www.w3.org/2001/XMLSchema">1.5</d><s xsi:nil="true"/>')
    assert codec.json_valid(one) == dumps(codec.decode(one))
    assert b'"s":null' in codec.json_valid(one)


def test_what_is_not_valid_is_told_as_the_reference_tells_it(tmp_path):
    codec = emitted(tmp_path, CONTENT)
    with pytest.raises(Problem) as fast:
        codec.json_valid(element("<d>x</d>"))
    with pytest.raises(Problem) as slow:
        codec.decode(element("<d>x</d>"))
    assert fast.value.findings == slow.value.findings


def test_deeper_than_the_writer_goes_is_written_all_the_same(tmp_path):
    more = (
        '<xs:complexType name="N"><xs:sequence><xs:element name="d" type="xs:decimal"/>'
        '<xs:element name="n" type="N" minOccurs="0"/></xs:sequence></xs:complexType>'
    )
    codec = emitted(tmp_path, '<xs:sequence><xs:element name="n" type="N"/></xs:sequence>', more)
    for levels in (200, 300):
        text = f'<r xmlns="urn:t">{"<n><d>1.50</d>" * levels}{"</n>" * levels}</r>'
        one = etree.fromstring(text, etree.XMLParser(huge_tree=True))
        assert codec.json_valid(one) == dumps(codec.decode_valid(one)) == dumps(codec.decode(one))
