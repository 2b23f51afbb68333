"""gateway.schema.openapi_joined: one operation that is either of two."""

from __future__ import annotations

from typing import Any

from gateway.schema.openapi_joined import joined


def operation(name: str, body: Any, **more: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": body, "examples": {name: {"value": 1}}}}
    answer = {"content": {"application/json": {"schema": {"$ref": name}}}}
    problem = {"$ref": "#/components/responses/400"}
    return {
        "operationId": name, "summary": name, "tags": ["t"], "x-operation": f"s/{name}",
        "requestBody": {"required": True, "content": content},
        "responses": {"200": answer, "400": problem}, **more,
    }  # fmt: skip


def field(name: str, place: str = "query", **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": place, "required": True, "schema": {"type": "string", **schema}}


def test_body_answers_and_words_are_either() -> None:
    told = joined(operation("A", {"title": "a"}), operation("B", {"title": "b"}))
    media = told["requestBody"]["content"]["application/json"]
    assert media["schema"] == {"anyOf": [{"title": "a"}, {"title": "b"}]}
    assert list(media["examples"]) == ["A", "B"]
    answer = told["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer == {"anyOf": [{"$ref": "A"}, {"$ref": "B"}]}
    assert told["responses"]["400"] == {"$ref": "#/components/responses/400"}
    assert (told["operationId"], told["summary"], told["x-operation"]) == ("A", "A / B", "s/A, B")


def test_a_third_one_is_one_form_more() -> None:
    told = joined(joined(operation("A", {"title": "a"}), operation("B", {"title": "b"})), operation("C", {"title": "c"}))
    assert len(told["requestBody"]["content"]["application/json"]["schema"]["anyOf"]) == 3
    assert told["x-operation"] == "s/A, B, C"


def test_the_choosing_field_takes_either_value_and_what_one_has_alone_is_optional() -> None:
    one = operation("A", {}, parameters=[field("id", "path"), field("do", enum=["go"]), field("mine")])
    two = operation("B", {}, parameters=[field("id", "path"), field("do", enum=["stop"]), field("theirs")])
    found = {each["name"]: each for each in joined(one, two)["parameters"]}
    assert found["do"]["schema"]["enum"] == ["go", "stop"]
    assert found["do"]["required"] is True
    assert found["id"]["required"] is True
    assert found["mine"]["required"] is False
    assert found["theirs"]["required"] is False


def test_a_body_that_one_has_alone_need_not_be_sent() -> None:
    bare = operation("B", {})
    del bare["requestBody"]
    assert joined(operation("A", {}), bare)["requestBody"]["required"] is False
    assert "requestBody" not in joined(bare, bare)
