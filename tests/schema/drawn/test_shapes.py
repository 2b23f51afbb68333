"""gateway.schema.drawn.shapes: only what differs has a shape; schemas keep what they demand."""

from __future__ import annotations

from gateway.schema.drawn.kinds import Any_, Array, Member, Place, Record, Ref, Scalar, Table, Types
from gateway.schema.drawn.shapes import Shapes, reached, trimmed

TEXT = Place(Scalar("string"))


def test_a_type_whose_json_is_the_mapping_s_has_no_shape():
    same = Record((Member("a", "a", Place(Array(TEXT))), Member("b", "b", Place(Ref("A")))))
    shapes = Shapes(Types({"A": Place(same)}))
    assert shapes.of(Ref("A")) is None
    assert shapes.types() == {}


def test_a_difference_is_carried_to_whoever_holds_it():
    types = Types({
        "A": Place(Record((Member("b", "b", Place(Array(Place(Ref("B"))))),))),
        "B": Place(Record((Member("x y", "x_y", TEXT), Member("a", "a", Place(Ref("A")))))),
    })  # fmt: skip
    assert Shapes(types).types() == {
        "A": {"members": {"b": {"shape": {"items": {"type": "B"}}}}},
        "B": {"members": {"x_y": {"name": "x y"}, "a": {"shape": {"type": "A"}}}},
    }


def test_maps_and_any_json_always_have_one():
    shapes = Shapes(Types())
    assert shapes.of(Table(TEXT)) == {"table": None}
    assert shapes.of(Any_()) == {"any": True}


def test_trimmed_keeps_members_that_are_called_like_keywords():
    schema = {"title": "x", "properties": {"title": {"description": "y", "type": "string", "format": "email"}}}
    assert trimmed(schema) == {"properties": {"title": {"type": "string"}}}
    assert trimmed({"pattern": "("}) == {}
    assert trimmed({"const": {"title": 1}, "format": "date"}) == {"const": {"title": 1}, "format": "date"}


def test_what_is_reached_comes_along():
    defs = {"A": {"items": {"$ref": "#/$defs/B"}}, "B": {"type": "string"}, "C": {}}
    assert set(reached({"r": {"properties": {"enum": {"$ref": "#/$defs/A"}}}}, defs)) == {"A", "B"}
