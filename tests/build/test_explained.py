"""gateway.build.explained: what a request becomes at each step, by the parts that serve it; nothing is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.build.book import Built, build
from gateway.build.explained import _put, explained, pasted, sample_request, told
from gateway.settings import load, parse

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", params=["netid", "projector"])
def built(request: pytest.FixtureRequest) -> Built:
    return build(load(ROOT / f"config/{request.param}.yaml", {}))


@pytest.fixture(scope="module")
def netid() -> Built:
    return build(load(ROOT / "config/netid.yaml", {}))


def test_the_sample_of_every_route_goes_all_the_way(built: Built) -> None:
    for service in built.services:
        for face in service.faces:
            steps = list(explained(built, service, face, sample_request(service, face)))
            titles = [step.title for step in steps]
            assert not any("refused" in title for title in titles), (face.route.path, steps[-1].text)
            assert "the client gets" in titles
            assert any(title.startswith("the service at") for title in titles)


def test_every_step_of_a_resource_is_shown(netid: Built) -> None:
    text = told(netid, pasted('PUT /tasks/7/hold\nAuthorization: Bearer hush\n\n'))
    assert "hush" not in text
    assert "PUT /tasks/7/hold" in text
    assert '"id": 7' in text
    assert "plug-ins fill in (samples here)\n/Info/Count, /Info/SessionId" in text
    assert "<tns:Id>7</tns:Id><tns:ReadOnly>false</tns:ReadOnly>" in text
    assert "<tns:SessionId>***</tns:SessionId>" in text
    assert '"holderId": 1' in text
    assert "HTTP 422" in text


def test_a_field_chooses_here_too(netid: Built) -> None:
    assert "form of BackTask" in told(netid, pasted('POST /tasks/7/actions\n\n{"action": "back"}'))
    assert "form of ExecuteTask" in told(netid, pasted('POST /tasks/7/actions\n\n{"action": "complete", "task": {}}'))


def test_a_refusal_is_the_last_step(netid: Built) -> None:
    text = told(netid, pasted('POST /api/task/get\n\n{"SessionId": "secret?", "Id": "x", "Count": "1"}'))
    assert "it is refused: the client gets\nHTTP 422" in text
    assert "secret?" not in text
    assert '"pointer": "/Id"' in text
    assert "the service answers" not in text


@pytest.mark.parametrize("text", ["", "GET", "GET tasks/7", "GET /tasks/7\nno field"])
def test_what_is_no_request_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|no header field"):
        pasted(text)


def test_where_nothing_is_served(netid: Built) -> None:
    with pytest.raises(ValueError, match="no route for GET /nowhere"):
        told(netid, pasted("GET /nowhere"))


ENVELOPE = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:o="urn:example:orders"><s:Body>%s</s:Body></s:Envelope>'


@pytest.mark.parametrize(("name", "line"), [("soap-to-json", "GET /v1/orders/7"), ("soap-to-soap", "POST /orders")])
def test_an_envelope_is_explained_too(name: str, line: str) -> None:
    orders = build(load(ROOT / f"config/{name}.yaml", {}))
    text = told(orders, pasted("POST /orders\nContent-Type: text/xml\n\n" + ENVELOPE % "<o:GetOrder><o:Id>7</o:Id></o:GetOrder>"))
    assert f"unless a plug-in seals it\n{line}\n" in text
    assert "GetOrderResponse" in text.partition("-- the client gets")[2]
    wrong = told(orders, pasted("POST /orders\nContent-Type: text/xml\n\n" + ENVELOPE % "<o:GetOrder><o:Id>x</o:Id></o:GetOrder>"))
    assert "it is refused: the client gets\nHTTP 500" in wrong
    assert "refused: the client gets" in told(orders, pasted("POST /orders\nContent-Type: text/xml\n\n" + ENVELOPE % "<o:Nope/>"))


def test_a_pasted_path_is_read_as_the_server_reads_it() -> None:
    orders = build(load(ROOT / "config/json-to-soap.yaml", {}))
    assert "<o:Id>1</o:Id>" in told(orders, pasted("GET /orders/%31\n\n")).replace("tns:", "o:")
    with pytest.raises(ValueError, match="encoded /"):
        pasted("GET /orders/1%2F2\n\n")


def test_a_sample_s_version_is_one_of_its_type(tmp_path: Path) -> None:
    route = "{route: 'DELETE /orders/{id}', operation: CancelOrder, parameters: [{in: path, name: id, to: /Id}], version: {request: /Version, required: true}}"
    file = tmp_path / "c.yaml"
    file.write_text(f"services: {{o: {{wsdl: {ROOT}/schemas/orders/orders.wsdl, routes: [{route}]}}}}")
    orders = build(load(file, {}))
    service, face = orders.route("DELETE /orders/{id}") or pytest.fail("no route")
    assert sample_request(service, face).headers["if-match"] == '"text"'


def test_what_plug_ins_fill_in_is_made_where_null_stands(netid: Built) -> None:
    value: dict[str, object] = {"Info": None}
    _put(value, ("Info", "SessionId"), "s")
    assert value == {"Info": {"SessionId": "s"}}


def test_an_example_that_is_no_object_leaves_the_field_that_chooses() -> None:
    text = (ROOT / "config/netid.yaml").read_text().replace("equals: back}", "equals: back}\n        example: x")
    built = build(parse(text, base=ROOT / "config", env={}))
    service, face = next((s, f) for s in built.services for f in s.faces if f.settings and f.settings.example == "x")
    assert sample_request(service, face).body == b'{"action":"back"}'


def test_a_service_by_get_answers_without_an_envelope() -> None:
    text = "services: {rates: {wsdl: http-bindings/contract.wsdl}}"
    built = build(parse(text, base=ROOT / "tests/golden/wsdl", env={}))
    only = next(service for service in built.services if service.port.http_verb)
    face = next(each for each in only.faces if each.route.operation.name == "GetRate")
    steps = {step.title: step.text for step in explained(built, only, face, sample_request(only, face))}
    assert steps["the service answers, say"].startswith("<t:Rate")
    assert '"value": 12.50' in steps["the client gets"]
