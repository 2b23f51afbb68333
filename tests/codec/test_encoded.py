"""SOAP encoding: what toolkits send becomes the literal form, and what goes out carries types; both ways the value is one."""

import pytest
from lxml import etree

from gateway.codec.closures import compile_element
from gateway.codec.encoded import Encoding
from gateway.core.limits import LARGE, Limits
from gateway.core.problem import Kind, Problem
from gateway.schema.ir import Settings
from gateway.schema.layout import lay_out
from gateway.schema.validator import Validator
from gateway.schema.wsdl import load_wsdl
from gateway.schema.xsd import read_schemas

WSDL = """<wsdl:definitions targetNamespace="urn:e" xmlns:tns="urn:e" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/">
  <wsdl:types><xs:schema targetNamespace="urn:e">
    <xs:import namespace="http://schemas.xmlsoap.org/soap/encoding/"/>
    <xs:complexType name="Names"><xs:complexContent><xs:restriction base="soapenc:Array">
      <xs:attribute ref="soapenc:arrayType" wsdl:arrayType="xs:string[]"/></xs:restriction></xs:complexContent></xs:complexType>
    <xs:complexType name="People"><xs:complexContent><xs:restriction base="soapenc:Array">
      <xs:sequence><xs:element name="person" type="tns:Person" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
      </xs:restriction></xs:complexContent></xs:complexType>
    <xs:complexType name="Grid"><xs:complexContent><xs:restriction base="soapenc:Array">
      <xs:attribute ref="soapenc:arrayType" wsdl:arrayType="xs:int[][]"/></xs:restriction></xs:complexContent></xs:complexType>
    <xs:complexType name="Board"><xs:complexContent><xs:restriction base="soapenc:Array">
      <xs:attribute ref="soapenc:arrayType" wsdl:arrayType="xs:int[,]"/></xs:restriction></xs:complexContent></xs:complexType>
    <xs:complexType name="Person"><xs:sequence>
      <xs:element name="name" type="soapenc:string"/><xs:element name="age" type="xs:int"/>
      <xs:element name="boss" type="tns:Person" minOccurs="0"/></xs:sequence></xs:complexType>
    <xs:complexType name="Chief"><xs:complexContent><xs:extension base="tns:Person">
      <xs:sequence><xs:element name="rank" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
  </xs:schema></wsdl:types>
  <wsdl:message name="In">
    <wsdl:part name="names" type="tns:Names"/><wsdl:part name="who" type="tns:Person"/>
    <wsdl:part name="people" type="tns:People"/><wsdl:part name="grid" type="tns:Grid"/>
    <wsdl:part name="board" type="tns:Board"/>
  </wsdl:message>
  <wsdl:message name="Out"><wsdl:part name="who" type="tns:Person"/></wsdl:message>
  <wsdl:portType name="T"><wsdl:operation name="Do"><wsdl:input message="tns:In"/><wsdl:output message="tns:Out"/></wsdl:operation></wsdl:portType>
  <wsdl:binding name="B" type="tns:T"><soap:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Do"><soap:operation soapAction="do"/>
      <wsdl:input><soap:body use="encoded" namespace="urn:e" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"/></wsdl:input>
      <wsdl:output><soap:body use="encoded" namespace="urn:e" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"/></wsdl:output>
    </wsdl:operation></wsdl:binding>
  <wsdl:service name="S"><wsdl:port name="P" binding="tns:B"><soap:address location="http://backend.test/"/></wsdl:port></wsdl:service>
</wsdl:definitions>"""

