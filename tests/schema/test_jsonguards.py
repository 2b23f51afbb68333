"""What chooses a type, in JSON Schema: plain tests are guards, others are left to the codec."""

from __future__ import annotations

import pytest

from gateway.schema.ir import Alternative, Attribute, Complex, Element, Model, Simple
from gateway.schema.jsonguards import compared, guarded, is_plain, said

TEXT = Simple("s", "atomic", "string", "preserve")
NUMBER = Simple("n", "atomic", "int", "collapse")
USES = (Attribute("k", "s", key="@k"), Attribute("{u}n", "n", key="@u:n"))
MODEL = Model(
    {"s": TEXT, "n": NUMBER, "B": Complex("B", "empty", USES), "X": Complex("X", "empty", USES)}, {}, {}, {}, {}
)
SCOPE = (("u", "u"),)


def element(*rows: tuple[str, str]) -> Element:
    return Element("e", "B", alternatives=tuple(Alternative(test, SCOPE, "", type_id) for test, type_id in rows))


@pytest.mark.parametrize(
    ("test", "plain"),
    [
        ("@k='x'", True),
        ("@k eq \"x\" or @k = 'y'", True),
        ("@k='x' and @u:n=1", False),
        ("not(@k='x')", False),
        ("@n > 5", False),
    ],
)
def test_a_plain_test_is_one_that_compares_with_texts(test: str, plain: bool) -> None:
    assert is_plain(test) is plain


def test_what_is_compared_is_found_with_its_namespace() -> None:
    assert compared("@k='x' and @u:n = \"y\"", SCOPE) == (("k", "x"), ("{u}n", "y"))


def test_the_forms_have_their_guards_and_the_declared_one_what_is_left() -> None:
    forms = list(guarded(MODEL, element(("@k='x'", "X"), ("@k='no'", "")), lambda each: {"$ref": each.type}))
    guards = [{"type": "object", "properties": {"@k": {"enum": [word]}}, "required": ["@k"]} for word in ("x", "no")]
    assert forms == [
        {"allOf": [{"$ref": "X"}, guards[0]]},
        {"allOf": [{"$ref": "B"}, {"not": guards[0]}, {"not": guards[1]}]},
    ]


def test_an_alternative_without_a_test_is_the_last() -> None:
    assert list(guarded(MODEL, element(("", "X")), lambda each: {"$ref": each.type})) == [{"$ref": "X"}]


def test_what_is_not_said_is_known() -> None:
    assert said(MODEL, element(("@k='x'", "X"), ("", "B")))
    assert not said(MODEL, element(("@k > 'x'", "X")))
    assert not said(MODEL, element(("@u:n='1'", "X")))  # a number in JSON
