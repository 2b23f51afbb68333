"""Bound parameters: typed by the member, refused with their own place, never chosen between two."""

from __future__ import annotations

import pytest

from gateway.codec.lexical import Scalar, Unfit
from gateway.core.problem import Kind, Problem
from gateway.dialect.binding import Binding, Parameter


def whole(text, namespaces):
    if not text.isdigit():
        raise Unfit("not a whole number", "a whole number")
    return int(text)


def scalar(read):
    return Scalar(read, lambda value, prefixes: str(value), lambda t, n: t, lambda t: t, "a whole number")


NUMBER = scalar(whole)
TEXT = scalar(lambda text, namespaces: text)
BINDING = Binding(
    (
        Parameter("path", "id", ("Project", "Id"), NUMBER, required=True),
        Parameter("query", "tag", ("Tags",), TEXT, many=True),
        Parameter("query", "limit", ("Limit",), NUMBER),
        Parameter("header", "X-Ticket", ("Ticket",), TEXT),
    ),
    ((("Kind",), "fixed"),),
)


def apply(body=None, query="", headers=None, **variables):
    return BINDING.apply({} if body is None else body, {"id": "7", **variables}, query, headers or {})


def test_each_parameter_lands_typed_in_its_place():
    assert apply({"Name": "x"}, "tag=a&limit=5&tag=b", {"x-ticket": "T"}) == {
        "Name": "x",
        "Project": {"Id": 7},
        "Tags": ["a", "b"],
        "Limit": 5,
        "Ticket": "T",
        "Kind": "fixed",
    }


def test_a_structure_that_the_body_has_is_filled_up():
    assert apply({"Project": {"Code": "P"}})["Project"] == {"Code": "P", "Id": 7}


@pytest.mark.parametrize(
    ("query", "variables", "where"),
    [
        ("limit=many", {}, "query:limit"),
        ("limit=1&limit=2", {}, "query:limit"),
        ("colour=red", {}, "query:colour"),
        ("", {"id": "x"}, "path:id"),
    ],
)
def test_what_is_wrong_with_a_parameter_is_said_of_the_parameter(query, variables, where):
    with pytest.raises(Problem) as refused:
        apply(query=query, **variables)
    assert refused.value.kind is Kind.PARAMETER_INVALID
    assert [finding.pointer for finding in refused.value.findings] == [where]


def test_all_wrong_parameters_are_told_at_once():
    with pytest.raises(Problem) as refused:
        apply(query="limit=x&y=1", id="z")
    assert len(refused.value.findings) == 3


@pytest.mark.parametrize("body", [{"Project": {"Id": 8}}, {"Kind": "other"}, {"Kind": "fixed"}])
def test_a_member_that_is_bound_is_not_the_bodys_to_give(body):
    with pytest.raises(Problem) as refused:
        apply(body)
    assert refused.value.kind is Kind.INVALID_MESSAGE


def test_a_broken_query_is_refused():
    for query in ("%ff=%ff", "a", "&&x", "a=%zz", "a=1%", "%4=1"):
        with pytest.raises(Problem) as refused:
            apply(query=query)
        assert (refused.value.detail or "").startswith("The query "), query  # not that there is no such parameter


def test_a_body_that_is_no_object_is_left_to_the_schema():
    assert BINDING.apply([1], {"id": "7"}, "", {}) == [1]


WORDS = Scalar(lambda t, n: t.split(), lambda v, p: " ".join(v), lambda t, n: t, lambda t: t, "words", shape="list")


def listed(style, query="", place="query", many=True, scalar=TEXT, headers=None, **variables):
    binding = Binding((Parameter(place, "t", ("Tags",), scalar, many=many, style=style),))
    return binding.apply({}, variables, query, headers or {}).get("Tags")


@pytest.mark.parametrize(
    ("style", "query", "items"),
    [
        ("repeat", "t=a,b&t=c", ["a,b", "c"]),
        ("comma", "t=a,b", ["a", "b"]),
        ("comma", "t=a%2Cb,c+d", ["a,b", "c d"]),  # a comma that is encoded belongs to the item
        ("comma", "x=1&t=", None),
        ("comma", "t=", []),
        ("space", "t=a%20b+c", ["a", "b", "c"]),
        ("pipe", "t=a|b%7Cc", ["a", "b", "c"]),
    ],
)
def test_a_list_stands_in_a_query_as_it_is_said(style, query, items):
    if query.startswith("x="):
        with pytest.raises(Problem):
            listed(style, query)
        return
    assert listed(style, query) == items


def test_a_list_stands_in_a_header_or_a_path_too():
    assert listed("comma", place="header", headers={"t": "a, b"}) == ["a", "b"]
    assert listed("pipe", place="path", t="a|b") == ["a", "b"]


def test_a_list_type_is_given_like_a_member_that_repeats():
    assert listed("comma", "t=a,b", many=False, scalar=WORDS) == ["a", "b"]
    assert listed("repeat", "t=a&t=b", many=False, scalar=WORDS) == ["a", "b"]
    assert listed("repeat", "t=a+b", many=False, scalar=WORDS) == ["a", "b"]
    with pytest.raises(Problem):
        listed("comma", "t=a+b,c", many=False, scalar=WORDS)


def test_a_list_in_one_text_comes_once():
    with pytest.raises(Problem) as told:
        listed("comma", "t=a&t=b")
    assert told.value.findings[0].pointer == "query:t"


def test_a_body_may_repeat_what_the_path_says_and_nothing_else():
    assert apply({"Project": {"Id": 7}})["Project"] == {"Id": 7}
    with pytest.raises(Problem):
        apply({"Project": {"Id": 8}})
    with pytest.raises(Problem):
        apply({"Project": {"Id": True}}, id="1")
    with pytest.raises(Problem):
        apply({"Limit": 5}, "limit=5")


def test_a_name_that_chose_the_route_is_no_unknown_parameter():
    assert Binding((), beside=frozenset({"do"})).apply({}, {}, "do=x", {}) == {}


def test_what_holds_a_bound_member_is_made_where_null_says_that_it_is_absent():
    assert apply({"Project": None})["Project"] == {"Id": 7}


NILS = Binding(
    (Parameter("query", "id", ("Project", "Id"), NUMBER),),
    nils=frozenset({(), ("Project",)}),
)


def test_what_is_nil_is_not_filled_and_nothing_is_lost():
    for body, where in ((None, ""), ({"Project": None}, "/Project")):
        with pytest.raises(Problem) as refused:
            NILS.apply(body, {}, "id=7", {})
        assert [finding.pointer for finding in refused.value.findings] == [where]
        assert NILS.apply(body, {}, "", {}) == body, "nothing is given: nil it stays"
    with pytest.raises(Problem):
        Binding(constants=((("Kind",), "x"),), nils=frozenset({()})).apply(None, {}, "", {})
