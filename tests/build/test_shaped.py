"""gateway.build.shaped: the file of shapes is read, or refused with its place."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema_rs
import openapi_spec_validator
import pytest

from gateway.build.book import build
from gateway.build.describe import description
from gateway.build.shaped import Bodies
from gateway.cli import run
from gateway.codec.json import dumps
from gateway.core.limits import DEFAULT
from gateway.core.problem import Problem
from gateway.schema.errors import ContractError
from gateway.schema.ir import Settings
from gateway.settings import parse
from gateway.settings.mistakes import Refused
from tests.schema.drawn.drawing import Contract_, document


def test_a_drawn_message_is_the_service_s_json(tmp_path):
    contract = Contract_(tmp_path, document({}, {"type": "object", "additionalProperties": {"type": "integer"}}))
    (tmp_path / "shapes.json").write_text(json.dumps(contract.drawn.shapes))
    bodies = Bodies(contract.bench, str(tmp_path / "shapes.json"))
    body = bodies.body("{urn:openapi:T}putResponse", Settings())
    assert "entry" in body.encode({"result": {"a": 1}})


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_what_are_no_shapes_is_refused(tmp_path, text):
    (tmp_path / "s.json").write_text(text)
    with pytest.raises(ContractError, match="no shapes"):
        Bodies(None, str(tmp_path / "s.json"))  # type: ignore[arg-type]  # it is not asked


BOOK = {
    "type": "object", "required": ["title", "id"],
    "properties": {
        "id": {"type": "integer", "readOnly": True}, "title": {"type": "string", "minLength": 1},
        "shelf mark": {"type": "string"}, "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
}  # fmt: skip
LINES = """
services:
  t:
    wsdl: out/contract/t.wsdl
    path: /t
    default_routes: false
    upstream:
      url: http://127.0.0.1:9
      speaks: json
      shapes: out/contract/t.json
      routes: [{route: POST /t, operation: put, unwrap: {response: [result]}, body: {request: /body}}]
"""
ROUTE = "    routes: [{route: POST /b, operation: put, unwrap: {response: [result]}, body: {request: /body}, status: 201%s}]\n"


@pytest.fixture(name="shop", scope="module")
def _shop(tmp_path_factory):
    """A configuration over a drawn contract, from its further lines."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "t.json").write_text(json.dumps(document({"Book": BOOK}, {"$ref": "#/components/schemas/Book"})))
    assert run(["import", str(folder / "t.json"), "-o", str(folder / "out")]) == 0

    def of(lines):
        return build(parse(LINES + lines, base=folder, env={}))

    return of


def test_clients_of_a_drawn_contract_speak_the_service_s_json(shop):
    built = shop(ROUTE % "")
    (face,) = built.services[0].faces
    request, reply = face.route.json_face.request, face.route.json_face.reply
    own = {"title": "x", "shelf mark": "L", "counts": {"a b": 1}}
    assert request.own(request.parse(dumps({"body": own}))) == {"body": own}
    request.body_text({"body": own})
    for wrong in ({"title": ""}, {"shelf mark": "L"}, {"title": "x", "counts": [{"key": "a", "value": 1}]}):
        with pytest.raises(Problem):
            request.body_text({"body": wrong})
    with pytest.raises(Problem):
        reply.body_text({"title": "x"})  # readOnly, and demanded of answers
    call = built.services[0].behind.calls["put"][0]
    assert call.answer.face is reply.face, "what is valid passes as it is"


def test_openapi_describes_the_json_that_is_served(shop):
    found = description(shop(ROUTE % ""))
    schemas, operation = found["components"]["schemas"], found["paths"]["/b"]["post"]
    asked = operation["requestBody"]["content"]["application/json"]
    given = operation["responses"]["201"]["content"]["application/json"]
    assert schemas[asked["schema"]["$ref"].rpartition("/")[2]]["required"] == ["title"]
    assert schemas[given["schema"]["$ref"].rpartition("/")[2]]["required"] == ["title", "id"]
    for media in (asked, given):
        whole = jsonschema_rs.Draft202012Validator({**media["schema"], "components": found["components"]})
        assert whole.is_valid(media["example"])
        assert media["example"]["counts"] == {"text": 1}
    openapi_spec_validator.validate(json.loads(dumps(found)))
    openapi_spec_validator.validate(json.loads(dumps(description(shop(ROUTE % ""), "3.0"))))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("    mapping: {names: camel}\n" + ROUTE % "", "mapping.*has no effect: `upstream.shapes`"),
        (ROUTE % ", mapping: {names: camel}", "`mapping` has no effect"),
        (ROUTE % ', location: "/b/{/shelf_mark}"', "shelf_mark has another form"),
        (ROUTE % ', location: "/b/{/counts}"', "cannot be filled or told"),
        (ROUTE % ", constants: {/body/counts: {}}", "cannot be filled or told"),
    ],
)
def test_what_has_no_effect_on_such_json_is_refused(shop, lines, words):
    with pytest.raises(Refused) as refused:
        shop(lines)
    assert re.search(words, str(refused.value)), refused.value


def test_members_that_a_plug_in_fills_need_not_be_sent(shop):
    bench = shop(ROUTE % "").services[0].bench
    bodies = Bodies(bench.twin(), str(Path(bench.contract.location).with_name("t.json")))
    bound = shop(ROUTE % "").services[0].operations[0].bound
    bodies.bench.loosen({bound.input.element: ["/body/title"]})
    assert bodies.codec(bound.input, Settings(), (), DEFAULT, asked=True).face.schema.is_valid({"body": {}})
    assert not bodies.codec(bound.input, Settings(), (), DEFAULT).face.schema.is_valid({"body": {}})
