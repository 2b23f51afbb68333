"""A route whose binding is missing, doubled, out of the message or of no effect is refused, with its place in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.build.book import build
from gateway.settings import Refused, parse

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
        (GET + "parameters: [{in: path, name: code, to: /SessionTicket}]}", "needs ProjectIdentity bound"),
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
