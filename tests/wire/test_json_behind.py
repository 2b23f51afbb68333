"""zeep calls a JSON service through what `gateway import` makes of its OpenAPI document, and nothing else."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager

import pytest
import zeep
import zeep.exceptions
from aiohttp import web

from gateway.cli import run
from tests.wire.conftest import gateway_of_file, in_thread

ERROR = {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
PET = {"$ref": "#/components/schemas/Pet"}


def told(schema):
    return {"description": "", "content": {"application/json": {"schema": schema}}}


DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Pets", "version": "1"},
    "paths": {
        "/pets": {
            "get": {"operationId": "allPets", "parameters": [{"name": "tag", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}}],
                    "responses": {"200": told({"type": "array", "items": PET})}},
            "post": {"operationId": "addPet", "requestBody": {"required": True, **told(PET)},
                     "responses": {"201": told(PET), "default": ERROR}},
        },
        "/pets/{pet-id}": {
            "parameters": [{"name": "pet-id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {"operationId": "getPet", "responses": {"200": told(PET), "404": ERROR}},
            "delete": {"operationId": "dropPet", "responses": {"204": {"description": ""}}},
        },
    },
    "components": {"schemas": {
        "Pet": {"type": "object", "required": ["name"], "properties": {
            "id": {"type": "integer"}, "name": {"type": "string", "minLength": 1}, "pet name": {"type": "string", "nullable": True},
            "tags": {"type": "array", "uniqueItems": True, "items": {"type": "string"}},
            "labels": {"type": "object", "additionalProperties": {"type": "number"}}}},
        "Error": {"type": "object", "required": ["code"], "properties": {"code": {"type": "integer"}, "why not": {"type": "string"}}},
    }},
}  # fmt: skip


class Pets:
    """The service, as JSON services are; it keeps what it was asked."""

    def __init__(self) -> None:
        self.asked = []

    async def answer(self, request):
        body = await request.text()
        self.asked.append((request.method, request.path_qs, json.loads(body) if body else None))
        if request.method == "DELETE":
            return web.Response(status=204)
        if request.path.endswith("/7"):
            return web.json_response({"id": 7, "name": "Rex", "pet name": None, "tags": [], "labels": {"a b": 1.5}})
        if request.path.endswith("/9"):
            return web.json_response({"id": 9, "name": ""})
        if request.method == "GET" and request.path == "/pets":
            return web.json_response([{"name": "Rex"}, {"name": "Tom"}])
        if request.method == "POST":
            return web.json_response(json.loads(body) | {"id": 8}, status=201)
        return web.json_response({"code": 5, "why not": "no such pet"}, status=404)


@asynccontextmanager
async def chain(folder, pets):
    application = web.Application()
    application.router.add_route("*", "/{any:.*}", pets.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    try:
        env = {"PETS_URL": f"http://127.0.0.1:{port}"}
        async with gateway_of_file(folder / "gateway.yaml", env) as gateway:
            yield f"http://{gateway.addresses['data']}/pets?wsdl"
    finally:
        await runner.cleanup()


@pytest.fixture(name="pets")
def _pets():
    return Pets()


@pytest.fixture(name="service", params=["PetsSoap11", "PetsSoap12"])
def _service(request, tmp_path, pets):
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))
    assert run(["import", str(tmp_path / "openapi.json"), "-o", str(tmp_path / "out")]) == 0
    with in_thread(lambda: chain(tmp_path / "out", pets)) as address:
        yield zeep.Client(address).bind("Pets", request.param)


def test_an_answer_with_a_map_a_null_and_another_name(service):
    pet = service.getPet(**{"pet-id": 7})
    assert (pet.id, pet.name, pet.pet_name, pet.tags) == (7, "Rex", None, None)
    assert [(entry.key, float(entry.value)) for entry in pet.labels.entry] == [("a b", 1.5)]


def test_the_service_gets_its_own_json(service, pets):
    body = {"name": "Tom", "pet_name": "T", "tags": {"item": ["a"]}, "labels": {"entry": [{"key": "x y", "value": 2}]}}
    assert service.addPet(body=body).id == 8
    sent = {"name": "Tom", "pet name": "T", "tags": ["a"], "labels": {"x y": 2}}
    assert pets.asked == [("POST", "/pets", sent)]


def test_lists_in_the_query_and_arrays_as_answers(service, pets):
    assert [pet.name for pet in service.allPets(tag=["a", "b c"])] == ["Rex", "Tom"]
    assert pets.asked[0][:2] in [("GET", "/pets?tag=a&tag=b%20c"), ("GET", "/pets?tag=a&tag=b+c")]


def test_an_answer_without_a_body(service, pets):
    service.dropPet(**{"pet-id": 3})
    assert pets.asked == [("DELETE", "/pets/3", None)]


def test_a_refusal_is_the_declared_fault(service):
    with pytest.raises(zeep.exceptions.Fault) as fault:
        service.getPet(**{"pet-id": 1})
    detail = fault.value.detail[0] if len(fault.value.detail) else fault.value.detail
    assert detail.tag == "{urn:openapi:Pets}ErrorFault"
    assert [child.text for child in detail] == ["5", "no such pet"]


def test_what_the_json_schema_refuses_does_not_come_through(service, pets):
    with pytest.raises(zeep.exceptions.Fault) as fault:
        service.addPet(body={"name": "Tom", "tags": {"item": ["a", "a"]}})
    assert "Client" in fault.value.code or "Sender" in fault.value.code
    assert pets.asked == []
    with pytest.raises(zeep.exceptions.Fault):
        service.getPet(**{"pet-id": 9})
