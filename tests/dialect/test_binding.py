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
    for query in ("%ff=%ff", "a", "&&x"):
        with pytest.raises(Problem):
            apply(query=query)


def test_a_body_that_is_no_object_is_left_to_the_schema():
    assert BINDING.apply([1], {"id": "7"}, "", {}) == [1]
