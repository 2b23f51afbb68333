"""Examples of elements with alternatives: attributes that choose the type that the example is of."""

from __future__ import annotations

from gateway.schema.conditional import fitting
from gateway.schema.ir import Alternative, Attribute, Complex, Element, Model, Simple

USES = (Attribute("k", "s"),)
MODEL = Model(
    {
        "s": Simple("s", "atomic", "string", "preserve"),
        "B": Complex("B", "empty", USES),
        "X": Complex("X", "empty", USES),
    },
    {},
    {},
    {},
    {},
)


def of(*rows: tuple[str, str]) -> tuple[str, dict[str, str]]:
    rows_ = tuple(Alternative(test, (), "", type_id) for test, type_id in rows)
    type_id, chosen = fitting(MODEL, Element("e", "B", alternatives=rows_))
    return type_id, dict(chosen)


def test_the_texts_of_a_test_are_tried() -> None:
    assert of(("@k='x'", "X")) == ("X", {"k": "x"})
    assert of(("@k='no'", ""), ("@k=('a', 'b') or @k='c'", "X")) == ("X", {"k": "c"})


def test_the_usual_attributes_may_do() -> None:
    assert of(("@k", "X")) == ("X", {})
    assert of(("not(@k)", "X")) == ("B", {})


def test_an_element_without_alternatives_is_of_its_type() -> None:
    assert of() == ("B", {})
