"""Operations whose SOAP messages nothing tells apart."""

from __future__ import annotations

from gateway.schema.alike import alike
from gateway.schema.contract import BoundMessage, BoundOperation


def operation(name: str, element: str, action: str = "", **more: str) -> BoundOperation:
    return BoundOperation(name, BoundMessage("", element, element), None, action=action, **more)  # type: ignore[arg-type]


def test_one_body_and_one_action_are_told_with_both_names() -> None:
    (note,) = alike([operation("A", "{u}x", "urn:1"), operation("B", "{u}x", "urn:2"), operation("C", "{u}x", "urn:1")])
    assert note.text.startswith("A and C both have {u}x and the soapAction 'urn:1'")
    assert note.subject == "C"


def test_no_action_and_no_body_are_alike_too() -> None:
    assert ["no soapAction" in note.text for note in alike([operation("A", "{u}x"), operation("B", "{u}x")])] == [True]
    assert ["an empty Body" in note.text for note in alike([operation("A", ""), operation("B", "")])] == [True]


def test_what_is_not_called_by_soap_is_not_asked() -> None:
    assert not list(alike([operation("A", "{u}x"), operation("B", "{u}x", http_location="/b"), operation("C", "{u}x", refused="no")]))
