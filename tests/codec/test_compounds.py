"""Lists and unions."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.codec.lexical import Unfit
from gateway.schema.ir import Facets, Simple
from tests.codec.models import Declared, restricted, scalar, xs


def union(*members: str, **facets: Any) -> Simple:
    return Simple("U", "union", "", "collapse", Facets(**facets), members=members)


def a_list(item: str, **facets: Any) -> Simple:
    return Simple("L", "list", "", "collapse", Facets(**facets), item=item)


MIXED = union(xs("int"), xs("boolean"), xs("string"))


@pytest.mark.parametrize(
    ("text", "value"), [("1", 1), ("true", True), ("x", "x"), ("", ""), (" 1 ", 1), (" x ", " x ")]
)
def test_the_first_member_that_takes_the_text(text: str, value: Any) -> None:
    got = scalar(MIXED).read(text, {})
    assert (got, type(got)) == (value, type(value))


@pytest.mark.parametrize(
    ("value", "text"), [(1, "1"), ("1", "1"), ("+01", "1"), (True, "true"), ("true", "true"), ("x", "x"), ("", "")]
)
def test_input_likewise(value: Any, text: str) -> None:
    assert scalar(MIXED).write(value, Declared()) == text


def test_a_kind_that_no_member_has() -> None:
    for value in (1.5, None, [], {}):
        with pytest.raises(Unfit):
            scalar(MIXED).write(value, Declared())


def test_unions_hold_their_facets() -> None:
    few = scalar(union(xs("int"), xs("string"), enumeration=("1", "all")))
    assert [few.read(text, {}) for text in ("01", "all")] == [1, "all"]
    for bad in ("2", "none"):
        with pytest.raises(Unfit):
            few.read(bad, {})
        with pytest.raises(Unfit):
            few.write(bad, Declared())
    five = scalar(union(xs("int"), xs("string"), patterns=(("[0-9]{3}|x",),)))
    assert five.read("007", {}) == "007"
    assert five.write("x", Declared()) == "x"
    with pytest.raises(Unfit):
        five.write("7", Declared())


def test_keys_of_unions() -> None:
    either = scalar(union(xs("decimal"), xs("string")))
    assert either.equal("1.0", "1", {})
    assert not either.equal("1.0", "x", {})
    assert either.literal("1") == either.key("1.00", {})


def test_lists() -> None:
    numbers = scalar(a_list(xs("int"), max_length=3))
    assert numbers.read(" 1\n02  3 ", {}) == [1, 2, 3]
    assert numbers.read("", {}) == []
    assert numbers.write([1, 2], Declared()) == "1 2"
    assert numbers.write([], Declared()) == ""
    assert numbers.shape == "list"
    for value in ("1 2", 1, [1, 2, 3, 4], ["1"], None):
        with pytest.raises(Unfit):
            numbers.write(value, Declared())


def test_the_item_is_told() -> None:
    with pytest.raises(Unfit) as caught:
        scalar(a_list(xs("int"))).read("1 x", {})
    assert caught.value.path == (1,)
    with pytest.raises(Unfit) as caught:
        scalar(a_list(xs("int"))).write([1, 2, "x"], Declared())
    assert caught.value.path == (2,)


@pytest.mark.parametrize("item", ["", "a b", " a", "a\n"])
def test_an_item_is_a_word(item: str) -> None:
    for kind in ("token", "string"):
        with pytest.raises(Unfit):
            scalar(a_list(xs(kind))).write([item], Declared())


def test_no_break_space_is_no_white_space() -> None:
    assert scalar(a_list(xs("string"))).read("a\xa0b c\x85", {}) == ["a\xa0b", "c\x85"]


def test_list_facets() -> None:
    two = scalar(a_list(xs("decimal"), enumeration=("1 2.0",)))
    assert two.read("1.0 2", {}) is not None
    with pytest.raises(Unfit):
        two.read("2 1", {})
    shaped = scalar(a_list(xs("int"), patterns=(("0[0-9]( 0[0-9])*",),)))
    assert shaped.read(" 01  02 ", {}) == ["01", "02"]
    assert shaped.write(["01", "02"], Declared()) == "01 02"
    with pytest.raises(Unfit):
        shaped.write(["1"], Declared())


def test_lists_of_unions_and_of_names() -> None:
    inner = Simple("I", "union", "", "collapse", members=(xs("int"), xs("token")))
    assert scalar(a_list("I"), inner).read("1 a", {}) == [1, "a"]
    prefixes = Declared()
    names = scalar(a_list(xs("QName")))
    assert names.write(["{u}a", "b"], prefixes) == "n0:a b"
    assert names.read("n0:a b", prefixes.namespaces()) == ["{u}a", "b"]
    listed = scalar(a_list(xs("QName"), enumeration=("{u}a b",)))
    assert listed.write(["{u}a", "b"], prefixes) == "n0:a b"
    with pytest.raises(Unfit):
        listed.write(["b"], prefixes)
    either = scalar(union(xs("QName"), xs("int"), enumeration=("{u}a", "1")))
    assert either.write("{u}a", prefixes) == "n0:a"
    assert either.read("n0:a", prefixes.namespaces()) == "{u}a"
    with pytest.raises(Unfit):
        either.write("{u}b", prefixes)


def test_restricted_items() -> None:
    item = restricted("int", max_inclusive="3")
    with pytest.raises(Unfit, match="outside its range"):
        scalar(a_list("T"), item).read("3 4", {})


@pytest.mark.parametrize(
    ("members", "text", "value", "written"),
    [
        (("boolean", "float"), "1.000", 1.0, "1.0"),
        (("boolean", "int"), "01", 1, "01"),
        (("boolean", "int"), "-1", -1, "-1"),
        (("boolean", "decimal"), "1.00", None, "1.00"),
        (("hexBinary", "int"), "+12", 12, "012"),
    ],
)
def test_what_is_written_comes_back_by_the_same_member(members: Any, text: str, value: Any, written: str) -> None:
    either = scalar(union(*map(xs, members)))
    got = either.read(text, {})
    assert value is None or got == value
    assert either.write(got, Declared()) == written
    again = either.read(written, {})
    assert (again, isinstance(again, bool)) == (got, isinstance(got, bool))


def test_true_beside_a_text_of_that_spelling() -> None:
    word = Simple("W", "atomic", "string", "preserve", Facets(enumeration=("true",)))
    either = scalar(union("W", xs("boolean")), word)
    assert either.read("1", {}) is True
    assert either.write(True, Declared()) == "1"


def test_a_number_that_no_text_can_carry_past_a_string_is_its_text() -> None:
    assert scalar(union(xs("string"), xs("int"))).write(5, Declared()) == "5"


def test_a_text_that_means_a_number_stays_one_beside_a_member_that_reads_its_canonical_form() -> None:
    flag = scalar(union(xs("boolean"), xs("int")))
    assert flag.write("01", None) == "01"  # type: ignore[arg-type]  # no QName: no prefixes are asked for
    assert (flag.read("01", {}), flag.read("1", {})) == (1, True)


def test_every_wrong_item_of_a_list_is_told() -> None:
    numbers = scalar(a_list(xs("int")))
    for refused in (lambda: numbers.read("x 1 y", {}), lambda: numbers.write(["x", 1, "y"], None)):  # type: ignore[arg-type]
        with pytest.raises(Unfit) as told:
            refused()
        found = [told.value, *told.value.others]
        assert [(one.detail, one.path) for one in found] == [("not a whole number", (0,)), ("not a whole number", (2,))]
    with pytest.raises(Unfit) as many:
        numbers.read("x " * 10_000, {})
    assert len(many.value.others) == 99
