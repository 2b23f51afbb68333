"""Rules between members when a route fills some of them."""

from __future__ import annotations

from gateway.schema.jsonbody import eased, without
from gateway.schema.jsongiven import decided, ruled

NULL, SOME = {"type": "null"}, {"not": {"type": "null"}}
ID = {"required": ["id"], "properties": {"id": SOME, "name": NULL}}
NAME = {"required": ["name"], "properties": {"name": SOME, "id": NULL}}
CHOICE = {"type": "object", "properties": {"id": {}, "name": {}, "note": {}}, "anyOf": [ID, NAME]}


def test_a_branch_that_is_taken_leaves_what_it_forbids():
    assert ruled(CHOICE, {"id"})["anyOf"] == [{"properties": {"name": NULL}}]
    assert eased(CHOICE, {}, {("id",)}, "#/")["anyOf"] == [{"properties": {"name": NULL}}]


def test_a_member_that_a_query_may_give_forbids_nothing():
    left = without(CHOICE, {}, {("name",)}, "#/")
    assert set(left["properties"]) == {"id", "note"}
    assert left["anyOf"] == [{"required": ["id"], "properties": {"id": SOME}}, {"properties": {"id": NULL}}]
    assert decided({"not": {"required": ["name", "id"]}}, {"name"}, False) is True
    assert decided({"not": {"required": ["id"]}}, {"name"}, False) == {"not": {"required": ["id"]}}


def test_a_rule_that_holds_goes():
    assert "anyOf" not in ruled({**CHOICE, "anyOf": [{"required": ["id"]}, {"required": ["name"]}]}, {"id"})
    assert decided({"allOf": [{"required": ["id"]}, {"not": {"required": ["id", "name"]}}]}, {"id"}) == {
        "allOf": [{"not": {"required": ["name"]}}]
    }


def test_what_nothing_decides_stays():
    assert ruled(CHOICE, {"note"}) == CHOICE
    assert ruled(CHOICE, set()) == CHOICE
    assert ruled(CHOICE, {"id", "name"}) == CHOICE, "both branches at once: the route's fault, told elsewhere"
    other = {"oneOf": [ID], "required": ["id", "x"]}
    assert decided(other, {"id"}) == {"oneOf": [ID], "required": ["x"]}


def test_a_value_is_a_rule_of_its_own():
    assert decided({"properties": {"id": {"const": 1}, "name": SOME}}, {"name"}) == {"properties": {"id": {"const": 1}}}
    assert decided(True, {"id"}) is True
