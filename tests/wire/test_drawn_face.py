"""JSON callers before a JSON service, the contract drawn from its OpenAPI document: what `/openapi.json` says is served.

Every answer is held against the schema that the served document gives for it, with the service's own JSON.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema_rs
import pytest
import yaml

from gateway.cli import run
from gateway.demo.server import Answer, Call, serve
from tests.wire.conftest import ROOT, gateway_of_file

BOOK = {
    "id": 7, "title": "Gösta", "subtitle": None, "genre": "novel", "published": "1891-12-24", "price": 0.1, "lent": False,
    "authors": [{"name": "Selma", "born": None}], "tags": [], "shelf mark": "L 1", "counts": {"på": 0, "b c": 7},
}  # fmt: skip
NEW = {key: value for key, value in BOOK.items() if key != "id"}
PROBLEM = {"title": "No such book", "status": 404, "book": 9, "hints": ["ask"]}
FRONT = [
    {"route": "GET /shelf/{number}", "operation": "getBook", "unwrap": {"response": ["result"]},
     "parameters": [{"in": "path", "name": "number", "to": "/book-id"}]},
    {"route": "POST /shelf", "operation": "addBook", "unwrap": {"response": ["result"]}, "body": {"request": "/body"},
     "status": 201, "location": "/shelf/{/id}"},
    {"route": "GET /shelf", "operation": "listBooks", "unwrap": {"response": ["result"]},
     "parameters": [{"in": "query", "name": "genre", "to": "/genre", "list": "comma"}, {"in": "query", "name": "page", "to": "/page"}]},
]  # fmt: skip


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    assert run(["import", str(ROOT / "tests/interop/library/openapi.yaml"), "-o", str(folder)]) == 0
    file = folder / "gateway.yaml"
    told = yaml.safe_load(file.read_text())
    service = told["services"]["townlibrary"]
    service |= {"default_routes": True, "routes": FRONT, "faults": [{"name": "ProblemFault", "status": 404}]}
    file.write_text(yaml.safe_dump(told))
    return folder


class Library:
    """The service: one book, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str, Any]] = []

    async def __call__(self, call: Call) -> Answer:
        self.asked.append((call.method, call.path, call.query, json.loads(call.body) if call.body else None))
        if call.path.endswith("/9"):
            return Answer(404, json.dumps(PROBLEM).encode(), "application/problem+json")
        told: Any = {"total": 1, "books": [BOOK]} if call.method == "GET" and call.path.endswith("/books") else BOOK
        return Answer(201 if call.method == "POST" else 200, json.dumps(told).encode(), "application/json")


async def test_every_answer_is_what_the_served_document_says(folder: Path) -> None:
    library = Library()
    service = await serve(library)
    try:
        async with (
            gateway_of_file(folder / "gateway.yaml", {"TOWNLIBRARY_URL": f"{service.base}/v1"}) as gateway,
            aiohttp.ClientSession(f"http://{gateway.addresses['data']}") as session,
        ):
            whole = await (await session.get("/openapi.json")).json()

            async def asked(method: str, path: str, template: str, **more: Any) -> tuple[int, Any, Any]:
                async with session.request(method, path, **more) as reply:
                    told = whole["paths"][template][method.lower()]["responses"][str(reply.status)]
                    media = reply.headers["content-type"].partition(";")[0]
                    body = await reply.json(content_type=None)
                if "$ref" in told:
                    told = whole["components"]["responses"][told["$ref"].rpartition("/")[2]]
                schema = {**told["content"][media]["schema"], "components": whole["components"]}
                assert jsonschema_rs.Draft202012Validator(schema).is_valid(body), body
                return reply.status, body, reply.headers

            assert (await asked("GET", "/shelf/7", "/shelf/{number}"))[:2] == (200, BOOK)
            assert (await asked("GET", "/shelf?genre=novel,poetry&page=2", "/shelf"))[1] == {"total": 1, "books": [BOOK]}
            status, made, headers = await asked("POST", "/shelf", "/shelf", json=NEW)
            assert (status, made, headers["location"]) == (201, BOOK, "/shelf/7")
            assert (await asked("POST", "/townlibrary/getBook", "/townlibrary/getBook", json={"book-id": 7}))[1] == {"result": BOOK}
            status, problem, _ = await asked("GET", "/shelf/9", "/shelf/{number}")
            assert (status, problem["fault"]["detail"]) == (404, PROBLEM)
            before = len(library.asked)
            for wrong in ({**NEW, "counts": [{"key": "a", "value": 1}]}, {**NEW, "shelf mark": 1}, {**NEW, "title": ""}, []):
                status, problem, _ = await asked("POST", "/shelf", "/shelf", json=wrong)
                assert (status, problem["outcome"], bool(problem["errors"])) == (422, "not-sent", True)
            assert len(library.asked) == before
    finally:
        await service.stop()
    assert library.asked == [
        ("GET", "/v1/books/7", "", None),
        ("GET", "/v1/books", "genre=novel&genre=poetry&page=2", None),
        ("POST", "/v1/books", "", NEW),
        ("GET", "/v1/books/7", "", None),
        ("GET", "/v1/books/9", "", None),
    ]
