"""Policies are kept raw; addressing is understood."""

from tests.schema.contracts import load


def test_policies_are_kept_raw_and_addressing_is_understood():
    contract = load("policies.wsdl")
    port = contract.service("S").port()
    assert port.addressing == "required"
    assert [each.name for each in port.assertions] == ["{http://www.w3.org/2007/05/addressing/metadata}Addressing"]
    (get,) = port.operations
    assert [each.name.rpartition("}")[2] for each in get.assertions] == ["SignedParts", "Other"]
    assert [each.optional for each in get.assertions] == [False, True]
    assert get.assertions[0].text.startswith("<sp:SignedParts xmlns:sp=")
    assert get.input.action == "urn:ours/given"
    assert get.input.action_given
    assert get.output.action == "urn:ours:T:GetResponse"
    assert get.faults[0].action == "urn:ours:T:Get:Fault:Bad"
    assert [note.text for note in contract.notes] == ["the policy '#NoSuch' is not found"]
