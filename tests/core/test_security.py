"""A contract's demands as words: empty means nothing, what cannot be met is found, places are by assertion."""

from __future__ import annotations

from gateway.core.security import Demand, Security


def test_nothing_is_demanded_without_an_assertion() -> None:
    assert not Security()
    assert Security(demands=(Demand("SignedParts", "a.wsdl:3"),))


def test_what_cannot_be_met_and_where_it_stands() -> None:
    several = Security(demands=(Demand("SignedParts", "a.wsdl:3"), Demand("Kerberos", "a.wsdl:9", "is not known here")))
    assert [each.name for each in several.unmet] == ["Kerberos"]
    assert several.place() == "a.wsdl:3"
    assert several.place("Kerberos") == "a.wsdl:9"
    assert several.place("Other") == ""
