"""What the OpenAPI writer is told of the built services."""

from __future__ import annotations

from typing import Any

from gateway.build.describe import description


def test_routes_and_default_doors_are_described(book: Any) -> None:
    built = book("routes:\n  - route: POST /release\n    operation: ReleaseTask\n    summary: Give it up")
    paths = description(built)["paths"]
    assert paths["/release"]["post"]["summary"] == "Give it up"
    assert paths["/release"]["post"]["x-operation"] == paths["/portal/ReleaseTask"]["post"]["x-operation"]
    assert description(built, "3.0")["openapi"] == "3.0.3"


def test_a_route_that_fills_a_member_itself_does_not_ask_for_it(book: Any) -> None:
    built = book(
        "routes:\n  - route: POST /tasks/{id}/release\n    operation: ReleaseTask\n"
        "    unwrap: {request: [Info]}\n    parameters: [{in: path, name: id, to: /Id}]"
    )
    operation = description(built)["paths"]["/tasks/{id}/release"]["post"]
    assert [parameter["name"] for parameter in operation["parameters"]] == ["id"]
    assert "Id" not in operation["requestBody"]["content"]["application/json"]["example"]


def test_one_path_has_one_name_for_its_variable(book: Any) -> None:
    line = "    unwrap: {request: [Info]}\n    parameters: [{in: path, name: NAME, to: /Id}]\n"
    built = book(
        "routes:\n  - route: POST /tasks/{id}\n    operation: ReleaseTask\n" + line.replace("NAME", "id")
        + "  - route: PUT /tasks/{number}\n    operation: CancelTask\n" + line.replace("NAME", "number")
    )
    verbs = description(built)["paths"]["/tasks/{id}"]
    assert [verbs[verb]["parameters"][0]["name"] for verb in ("post", "put")] == ["id", "id"]
    assert "/tasks/{number}" not in description(built)["paths"]
