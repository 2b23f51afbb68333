"""A route whose binding is missing, doubled, out of the message or of no effect is refused, with its place in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.build.book import build
from gateway.core.problem import Problem
from gateway.dialect.problem import Speaker
from gateway.dialect.rest_client import RestClient
from gateway.settings import Refused, parse
from tests.property import routes

ROOT = Path(__file__).resolve().parents[2]
HEAD = """
services:
  psa:
    wsdl: schemas/projector/projector.wsdl
    operations: {PwsGetProject: {writes: false}}
    routes:
"""
PUT = "      - {route: 'PUT /projects/{code}', operation: PwsSaveProjectTaskType, unwrap: {request: [serviceRequest]}, "
GET = "      - {route: 'GET /projects/{code}', operation: PwsGetProject, unwrap: {request: [serviceRequest]}, "
CODE = "{in: path, name: code, to: /ProjectIdentity/ProjectCode}"


def built(line):
    return build(parse(HEAD + line + "\n", base=ROOT, env={}))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (PUT + "parameters: []}", "variable {code} is not bound"),
        (PUT + "parameters: [%s, {in: path, name: x, to: /SessionTicket}]}" % CODE, "no variable {x}"),
        (PUT + "parameters: [%s, {in: query, name: c, to: /ProjectIdentity/ProjectCode}]}" % CODE, "filled twice"),
        (PUT + "parameters: [%s, {in: query, name: c, to: /ProjectIdentity}]}" % CODE, "filled twice"),
        (PUT + "parameters: [{in: path, name: code, to: /Nowhere}]}", "no member /Nowhere"),
        (PUT + "parameters: [{in: path, name: code, to: /ProjectTaskType}]}", "structure"),
        (PUT + "parameters: [%s], constants: {/StealLockFlag: perhaps}}" % CODE, "does not fit"),
        (PUT + "parameters: [%s], version: {request: /Nope}}" % CODE, "no member /Nope"),
        (PUT + "parameters: [%s], location: '/x/{/Nope}'}" % CODE, "no member /Nope"),
        (PUT + "parameters: [%s], cache: 5}" % CODE, "writes"),
        (GET + "parameters: [%s], idempotency: optional}" % CODE, "reads"),
        (GET.replace("PwsGetProject,", "PwsSaveProjectTaskType,") + "parameters: [%s]}" % CODE, "writes"),
        (GET + "parameters: [{in: path, name: code, to: /SessionTicket}]}", "needs /ProjectIdentity bound"),
        (PUT.replace("PwsSaveProjectTaskType", "PwsNope") + "parameters: [%s]}" % CODE, "no operation PwsNope"),
    ],
)
def test_a_binding_that_cannot_be_meant_is_refused_with_its_line(line, words):
    with pytest.raises(Refused) as refused:
        built(line)
    assert words in str(refused.value)
    assert ":7:" in str(refused.value)


def test_a_good_route_is_bound():
    face = built(PUT + "parameters: [%s], constants: {/StealLockFlag: false}}" % CODE).services[0].faces[0]
    assert [each.to for each in face.rest.binding.parameters] == [("ProjectIdentity", "ProjectCode")]
    assert face.rest.binding.constants == ((("StealLockFlag",), False),)


def test_two_routes_at_one_door_are_refused():
    line = PUT + "parameters: [%s]}\n" % CODE
    with pytest.raises(Refused) as refused:
        built(line + line)
    assert "is served already" in str(refused.value)


POST = "      - {route: POST /find, operation: PwsSaveProjectTaskType, unwrap: {request: [serviceRequest]}, "
FLAG = "{in: query, name: f, to: /StealLockFlag}"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (POST + "parameters: [%s, {in: query, name: f, to: /SessionTicket}]}" % FLAG, "query parameter f is bound twice"),
        (
            POST + "parameters: [{in: header, name: X-A, to: /SessionTicket}, {in: header, name: x-a, to: /StealLockFlag}]}",
            "header parameter x-a is bound twice",
        ),
        (POST + "parameters: [{in: header, name: If-Match, to: /SessionTicket}]}", "not a field that a parameter may be"),
        (POST + "parameters: [{in: query, name: f, to: /StealLockFlag, list: comma}]}", "does not repeat"),
        (PUT + "parameters: [{in: path, name: code, to: /ProjectIdentity/ProjectCode, required: false}]}", "no effect"),
        (POST + "parameters: [{in: query, name: v, to: /RateTaskTimestamp}], version: {request: /RateTaskTimestamp}}",
         "filled twice"),
        (POST + "body: {request: /ProjectTaskType}, parameters: []}", "needs /ProjectIdentity bound"),
        (POST + "body: {request: /Nope}}", "no member /Nope"),
        (POST + "body: {response: /Nope}}", "no member /Nope"),
        (GET + "parameters: [%s], body: {request: /ProjectIdentity}}" % CODE, "has no body"),
        (POST + "constants: {/StealLockFlag: '${NOPE:-maybe}'}}", "does not fit"),
        (GET + "parameters: [%s], status: 201}" % CODE, "not for GET"),
        (GET + "parameters: [%s], writes: false}" % CODE, "`writes` has no effect"),
        (PUT + "parameters: [%s], location: '/x/{uid}'}" % CODE, "no {uid}"),
        (PUT + "parameters: [%s], mapping: {rename: {Nowhere: x}}}" % CODE, "`rename` of Nowhere has no effect"),
        (PUT + "parameters: [%s], mapping: {rename: {ProjectTaskType: SessionTicket}}}" % CODE, "one key"),
        (
            PUT + "parameters: [%s], faults: [{code: Sender, status: 404}, {code: Sender, status: 409}]}" % CODE,
            "the second has no effect",
        ),
        (GET + "parameters: [%s], when: {in: body, name: x, equals: y}}" % CODE, "has no body"),
        (POST + "cache: 5, writes: false}", "not kept"),
        (GET + "parameters: [%s], example: {a: 1}}" % CODE, "`example` has no effect"),
    ],
)  # fmt: skip
def test_what_is_doubled_or_of_no_effect_is_refused_with_its_line(line, words):
    with pytest.raises(Refused) as refused:
        built(line)
    assert words in str(refused.value)
    assert ":7:" in str(refused.value)


def test_a_value_of_the_environment_is_read_by_the_members_type():
    text = HEAD + POST + "constants: {/StealLockFlag: '${STEAL}', /SessionTicket: '${TICKET}'}}\n"
    face = build(parse(text, base=ROOT, env={"STEAL": "true", "TICKET": "1"})).services[0].faces[0]
    assert dict(face.rest.binding.constants) == {("StealLockFlag",): True, ("SessionTicket",): "1"}


def test_what_is_within_a_structure_must_be_bound_too():
    line = "      - {route: 'DELETE /tasks/{id}', operation: SaveTask, parameters: [{in: path, name: id, to: /Info/Task/Id}]}"
    text = "\nservices:\n  a:\n    wsdl: schemas/netid/portal.wsdl\n    routes:\n" + line + "\n"
    with pytest.raises(Refused) as refused:
        build(parse(text, base=ROOT, env={}))
    assert "needs /Info/Count, /Info/SessionId, /Info/Task/BehalfOfId, " in str(refused.value)


def test_a_needed_structure_is_there_when_none_of_its_members_is_given():
    search = "      - {route: GET /found, operation: PwsGetProject, unwrap: {request: [serviceRequest]}, "
    face = built(search + "parameters: [{in: query, name: code, to: /ProjectIdentity/ProjectCode, required: false}]}").services[0].faces[0]
    assert face.rest.binding.holders == (("ProjectIdentity",),)
    assert face.rest.binding.apply({}, {}, "", {}) == {"ProjectIdentity": {}}
    assert built(PUT + "parameters: [%s]}" % CODE).services[0].faces[0].rest.binding.holders == ()


def test_a_version_is_read_by_its_members_type():
    face = built(PUT + "parameters: [%s], version: {request: /RateTaskTimestamp}}" % CODE).services[0].faces[0]
    assert face.rest.version_type is not None
    with pytest.raises(Refused, match="no single scalar"):
        built(PUT + "parameters: [%s], version: {request: /ProjectTaskType}}" % CODE)


def test_a_service_may_want_fields_that_are_the_gateway_s_of_its_own_clients():
    text = (ROOT / "config/openapi-to-soap.yaml").read_text()
    call = build(parse(text, base=ROOT / "config", env={})).services[0].behind.calls["cancelOrder"][0]
    assert [each.name for each in call.binding.parameters] == ["id", "If-Match"]
    with pytest.raises(Refused, match="Content-Type is not a field that a parameter may be"):
        build(parse(text.replace("name: If-Match", "name: Content-Type"), base=ROOT / "config", env={}))
    with pytest.raises(Refused, match="If-Match is not a field that a parameter may be"):
        built(PUT + "parameters: [%s, {in: header, name: If-Match, to: /SessionTicket}]}" % CODE)


def over(folder, **route):
    settings = {"route": "PUT /r", "operation": "Put", **route}
    return next(face for face in routes.built_of(folder, {}, [settings], True).services[0].faces if face.route.path == "/r").rest


def test_an_array_is_a_member_and_what_repeats_in_it_is_none(tmp_path):
    names = {"in": "query", "name": "n", "to": "/Info/Task/Names"}
    rest = over(tmp_path, parameters=[names])
    assert rest.binding.apply({}, {}, "n=a&n=b", {}) == {"Info": {"Task": {"Names": ["a", "b"]}}}
    for more in ({"parameters": [{**names, "to": "/Info/Task/Names/Name"}]}, {"constants": {"/Info/Task/Names/Name": ["a"]}}):
        with pytest.raises(Refused, match="/Info/Task/Names is the array itself"):
            over(tmp_path, **more)


@pytest.mark.parametrize("place", ["/Info/Task", "/Info/Task/Nums", "/Info/Task/Tag", "/Info/Task/Names", "/Info/Task/Price"])
def test_a_version_and_what_a_location_names_are_one_scalar(place, tmp_path):
    for route in ({"version": {"request": place}}, {"version": {"reply": place}}, {"location": "/x/{%s}" % place}):
        with pytest.raises(Refused, match="no single scalar"):
            over(tmp_path, **route)
    over(tmp_path, version={"request": "/Info/Task/Price/$value", "reply": "/Info/Task/@ver"}, location="/x/{/Info/Task/Left}")


def test_an_example_of_a_parameter_is_one(tmp_path):
    number = {"in": "query", "name": "n", "to": "/Info/Task/Id"}
    over(tmp_path, parameters=[{**number, "example": "7"}])
    with pytest.raises(Refused, match="the example of n is not a whole number"):
        over(tmp_path, parameters=[{**number, "example": "seven"}])
    words = {"in": "header", "name": "X-N", "to": "/Info/Task/Nums", "list": "pipe", "example": "1|2"}
    built = routes.built_of(tmp_path, {}, [{"route": "PUT /r", "operation": "Put", "parameters": [words]}], False)
    (told,) = (each for each in routes.told(built)["paths"]["/r"]["put"]["parameters"] if each.get("name") == "X-N")
    assert told["example"] == "1|2", "a text, as it stands there"


def test_what_may_be_nil_around_a_bound_member_is_known(tmp_path):
    flag = {"in": "query", "name": "f", "to": "/Info/Opts/Deep/Flag"}
    assert over(tmp_path, parameters=[flag]).binding.nils == {("Info", "Opts")}
    version = over(tmp_path, version={"request": "/Info/Opts/Deep/Flag"})
    assert version.binding.nils == {("Info", "Opts")}


def test_without_an_if_match_nothing_is_made_for_it(tmp_path):
    rest = over(tmp_path, version={"request": "/Info/Task/Right/@unit"})
    client, body = RestClient(Speaker(), rest), {"Info": {"Task": {"Right": None}}}
    client._version(body, None)
    assert body == {"Info": {"Task": {"Right": None}}}
    client._version(body, '"5"')
    assert body == {"Info": {"Task": {"Right": {"@unit": 5}}}}, "null is absence here, and the version is not lost"
    nil = {"Info": {"Opts": None}}
    client = RestClient(Speaker(), over(tmp_path, version={"request": "/Info/Opts/Deep/Flag"}))
    client._version(nil, None)
    with pytest.raises(Problem, match="schema"):
        client._version(nil, '"true"')
