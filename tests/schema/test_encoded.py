"""SOAP encoding in schemas is said in plain terms, and what an array was is kept."""

from pathlib import Path

from gateway.schema.ir import Complex
from gateway.schema.wsdl import load_wsdl
from tests.schema.contracts import HERE, load, model

XS = "{http://www.w3.org/2001/XMLSchema}"
OURS = "{urn:ours}"
ARRAY = """<xs:restriction base="soapenc:Array"><xs:attribute ref="soapenc:arrayType" wsdl:arrayType="xs:string[]"/></xs:restriction>"""


def changed(tmp_path, before, after):
    text = (HERE / "encoded.wsdl").read_text()
    assert before in text
    (tmp_path / "e.wsdl").write_text(text.replace(before, after))
    return load_wsdl(tmp_path / "e.wsdl")


def item(contract, name=f"{OURS}Names"):
    (use,) = model(contract).types[name].particle.particles
    return use.element.name, use.element.type, use.element.nillable, use.min, use.max


def test_an_array_becomes_a_sequence_of_items():
    contract = load("encoded.wsdl")
    assert contract.arrays == {f"{OURS}Names": f"{XS}string"}
    assert item(contract) == ("item", f"{XS}string", True, 0, None)
    person = model(contract).types[f"{OURS}Person"]
    assert isinstance(person, Complex)
    assert person.particle.particles[0].element.nillable


def test_an_array_told_by_its_content(tmp_path):
    contract = changed(
        tmp_path,
        ARRAY,
        '<xs:restriction base="soapenc:Array"><xs:sequence><xs:element name="p" type="tns:Person" maxOccurs="unbounded"/></xs:sequence></xs:restriction>',
    )
    assert item(contract) == ("item", f"{OURS}Person", True, 0, None)


def test_an_array_of_anything_and_of_soapenc_types(tmp_path):
    assert item(changed(tmp_path, ARRAY, '<xs:extension base="soapenc:Array"/>'))[1] == f"{XS}anyType"
    assert item(changed(tmp_path, "xs:string[]", "soapenc:base64[]"))[1] == f"{XS}base64Binary"


def test_arrays_of_arrays_and_of_several_dimensions(tmp_path):
    contract = changed(tmp_path, "xs:string[]", "xs:string[][]")
    inner = item(contract)[1]
    assert contract.arrays[inner] == f"{XS}string"
    flat = changed(tmp_path, "xs:string[]", "xs:string[,]")
    row = item(flat)[1]
    assert row.rpartition("}")[2].startswith("Row.")
    assert flat.arrays[row] == f"{XS}string"


def test_a_literal_contract_is_left_as_it_is():
    contract = load("rpc.wsdl")
    assert contract.arrays == {}
    assert not any(b"enc0" in source.text or b"nillable" in source.text for source in contract.sources)


def test_the_documents_given_back_are_the_original_ones():
    (document,) = [each for each in load("encoded.wsdl").documents if each.kind == "wsdl"]
    assert b"wsdl:arrayType" in document.text


def test_only_the_answer_is_encoded(tmp_path):
    """The two messages of an operation may differ in use: arrays are arrays in either."""
    golden = Path(__file__).parents[1] / "golden/wsdl/encoded-arrays/contract.wsdl"
    encoded = 'use="encoded" namespace="urn:t" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"/></w:input>'
    text = golden.read_text()
    assert encoded in text
    other = tmp_path / "c.wsdl"
    other.write_text(text.replace(encoded, 'use="literal" namespace="urn:t"/></w:input>'))
    assert load_wsdl(other).arrays == load_wsdl(golden).arrays != {}
