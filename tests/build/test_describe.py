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


def test_what_a_good_answer_may_mean_is_an_answer(book: Any) -> None:
    """A failed save within a 200 is 409 or 422: each is named, with the service's answer in the problem."""
    built = book(
        "failures:\n  - {path: /*/Status/Code, equals: Locked, status: 409}\n  - {path: /*/Status/Code, equals: Fail, status: 507}"
    )
    answers = description(built)["paths"]["/portal/SaveTask"]["post"]["responses"]
    for status in ("409", "507"):
        schema = answers[status]["content"]["application/problem+json"]["schema"]
        assert "answer" in schema["properties"], status
        assert "`answer`" in answers[status]["description"]


def test_statuses_and_fields_of_a_route_are_named(book: Any) -> None:
    built = book(
        "faults: [{code: Sender, status: 418}]\n"
        "routes:\n  - route: POST /tasks\n    operation: CreateTask\n    status: 201\n    idempotency: optional\n"
        "    unwrap: {request: [Info], response: [CreateTaskResult]}\n    location: /tasks/{/Task/Id}\n"
        "  - route: PUT /tasks/{id}\n    operation: SaveTask\n    unwrap: {request: [Info]}\n"
        "    parameters: [{in: path, name: id, to: /Task/Id}]\n    version: {check: 'GET /tasks/{id}', required: true}\n"
        "  - route: GET /tasks/{id}\n    operation: GetTask\n    unwrap: {request: [Info]}\n"
        "    parameters: [{in: path, name: id, to: /Id}]\n    constants: {/SessionId: eA==, /Count: 1}\n"
    )
    found = description(built)
    verbs = {**found["paths"]["/tasks"], **found["paths"]["/tasks/{id}"]}
    made = verbs["post"]["responses"]
    assert set(made["201"]["headers"]) == {"Location", "Idempotency-Replayed", "Preference-Applied"}
    assert {"409", "418"} <= made.keys()
    assert {"412", "428"} <= verbs["put"]["responses"].keys()
    assert set(verbs["get"]["responses"]["200"]["headers"]) == set(verbs["get"]["responses"]["304"]["headers"]) == {"ETag"}
    answers = found["components"]["responses"]
    assert (list(answers["412"]["headers"]), list(answers["503"]["headers"])) == (["ETag"], ["Retry-After"])
    assert "headers" not in answers["428"]
