"""Where members of encoded arrays stand: sizes, offsets, places, rows."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.codec.encoded import ENC
from gateway.codec.encoded_arrays import measured, members, shaped, sizes
from gateway.core.problem import Kind, Problem

E11, E12 = ENC["1.1"], ENC["1.2"]


def array(text: str) -> etree._Element:
    return etree.fromstring(f'<a xmlns:e="{E11}" xmlns:f="{E12}" {text}</a>')


def placed(text: str, most: int = 100) -> list[str | None]:
    node = array(text)
    return [None if each is None else each.text for each in members(node, E11, sizes(node, ENC), most)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("><i>1</i><i>2</i>", ["1", "2"]),
        ('e:arrayType="x:int[9]"><i>1</i>', ["1"]),  # a wrong size alone says nothing
        ('e:offset="[2]"><i>1</i><i>2</i>', [None, None, "1", "2"]),
        ('e:arrayType="x:int[5]" e:offset="[1]"><i>1</i>', [None, "1", None, None, None]),
        ('e:arrayType="x:int[4]"><i e:position="[2]">1</i><i e:position="[0]">2</i>', ["2", None, "1", None]),
        ('e:offset="[0]">', []),
        ('e:arrayType="x:int[2,2]"><i e:position="[1,0]">c</i><i>d</i><i e:position="[ 0 , 1 ]">b</i>', [None, "b", "c", "d"]),
        ('e:arrayType="x:int[2,3]" e:offset="[1,1]"><i>e</i>', [None, None, None, None, "e", None]),
        ('e:arrayType="x:int[2,2]" e:offset="[2]"><i>c</i>', [None, None, "c", None]),
        ('f:arraySize="2 1 2"><i e:position="[1,0,1]">d</i>', [None, None, None, "d"]),
    ],
)
def test_members_stand_at_their_places(text: str, expected: list[str | None]) -> None:
    assert placed(text) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('><i e:position="[1]"/><i e:position="[1]"/>', Kind.INVALID_MESSAGE),
        ('><i e:position="1"/>', Kind.INVALID_MESSAGE),
        ('e:offset="[x]"><i/>', Kind.INVALID_MESSAGE),
        ('e:arrayType="x:int[2]"><i e:position="[2]"/>', Kind.INVALID_MESSAGE),
        ('e:arrayType="x:int[2,2]"><i e:position="[0,2]"/>', Kind.INVALID_MESSAGE),  # not the third of row by row
        ('e:arrayType="x:int[2,2]"><i e:position="[2,0]"/>', Kind.INVALID_MESSAGE),
        ('e:arrayType="x:int[2,2]" e:offset="[1,1]"><i/><i/>', Kind.INVALID_MESSAGE),
        ('e:arrayType="x:int[2,2]"><i e:position="[0,0,0]"/>', Kind.INVALID_MESSAGE),
        ('e:arrayType="x:int[2,2]"><i e:position="[0,1]"/><i e:position="[1]"/>', Kind.INVALID_MESSAGE),
        ('e:arrayType="x:int[,]"><i e:position="[0,0]"/>', Kind.INVALID_MESSAGE),
        ('e:arrayType="x:int[2,0]"><i e:position="[0,0]"/>', Kind.INVALID_MESSAGE),
        ('e:arrayType="x:int[2,2]"><i e:position="[0,]"/>', Kind.INVALID_MESSAGE),
        ('e:arrayType="x:int[99999,99999]"><i e:position="[0,0]"/>', Kind.XML_LIMIT_EXCEEDED),
        ('><i e:position="[999999999]"/>', Kind.XML_LIMIT_EXCEEDED),
        ('e:arrayType="x:int[999999999999]" e:offset="[0]"><i/>', Kind.XML_LIMIT_EXCEEDED),
    ],
)
def test_what_is_no_place(text: str, kind: Kind) -> None:
    with pytest.raises(Problem) as caught:
        placed(text)
    assert caught.value.kind is kind


def test_sizes_of_both_versions() -> None:
    assert sizes(array('e:arrayType="x:int[][2,3]">'), ENC) == (2, 3)
    assert sizes(array('f:arraySize="2 3">'), ENC) == (2, 3)
    assert sizes(array('f:arraySize="* 3">'), ENC) == ()
    assert sizes(array('e:arrayType="x:int[,]">'), ENC) == ()


def test_rows_in_rows_and_back() -> None:
    assert shaped(list("abcdef"), (2, 3), 2, 100) == [list("abc"), list("def")]
    assert shaped(list("abcdefgh"), (2, 2, 2), 3, 100) == [[["a", "b"], ["c", "d"]], [["e", "f"], ["g", "h"]]]
    assert shaped([], (2, 0), 2, 100) == [[], []]
    assert shaped([], (0, 2), 2, 100) == []
    for size in ((2, 2), (6,), (), (1, 2, 3)):
        with pytest.raises(Problem):
            shaped(list("abcdef"), size, 2, 100)
    node = etree.fromstring("<a><r><i>1</i><i>2</i></r><r><i>3</i><i>4</i></r></a>")
    assert (measured(node, 2)[0], [each.text for each in measured(node, 2)[1]]) == ((2, 2), ["1", "2", "3", "4"])
    with pytest.raises(Problem) as caught:
        measured(etree.fromstring("<a><r><i/></r><r/></a>"), 2)
    assert "different lengths" in caught.value.detail
