from gateway.schema.errors import ContractError


def test_a_refusal_shows_file_line_and_rule() -> None:
    error = ContractError("unknown type", file="a.xsd", line=7, section="XSD 1.0 Part 1 §3.4")
    assert str(error) == "a.xsd:7: unknown type (XSD 1.0 Part 1 §3.4)"


def test_what_is_unknown_is_left_out() -> None:
    assert str(ContractError("no")) == "no"
    assert str(ContractError("no", file="a.xsd")) == "a.xsd: no"
