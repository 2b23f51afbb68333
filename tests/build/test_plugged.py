"""Plug-ins at build: what they fill in leaves the face, whatever the route calls it; a mistake has its place."""

from __future__ import annotations

import pytest

from gateway.build.book import build
from gateway.build.describe import description
from gateway.build.plugged import unknown
from gateway.schema.ir import Settings
from gateway.schema.layout import lay_out
from gateway.schema.source import Source
from gateway.schema.xsd import read_schemas
from gateway.settings import parse
from gateway.settings.mistakes import Refused
from tests.house.tree import ROOT

CONFIG = """
plugins:
  session:
    login: {operation: Login, request: {}, ticket: /LoginResult/SessionId}
    place: PLACE
    without: [GetVersion]
    counter: {place: /Info/Count}
services:
  portal:
    wsdl: schemas/netid/portal.wsdl
    path: /portal
    upstream: {url: "http://127.0.0.1:1/", soap: "1.1"}
    mapping: {names: camel}
    routes:
      - {route: POST /release, operation: ReleaseTask, unwrap: {request: [Info], response: [ReleaseTaskResult]}}
"""


def of(text):
    return build(parse(text, base=ROOT, env={}))


def test_the_face_does_not_ask_for_what_is_filled_in_and_does_not_show_it():
    built = of(CONFIG.replace("PLACE", "/Info/SessionId"))
    face = built.route("POST /release")[1]
    assert face.route.json_face.request.schema.is_valid({"id": 7})
    assert not face.route.json_face.request.schema.is_valid({})
    shown = str(description(built)["paths"]["/release"]["post"]["requestBody"])
    components = description(built)["components"]["schemas"]
    body = next(iter(description(built)["paths"]["/release"]["post"]["requestBody"]["content"].values()))["schema"]
    while "$ref" in body:
        body = components[body["$ref"].rpartition("/")[2]]
    assert "id" in body["properties"]
    assert not {"sessionId", "count"} & body["properties"].keys()
    assert "sessionId" not in shown


def test_soap_stays_strict():
    bound = of(CONFIG.replace("PLACE", "/Info/SessionId")).find("ReleaseTask")[1]
    body = bound.operation.faces["1.1"].request.body
    with pytest.raises(Exception, match="schema"):
        body.encode({"Info": {"Id": 7}})


def test_a_place_that_no_message_has_is_a_mistake():
    with pytest.raises(Refused, match="has no member") as told:
        of(CONFIG.replace("PLACE", "/Info/Ticket"))
    assert "plugins" in str(told.value)


def test_a_plug_in_s_own_mistake_has_its_line():
    with pytest.raises(Refused, match=r"plugins\.session\.place"):
        of(CONFIG.replace("PLACE", "nowhere"))


LOCKS = """
plugins:
  locks: {operations: {Book: RULE}}
services:
  ledger: {wsdl: tests/wire/ledger/ledger.wsdl, path: /ledger, upstream: {url: "http://127.0.0.1:1/"}}
"""


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("{entity: /Acount}", "no member /Acount; it has Pass, Account"),
        ("{entity: /Account/Id}", ""),  # a scalar: nothing stands there, as in an open type
        ("{entity: /Displace/0/Who}", ""),
        ("{entity: /Displace/*/Whom}", "no member /Displace/*/Whom"),
        ("{entity: /Displace/Who}", "/Displace is an array"),
        ("{entity: /Account, echo: /Displace, steal: on-request}", ""),
        ("{entity: /Account, echo: /Displace/Holder, steal: on-request}", "/Displace is an array"),
        ("{deprecated: {/Forced: pass}}", "no member /Forced"),
    ],
)
def test_a_place_that_is_none_of_the_messages_is_told_at_start(rule, words):
    text = LOCKS.replace("RULE", rule)
    if not words:
        of(text)
        return
    with pytest.raises(Refused) as refused:
        of(text)
    assert words in str(refused.value)
    assert "for Book" in str(refused.value)


@pytest.mark.parametrize(
    ("plugins", "words"),
    [
        ("locks: {operations: {Bok: {entity: /Account}}}", "has an operation Bok; Book?"),
        ("session: {login: {operation: Entr, request: {}, ticket: /Pass}, place: /Pass, without: [Leave]}", "operation Entr"),
    ],
)
def test_an_operation_that_no_service_has_is_told_at_start(plugins, words):
    text = LOCKS.replace("locks: {operations: {Book: RULE}}", plugins)
    with pytest.raises(Refused) as refused:
        of(text)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("/Task/0/Id", ""),
        ("/Task/*/Id", ""),
        ("/Task", ""),
        ("/Task/Id", "/Task is an array"),
        ("/0/Id", "no member /0/Id; it has Task"),
        ("/*/Id", "no member"),
    ],
)
def test_a_message_that_holds_one_array_only_is_an_object(place, words):
    schema = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t" elementFormDefault="qualified">'
        '<xs:element name="Found"><xs:complexType><xs:sequence><xs:element name="Task" maxOccurs="9"><xs:complexType>'
        '<xs:sequence><xs:element name="Id" type="xs:int"/></xs:sequence></xs:complexType></xs:element></xs:sequence>'
        "</xs:complexType></xs:element></xs:schema>"
    )
    model = lay_out(read_schemas([Source("file:///s.xsd", schema.encode())]), Settings())
    told = unknown(model, "{urn:t}Found", place)
    assert words in told
    assert bool(told) == bool(words)


@pytest.mark.parametrize("services", ["portal", "5", "[5]", "{portal: 1}"])
def test_the_services_of_a_plug_in_are_a_list_of_names(services):
    with pytest.raises(Refused, match=r"plugins\.session\.services: a list of the names of services is expected"):
        of(CONFIG.replace("PLACE", "/Info/SessionId").replace("  session:\n", f"  session:\n    services: {services}\n"))
