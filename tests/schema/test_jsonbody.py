"""The body that is left when a route fills some members itself."""

from __future__ import annotations

from gateway.schema.jsonbody import chosen, eased, within, without

DEFS = {
    "Ref": {"type": "object", "properties": {"Id": {}, "Code": {}}, "required": ["Id"]},
    "Only": {"type": "object", "properties": {"Id": {}}},
}
ROOT = {
    "type": "object",
    "properties": {"A": {}, "Project": {"anyOf": [{"$ref": "#/d/Ref"}, {"type": "null"}]}, "Only": {"$ref": "#/d/Only"}},
    "required": ["A", "Project"],
}


def test_bound_members_leave_and_are_no_longer_required():
    left = without(ROOT, DEFS, {("A",)}, "#/d/")
    assert set(left["properties"]) == {"Project", "Only"}
    assert left["required"] == ["Project"]


def test_a_bound_member_inside_a_structure_leaves_only_itself():
    left = without(ROOT, DEFS, {("Project", "Id")}, "#/d/")
    held, null = left["properties"]["Project"]["anyOf"]
    assert held["properties"] == {"Code": {}}
    assert "required" not in held
    assert null == {"type": "null"}, "a query that may be left out leaves what it was"


def test_a_structure_without_members_left_goes_too():
    assert "Only" not in without(ROOT, DEFS, {("Only", "Id")}, "#/d/")["properties"]


def test_the_definitions_are_not_changed():
    without(ROOT, DEFS, {("Project", "Id")}, "#/d/")
    assert "Id" in DEFS["Ref"]["properties"]
    assert without(ROOT, DEFS, set(), "#/d/") is ROOT


def test_an_eased_member_stays_and_need_not_be_given():
    left = eased(ROOT, DEFS, {("A",), ("Project", "Id"), ("Nope",)}, "#/d/")
    assert "required" not in left, "what holds the member is made with it"
    assert set(left["properties"]["Project"]["properties"]) == {"Id", "Code"}
    assert "required" not in left["properties"]["Project"]
    assert DEFS["Ref"]["required"] == ["Id"]
    assert eased(ROOT, DEFS, set(), "#/d/") is ROOT


def test_what_holds_an_eased_member_is_demanded_where_it_demands_more():
    both = {"type": "object", "properties": {"P": {"type": "object", "properties": {}, "required": ["Id", "Name"]}}, "required": ["P"]}
    assert eased(both, DEFS, {("P", "Id")}, "#/d/")["required"] == ["P"]


def test_what_holds_a_member_that_is_always_given_is_there_and_not_null():
    optional = {**ROOT, "required": ["A"]}
    left = eased(optional, DEFS, {("Project", "Code")}, "#/d/")
    assert left["required"] == ["A", "Project"], "it is made with the member, and wants its Id"
    assert left["properties"]["Project"]["type"] == "object"
    assert eased(optional, DEFS, {("Project", "Id")}, "#/d/")["required"] == ["A"]


def test_what_holds_a_member_that_is_always_given_takes_its_branch():
    null = {"type": "null"}
    branches = [{"required": ["L"], "properties": {"R": null}}, {"required": ["R"], "properties": {"L": null}}]
    choice = {"type": "object", "properties": {"L": {}, "R": {"$ref": "#/d/Ref"}}, "anyOf": branches}
    assert eased(choice, DEFS, {("R", "Id")}, "#/d/")["anyOf"] == [{"properties": {"L": null}}]


def test_the_members_of_all_parts_are_the_schemas_own():
    parts = {"allOf": [{"$ref": "#/d/Ref"}, {"type": "object", "properties": {"Id": {"minimum": 1}, "New": {}}, "required": ["New"]}, {"not": {}}]}
    left = without({"type": "object", "properties": {"X": parts}}, DEFS, {("X", "Code")}, "#/d/")["properties"]["X"]
    assert (left["required"], left["properties"]) == (["Id", "New"], {"Id": {"allOf": [{}, {"minimum": 1}]}, "New": {}})
    assert left["allOf"] == [{"not": {}}]


def test_a_part_of_a_message_is_the_body():
    assert within(ROOT, DEFS, ("Project", "Code"), "#/d/") == {}
    assert within(ROOT, DEFS, ("Only",), "#/d/") == {"$ref": "#/d/Only"}


def test_what_chose_the_route_stands_first_and_must_be_given():
    told = chosen({"$ref": "#/d/Ref"}, DEFS, "do", "go", "#/d/")
    assert list(told["properties"]) == ["do", "Id", "Code"]
    assert told["properties"]["do"] == {"type": "string", "enum": ["go"]}
    assert told["required"] == ["do", "Id"]
