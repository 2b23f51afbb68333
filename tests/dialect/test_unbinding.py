"""Bindings read backwards: the inverse of `Binding.apply`, and what has no inverse is refused with its place."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec.lexical import Scalar
from gateway.core.problem import Kind, Problem
from gateway.dialect.binding import Binding, Parameter
from gateway.dialect.unbinding import Parts, fits, take, without


def scalar(read: Any) -> Scalar:
    return Scalar(read, lambda value, prefixes: str(value), lambda t, n: t, lambda t: t, "a value")


NUMBER = scalar(lambda text, namespaces: int(text))
TEXT = scalar(lambda text, namespaces: text)
BINDING = Binding(
    (
        Parameter("path", "id", ("Project", "Id"), TEXT, required=True),
        Parameter("query", "tag", ("Tags",), TEXT, many=True),
        Parameter("query", "limit", ("Limit",), NUMBER),
        Parameter("header", "X-Ticket", ("Ticket",), TEXT),
        Parameter("header", "X-Mark", ("Marks",), TEXT, many=True, style="comma"),
    ),
    ((("Kind",), "fixed"),),
)
WHOLE: dict[str, Any] = {
    "Project": {"Id": "7", "Name": "x"},
    "Tags": ["a", "b"],
    "Limit": 5,
    "Ticket": "T",
    "Marks": ["m", "n"],
    "Kind": "fixed",
    "Note": None,
}


def test_each_member_goes_where_it_came_from_and_the_message_stays_as_it_was() -> None:
    before = copy.deepcopy(WHOLE)
    parts = take(BINDING, WHOLE)
    assert parts == Parts(
        {"id": "7"},
        ["tag=a", "tag=b", "limit=5"],
        {"x-ticket": "T", "x-mark": "m, n"},
        {"Project": {"Name": "x"}, "Note": None},
    )
    assert before == WHOLE


def test_a_structure_that_only_held_the_member_goes_with_it_an_empty_one_stays() -> None:
    assert take(BINDING, {"Project": {"Id": "7"}, "Kind": "fixed", "Empty": {}}).body == {"Empty": {}}
    assert without({"a": {}}, ("a", "b")) == {"a": {}}
    assert without({"a": {"b": {"c": 1}}}, ("a", "b", "c")) == {}


_words = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=","), min_size=1, max_size=8)


@given(
    identity=st.text(min_size=1, max_size=9).filter(lambda text: text not in (".", "..") and text.isprintable()),
    tags=st.lists(st.text(max_size=5).filter(str.isprintable), max_size=3),
    marks=st.lists(_words, max_size=3),
    limit=st.none() | st.integers(),
    more=st.dictionaries(st.sampled_from(["Name", "Note"]), st.text(max_size=4)),
)
def test_what_was_read_backwards_reads_forwards_again(
    identity: str, tags: list[str], marks: list[str], limit: int | None, more: dict[str, str]
) -> None:
    value: dict[str, Any] = {"Project": {"Id": identity}, "Kind": "fixed", **more}
    value |= {"Tags": tags} if tags else {}
    value |= {"Marks": marks} if marks else {}
    value |= {} if limit is None else {"Limit": limit}
    parts = take(BINDING, value)
    assert isinstance(parts.body, dict)
    again = BINDING.apply(dict(parts.body), parts.variables, "&".join(parts.query), parts.headers)
    assert again == value


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"Project": {"Id": ""}}, "/Project/Id"),
        ({"Project": {"Id": ".."}}, "/Project/Id"),
        ({"Ticket": "a\r\nX-Other: b"}, "/Ticket"),
        ({"Ticket": "Ü"}, "/Ticket"),
        ({"Marks": ["a,b"]}, "/Marks"),
    ],
)
def test_what_http_cannot_carry_there_is_refused_with_its_place(change: dict[str, Any], where: str) -> None:
    with pytest.raises(Problem) as caught:
        take(BINDING, {**WHOLE, **change})
    assert caught.value.kind is Kind.INVALID_MESSAGE
    assert [finding.pointer for finding in caught.value.findings] == [where]


def test_a_call_without_a_body_loses_nothing() -> None:
    bodyless = Binding((Parameter("path", "id", ("Id",), TEXT, required=True),), body=False)
    assert take(bodyless, {"Id": "7", "Absent": None, "None": []}).body == {"Absent": None, "None": []}
    with pytest.raises(Problem) as caught:
        take(bodyless, {"Id": "7", "More": "x", "Flag": False})
    assert [finding.pointer for finding in caught.value.findings] == ["/More", "/Flag"]


@pytest.mark.parametrize(
    ("value", "fit"),
    [
        ({"Id": "1", "Kind": 1}, True),
        ({"Id": "1", "Kind": True}, False),
        ({"Id": "1", "Kind": "1"}, False),
        ({"Id": "1"}, False),
        ({"Id": None, "Kind": 1}, False),
        ({"Kind": 1}, False),
        (None, False),
        ([], False),
    ],
)
def test_a_route_fits_where_its_constants_and_its_path_are_in_the_message(value: Any, fit: bool) -> None:
    binding = Binding((Parameter("path", "id", ("Id",), TEXT, required=True),), ((("Kind",), 1),))
    assert fits(binding, value) is fit


def listed(place: Any, style: Any, items: list[str], name: str = "n") -> Parts:
    binding = Binding((Parameter(place, name, ("L",), TEXT, many=True, style=style),))
    return take(binding, {"L": items})


@pytest.mark.parametrize(
    ("place", "style", "items"),
    [
        ("query", "repeat", ["a,b", "c d", "", "ü&="]),
        ("query", "comma", ["a,b", "c d", "ü&="]),
        ("query", "space", ["a,b", "c"]),
        ("query", "pipe", ["a,b", "c d"]),
        ("path", "comma", ["a b", "c/d"]),
        ("path", "pipe", ["a,b", "c"]),
        ("header", "comma", ["a b", "c"]),
        ("header", "space", ["a", "b"]),
    ],
)
def test_a_list_reads_forwards_again_in_each_style(place: Any, style: Any, items: list[str]) -> None:
    binding = Binding((Parameter(place, "n", ("L",), TEXT, many=True, style=style),))
    parts = listed(place, style, items)
    assert binding.apply({}, parts.variables, "&".join(parts.query), parts.headers) == {"L": items}


@pytest.mark.parametrize(
    ("place", "style", "items"),
    [("query", "space", ["a b"]), ("query", "pipe", ["a|b"]), ("path", "comma", ["a,b"]), ("header", "comma", ["a", " b"])],
)
def test_an_item_that_the_style_would_part_is_refused(place: Any, style: Any, items: list[str]) -> None:
    with pytest.raises(Problem) as caught:
        listed(place, style, items)
    assert [finding.pointer for finding in caught.value.findings] == ["/L"]
