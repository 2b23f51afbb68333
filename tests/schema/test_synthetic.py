"""Parts without a schema of their own become global elements."""

from tests.schema.contracts import OURS, load, model, operations


def test_rpc_literal_becomes_synthetic_elements_with_unqualified_parts():
    contract = load("rpc.wsdl")
    found = operations(contract)
    add = found["Add"]
    assert (add.style, add.use) == ("rpc", "literal")
    assert add.input.element == add.input.wire == "{urn:rpc}Add"
    assert add.input.elements == ("{urn:rpc}Add",)
    assert add.output.wire == "{urn:rpc}AddResponse"
    assert [part.name for part in add.input.parts] == ["item", "note"]
    types = model(contract)
    particle = types.types[types.elements["{urn:rpc}Add"].type].particle
    assert [(use.element.name, use.min, use.max) for use in particle.particles] == [("item", 1, 1), ("note", 1, 1)]


def test_an_rpc_wrapper_that_clashes_with_a_global_element_gets_another_name():
    get = operations(load("rpc.wsdl"))["Get"]
    assert get.input.wire == f"{OURS}Get"
    assert get.input.element == "{urn:soapgw:synthetic:1}Get"
    assert get.output.wire == get.output.element == "{urn:rpc}GetResponse"


def test_bodies_of_several_parts_and_of_a_type():
    pair = operations(load("parts.wsdl"))["Pair"]
    assert not pair.input.on_wire
    assert pair.input.elements == (f"{OURS}Get", f"{OURS}Put")
    assert pair.input.element == f"{OURS}PairRequest"
    assert not pair.output.on_wire
    assert pair.output.elements == ()
    assert pair.output.element == f"{OURS}PairResponse"
