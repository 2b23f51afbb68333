"""gateway.schema.openapi_own: schemas of a service become components, one for what two directions say alike."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from gateway.schema.openapi_own import Adopted, Own

REFS = "#/components/schemas/"
PET = {"type": "object", "required": [], "properties": {"kind": {"$ref": "#/$defs/Kind"}, "const": {"$ref": "#/$defs/Kind"}}}
OWNER = {"type": "object", "properties": {"pets": {"type": "array", "items": {"$ref": "#/$defs/Pet"}}, "of": {"$ref": "#/$defs/Owner"}}}


def test_references_are_components_and_recursion_ends() -> None:
    components: dict[str, Any] = {"Problem": {}}
    adopted = Adopted(components, REFS)
    told = adopted.schema(Own({"$ref": "#/$defs/Owner"}, {"Owner": OWNER, "Pet": PET, "Kind": {"enum": ["cat"]}, "Unused": {}}))
    assert told == {"$ref": REFS + "Owner"}
    assert sorted(components) == ["Kind", "Owner", "Pet", "Problem"]
    assert "required" not in components["Pet"], "an empty one is none in OpenAPI 3.0"
    assert components["Pet"]["properties"]["const"] == {"$ref": REFS + "Kind"}, "a member may be called so"
    whole = jsonschema_rs.Draft202012Validator({**told, "components": {"schemas": components}})
    assert whole.is_valid({"pets": [{"kind": "cat"}], "of": {}})
    assert not whole.is_valid({"of": {"pets": [{"kind": "dog"}]}})


def test_what_two_directions_say_alike_is_one_component() -> None:
    components: dict[str, Any] = {}
    adopted = Adopted(components, REFS)
    asked = {"Owner": OWNER, "Pet": PET, "Kind": {"enum": ["cat"]}, "Same": {"type": "string"}}
    given = {**asked, "Kind": {"enum": ["cat", "dog"]}}
    assert adopted.schema(Own({"$ref": "#/$defs/Owner"}, asked)) == {"$ref": REFS + "Owner"}
    assert adopted.schema(Own({"$ref": "#/$defs/Owner"}, given)) == {"$ref": REFS + "Owner_2"}
    assert adopted.schema(Own({"$ref": "#/$defs/Same"}, asked)) == adopted.schema(Own({"$ref": "#/$defs/Same"}, given))
    assert components["Owner_2"]["properties"]["pets"]["items"] == {"$ref": REFS + "Pet_2"}
    assert components["Kind_2"] == {"enum": ["cat", "dog"]}
    assert "Same_2" not in components


def test_names_and_plain_verdicts_are_fit_for_openapi() -> None:
    components: dict[str, Any] = {}
    adopted = Adopted(components, REFS)
    defs = {"Größe/x": {"const": {"$ref": "text"}}, "Gr__e_x": True, "no": False}
    told = adopted.schema(Own({"anyOf": [{"$ref": "#/$defs/Größe/x"}, {"$ref": "#/$defs/Gr__e_x"}, {"$ref": "#/$defs/no"}]}, defs))
    assert [each["$ref"] for each in told["anyOf"]] == [REFS + "Gr__e_x", REFS + "Gr__e_x_2", REFS + "no"]
    assert components == {"Gr__e_x": {"const": {"$ref": "text"}}, "Gr__e_x_2": {}, "no": {"not": {}}}
    assert adopted.schema(Own(False)) == {"not": {}}
