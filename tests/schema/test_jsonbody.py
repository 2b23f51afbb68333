"""The body that is left when a route fills some members itself."""

from __future__ import annotations

from gateway.schema.jsonbody import without

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
    assert left["properties"]["Project"]["properties"] == {"Code": {}}
    assert "required" not in left["properties"]["Project"]


def test_a_structure_without_members_left_goes_too():
    assert "Only" not in without(ROOT, DEFS, {("Only", "Id")}, "#/d/")["properties"]


def test_the_definitions_are_not_changed():
    without(ROOT, DEFS, {("Project", "Id")}, "#/d/")
    assert "Id" in DEFS["Ref"]["properties"]
    assert without(ROOT, DEFS, set(), "#/d/") is ROOT
