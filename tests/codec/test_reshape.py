"""gateway.codec.reshape: both ways of every word, and nothing dropped."""

from __future__ import annotations

import pytest

from gateway.codec.reshape import Shapes
from gateway.core.problem import Problem

TYPES = {"T": {"members": {"x_y": {"name": "x y"}, "t": {"shape": {"type": "T"}}}}}


def pair(shape):
    return Shapes(TYPES, lambda schema: lambda value: type(value).__name__ == schema).pair(shape)


@pytest.mark.parametrize(
    ("shape", "service", "mapping"),
    [
        (None, {"a": 1}, {"a": 1}),
        ({"type": "T"}, {"x y": 1, "t": {"x y": 2, "z": 3}}, {"x_y": 1, "t": {"x_y": 2, "z": 3}}),
        ({"items": {"type": "T"}}, [{"x y": 1}, None], [{"x_y": 1}, None]),
        ({"table": None}, {"a b": 1, "": None}, [{"key": "a b", "value": 1}, {"key": "", "value": None}]),
        ({"members": {"a": {}}, "rest": {"key": "more", "shape": None}}, {"a": 1, "b": 2},
         {"a": 1, "more": [{"key": "b", "value": 2}]}),
        ({"choice": [{"key": "s", "when": "str"}, {"key": "n", "when": "int"}]}, 5, {"n": 5}),
        ({"choice": [{"key": "s", "when": "str"}]}, None, None),
        ({"choice": [{"key": "a", "when": "dict"}, {"key": "b", "when": "str", "values": ["B"]}], "by": "k"},
         {"k": "B"}, {"b": {"k": "B"}}),
        ({"choice": [{"key": "a", "when": "dict", "only": ["x"]}, {"key": "b", "when": "dict"}]}, {"y": 1}, {"b": {"y": 1}}),
        ({"any": True}, {"a": [1, None, True, "x", {}]},
         {"object": [{"key": "a", "value": {"array": [{"number": 1}, None, {"boolean": True}, {"string": "x"}, {"object": []}]}}]}),
    ],
)  # fmt: skip
def test_both_ways(shape, service, mapping):
    inward, outward = pair(shape)
    assert inward(service, ()) == mapping
    assert outward(mapping, ()) == service


@pytest.mark.parametrize(
    ("shape", "mapping", "place"),
    [
        ({"table": None}, [{"key": "a", "value": 1}, {"key": "a", "value": 2}], "/a"),
        ({"members": {"a": {}}, "rest": {"key": "m", "shape": None}}, {"m": [{"key": "a", "value": 1}]}, "/a"),
        ({"any": True}, {"object": [{"key": "a", "value": None}, {"key": "a", "value": None}]}, "/a"),
    ],
)
def test_a_key_given_twice_is_refused_on_the_way_out(shape, mapping, place):
    with pytest.raises(Problem) as refused:
        pair(shape)[1](mapping, ())
    assert refused.value.findings[0].pointer == place


@pytest.mark.parametrize(
    ("shape", "service"),
    [({"type": "T"}, {"x_y": 1}), ({"choice": [{"key": "s", "when": "str"}]}, 5), ({"table": None}, [])],
)
def test_what_has_no_place_is_refused_on_the_way_in(shape, service):
    with pytest.raises(Problem):
        pair(shape)[0](service, ())


def test_a_place_has_one_name_on_both_sides_or_none():
    shapes = Shapes({**TYPES, "M": {"members": {"a": {"shape": {"table": None}}}, "rest": {"key": "k"}}}, lambda _: lambda _: True)
    root = {"members": {"t": {"shape": {"type": "T"}}, "m": {"shape": {"type": "M"}}, "c": {"shape": {"choice": []}}}}
    assert shapes.at(None, ("a", "b")) is None
    assert shapes.at(root, ("other", "b")) is None
    assert shapes.at(root, ("t", "t", "z")) is None
    assert shapes.at(root, ("m", "a")) == {"table": None}
    for steps, named in ((("t", "x y"), "x y"), (("t", "x_y"), "x_y"), (("m", "b"), "b"), (("m", "a", "k"), "k"), (("c", "k"), "k")):
        with pytest.raises(KeyError, match=named):
            shapes.at(root, steps)