HEAD = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:e" '
    'xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:e12="http://www.w3.org/2003/05/soap-encoding"'
)
VALUE = {
    "names": ["a", None, "c"],
    "who": {"name": "Ann", "age": 41, "boss": {"$type": "t:Chief", "name": "Bo", "age": 50, "rank": 1}},
    "people": [],
    "grid": [[1, 2], [3]],
    "board": [[1, 2, 3], [4, None, 6]],
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    path = tmp_path_factory.mktemp("e") / "e.wsdl"
    path.write_text(WSDL)
    contract = load_wsdl(path)
    model = read_schemas(contract.sources, fetch=lambda url: None)
    (operation,) = contract.services[0].ports[0].operations
    assert operation.refused == ""
    return contract, model, operation, Validator(contract.sources, fetch=lambda url: None)


def encoding(bench, message="input", limits=LARGE):
    contract, model, operation, _ = bench
    return Encoding(model, getattr(operation, message).element, contract.arrays, limits)


def codec(bench, message="input"):
    _, model, operation, _ = bench
    return compile_element(lay_out(model, Settings(), ()), getattr(operation, message).element, Settings())


def read(bench, text, message="input", limits=LARGE):
    """A Body's children in encoded form -> the value, valid in its literal form."""
    root, *others = etree.fromstring(f"<b {HEAD}>{text}</b>")
    literal = encoding(bench, message, limits).literal(root, tuple(others))
    assert bench[3].validate(literal) == [], etree.tostring(literal)
    return codec(bench, message).decode(literal)


def plain(value):
    """The value with the prefix of $type that this contract gives."""
    if isinstance(value, dict):
        return {k: ("t:" + v.partition(":")[2] if k == "$type" else plain(v)) for k, v in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


INLINE = """<t:Do soapenc:x="1">
  <names xsi:type="soapenc:Array" soapenc:arrayType="xsd:string[3]"><item xsi:type="xsd:string">a</item><x xsi:nil="true"/><item>c</item></names>
  <who xsi:type="t:Person"><age xsi:type="xsd:int">41</age><name xsi:type="soapenc:string">Ann</name>
    <boss xsi:type="t:Chief"><name>Bo</name><age>50</age><rank xsi:type="xsd:int">1</rank></boss></who>
  <people soapenc:arrayType="t:Person[0]" xsi:type="soapenc:Array"/>
  <grid soapenc:arrayType="xsd:int[][2]"><item soapenc:arrayType="xsd:int[2]"><item>1</item><item>2</item></item><i><j>3</j></i></grid>
  <board soapenc:arrayType="xsd:int[2,3]"><c>1</c><c>2</c><c>3</c><c>4</c><c xsi:nil="1"/><c>6</c></board>
</t:Do>"""
MULTIREF = """<t:Do>
  <names href="#n"/><who href="#id1"/><people href="#p"/><grid href="#g"/><board href="#b"/></t:Do>
  <multiRef id="b" soapenc:arrayType="xsd:int[2,3]"><c>1</c><c>2</c><c>3</c><c>4</c><c xsi:nil="1"/><c>6</c></multiRef>
  <multiRef id="id1" soapenc:root="0" xsi:type="t:Person"><name href="#s"/><age>41</age><boss href="#id2"/></multiRef>
  <multiRef id="id2" soapenc:root="0" xsi:type="t:Chief"><name>Bo</name><age>50</age><rank>1</rank></multiRef>
  <multiRef id="n" xsi:type="soapenc:Array" soapenc:arrayType="xsd:string[3]"><a href="#a"/><a xsi:nil="1"/><a>c</a></multiRef>
  <soapenc:string id="s">Ann</soapenc:string><soapenc:string id="a">a</soapenc:string>
  <soapenc:Array id="p"/><multiRef id="g"><r href="#r1"/><r><c>3</c></r></multiRef><multiRef id="r1"><c>1</c><c>2</c></multiRef>"""
TWELVE = """<t:Do><names e12:itemType="xsd:string" e12:arraySize="3"><i>a</i><i xsi:nil="true"/><i>c</i></names>
  <who><name>Ann</name><age>41</age><boss e12:ref="b"/></who><people/><grid><r><c>1</c><c>2</c></r><r><c>3</c></r></grid>
  <board e12:arraySize="2 3"><c>1</c><c>2</c><c>3</c><c>4</c><c xsi:nil="1"/><c>6</c></board></t:Do>
  <x e12:id="b" xsi:type="t:Chief"><name>Bo</name><age>50</age><rank>1</rank></x>"""


@pytest.mark.parametrize("text", [INLINE, MULTIREF, TWELVE], ids=["inline", "multiref", "soap 1.2"])
def test_every_spelling_is_one_value(bench, text):
    assert plain(read(bench, text)) == VALUE


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_what_is_written_carries_types_and_reads_back(bench, version):
    value = read(bench, INLINE)
    text = encoding(bench).encoded(codec(bench).encode(value), version)
    assert codec(bench).decode(encoding(bench).literal(etree.fromstring(text))) == value
    root = etree.fromstring(text)
    xsi = "{http://www.w3.org/2001/XMLSchema-instance}type"
    assert root[1].get(xsi).partition(":")[2] == "Person"
    assert root[1][0].get(xsi) == "xsd:string"
    assert root[1][2].get(xsi).partition(":")[2] == "Chief"
    assert root[0].get(xsi) == "enc:Array"
    if version == "1.1":
        assert root[0].get("{http://schemas.xmlsoap.org/soap/encoding/}arrayType") == "xsd:string[3]"
        assert root[3].get("{http://schemas.xmlsoap.org/soap/encoding/}arrayType") == "xsd:int[][2]"
        assert root[4].get("{http://schemas.xmlsoap.org/soap/encoding/}arrayType") == "xsd:int[2,3]"
        assert len(root[4]) == 6
        assert root.get("{http://schemas.xmlsoap.org/soap/envelope/}encodingStyle")
    else:
        assert root[0].get("{http://www.w3.org/2003/05/soap-encoding}arraySize") == "3"


@pytest.mark.parametrize("name", ["who", "return", "DoReturn"])
def test_a_lone_accessors_name_says_nothing(bench, name):
    text = f'<t:DoResponse xmlns:r="http://www.w3.org/2003/05/soap-rpc"><r:result>x</r:result><{name}><name>A</name><age>1</age></{name}></t:DoResponse>'
    assert read(bench, text, "output") == {"who": {"name": "A", "age": 1}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<t:DoResponse><who href="#no"/></t:DoResponse>', "leads nowhere"),
        ('<t:DoResponse><who href="http://x.test/"/></t:DoResponse>', "outside of the message"),
        ('<t:DoResponse><who href="#a"/></t:DoResponse><m id="a" href="#a"/>', "in a circle"),
        (
            '<t:DoResponse><who href="#a"/></t:DoResponse><m id="a"><name>A</name><age>1</age><boss href="#a"/></m>',
            "in a circle",
        ),
    ],
)
def test_references_that_cannot_be_followed(bench, text, words):
    with pytest.raises(Problem, match=words) as caught:
        read(bench, text, "output")
    assert caught.value.kind is Kind.INVALID_MESSAGE


def test_references_do_not_multiply_without_bound(bench):
    rows = "".join(f'<m id="r{n}">{f"""<c href="#r{n + 1}"/>""" * 8}</m>' for n in range(20))
    text = f'<t:Do><names/><who xsi:nil="1"/><people href="#r0"/><grid/></t:Do>{rows}<m id="r20">1</m>'
    with pytest.raises(Problem) as caught:
        read(bench, text, limits=Limits(xml_elements_response=1000))
    assert caught.value.kind is Kind.XML_LIMIT_EXCEEDED


SPARSE = INLINE.replace('<names xsi:type="soapenc:Array" soapenc:arrayType="xsd:string[3]"><item xsi:type="xsd:string">a</item><x xsi:nil="true"/><item>c</item>', "<names {}")


@pytest.mark.parametrize(
    "names",
    [
        'soapenc:arrayType="xsd:string[3]"><i soapenc:position="[2]">c</i><i soapenc:position="[0]">a</i>',
        'soapenc:arrayType="xsd:string[]"><i>a</i><i soapenc:position="[2]">c</i>',
    ],
)
def test_arrays_that_are_sent_in_part(bench, names):
    assert plain(read(bench, SPARSE.format(names))) == VALUE
    late = SPARSE.format('soapenc:arrayType="xsd:string[4]" soapenc:offset="[1]"><i>b</i><i>c</i>')
    assert read(bench, late)["names"] == [None, "b", "c", None]


def test_an_array_of_several_dimensions_that_is_sent_in_part(bench):
    full = '<board soapenc:arrayType="xsd:int[2,3]"><c>1</c><c>2</c><c>3</c><c>4</c><c xsi:nil="1"/><c>6</c></board>'
    assert full in INLINE
    part = '<board soapenc:arrayType="xsd:int[2,3]"><c soapenc:position="[1,2]">6</c><c soapenc:position="[0,1]">2</c><c>3</c></board>'
    assert plain(read(bench, INLINE.replace(full, part)))["board"] == [[None, 2, 3], [None, None, 6]]


def test_rows_of_several_dimensions_are_alike(bench):
    value = read(bench, INLINE)
    value["board"] = [[1, 2], [3]]
    with pytest.raises(Problem, match="different lengths"):
        encoding(bench).encoded(codec(bench).encode(value), "1.1")
    with pytest.raises(Problem, match="do not fill"):
        read(bench, INLINE.replace("xsd:int[2,3]", "xsd:int[3,3]"))
