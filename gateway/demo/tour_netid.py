"""The law of the Net iD tour: what is shown of the portal behind the gateway, in order, and what must come.

The story: Anna (REST) takes a task, Omar (SOAP) meets it held, Anna releases it, Omar takes it.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from gateway.demo.portal_state import ANNA, OMAR
from gateway.demo.steps import Step, Steps, elements, holds, members, only, part

ANNAS = base64.b64encode(ANNA).decode()
OMARS = base64.b64encode(OMAR).decode()
NS = "http://www.pointsharp.com/netid/server/portal"


def rest(verb: str, base: str, **more: Any) -> Step:
    """A call of the portal's documented REST face."""
    body = more.pop("json")
    return Step(
        method="POST",
        url=f"{base}/api/task/{verb}",
        headers={"Content-Type": "application/json"},
        body=json.dumps(body),
        **more,
    )


def soap(operation: str, base: str, info: str, **more: Any) -> Step:
    """A SOAP 1.1 call at the same port."""
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>\n'
        f'  <{operation} xmlns="{NS}">\n    <Info>{info}</Info>\n  </{operation}>\n</s:Body></s:Envelope>'
    )
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NS}/IServiceSoap/{operation}"'}
    return Step(method="POST", url=f"{base}/portal", headers=headers, body=body, **more)


def tasks(data: str) -> Steps:
    """Taking, meeting a hold, releasing, and taking again by the other protocol."""
    mine = {"SessionId": ANNAS, "Id": "51001"}
    yield rest(
        "get", data, json={**mine, "Count": "1"}, status=200,
        title="Anna, a REST client, takes a task",
        why="The portal behind speaks SOAP 1.1 only; she sends a flat JSON body, as its pages document it.",
        judge=members(Task__Id="51001", Task__ProcessorId="21", Task__Status__Name="Processing",
                      Status__Code="Success"),
        after="She is user 21: the task is in progress with her.",
    )  # fmt: skip
    yield soap(
        "GetTask", data, f"<SessionId>{OMARS}</SessionId><Id>51001</Id><Count>1</Count>", status=500,
        title="Omar, a SOAP client at the same port, wants the same task",
        why="SOAP or JSON is told by the Content-Type.",
        judge=holds("faultcode", "NPR_TASK_HELD"), after="The service's own fault reaches him as it is.",
    )  # fmt: skip
    yield rest(
        "get", data, json={"SessionId": OMARS, "Id": "51001", "Count": "2"}, status=423,
        title="The same, had he asked in REST",
        why="The fault becomes a problem document (RFC 9457); a rule in config/netid.yaml gives it the status.",
        judge=members(status=423, fault__detail__Code="NPR_TASK_HELD"),
    )  # fmt: skip
    yield rest(
        "release", data, json={**mine, "Count": "2"}, status=200, title="Anna releases the task",
        why="ReleaseTask is marked `encryption: required` towards the portal. The demo lets it leave in clear by\n"
        "   an explicit setting, dangerous_allow_clear_text in config/netid.yaml; without it the call is refused.",
        judge=members(Task__ProcessorId="0", Task__Status__Name="Ready", Task__Message__Code="NPR_TASK_RELEASED"),
    )  # fmt: skip
    yield soap(
        "GetTask", data, f"<SessionId>{OMARS}</SessionId><Id>51001</Id><Count>3</Count>", status=200,
        title="Now Omar gets it, by SOAP",
        judge=elements(Task__ProcessorId="22", Task__Status__Name="Processing"),
    )  # fmt: skip
    yield soap(
        "ReleaseTask", data, f"<SessionId>{OMARS}</SessionId><Id>51001</Id><Count>4</Count>", status=200,
        title="… and gives it back", judge=elements(Task__ProcessorId="0", Task__Message__Code="NPR_TASK_RELEASED"),
    )  # fmt: skip


def mistakes(data: str) -> Steps:
    """What a client sees who got it wrong."""
    yield rest(
        "release", data, json={"SessionId": "not-base64", "Id": "abc"}, status=422,
        title="A message that breaks the schema", why="Every finding is told at once, and the portal is not bothered.",
        judge=lambda reply: (
            [] if len(reply.member("errors") or ()) >= 3 else ["errors has less than three findings"]
        ),
        shown_headers=("Content-Type",),
    )  # fmt: skip
    yield rest(
        "get", data, json={"SessionId": ANNAS, "Id": "99999", "Count": "3"}, status=404,
        title="A task that is not there",
        why="The portal's fault says NPR_TASK_MISSING; a rule makes a 404 of it.",
        judge=members(status=404, fault__detail__Code="NPR_TASK_MISSING"),
    )  # fmt: skip


def resource(verb: str, url: str, body: Any = None, headers: dict[str, str] | None = None, **more: Any) -> Step:
    """A call of the second REST face."""
    named = dict(headers or {}) | ({"Content-Type": "application/json"} if body is not None else {})
    return Step(method=verb, url=url, headers=named, body=json.dumps(body) if body is not None else "", **more)


def resources(data: str) -> Steps:
    """The same portal as resources: config/netid.yaml says how, beside the documented face."""
    task = f"{data}/tasks/51002"
    seen = yield resource(
        "GET", task, status=200, title="The same portal, as a REST client would have it: a task is a resource",
        why="A second service in config/netid.yaml: own names, numbers, no sessions. This is a mere look.",
        judge=members(id=51002, holderId=0), shown_headers=("ETag",),
    )  # fmt: skip
    yield resource(
        "GET", task, headers={"If-None-Match": seen.headers.get("ETag", "")}, status=304,
        title="It has not changed", judge=lambda _: (),
    )  # fmt: skip
    held = yield resource(
        "PUT", f"{task}/hold", status=200, title="Take it", judge=members(holderId=21, status__name="Processing"),
    )  # fmt: skip
    changed = {**(held.json or {}), "entityDescription": "Ines C."}
    yield resource(
        "PUT", task, changed, {"If-Match": seen.headers.get("ETag", "")}, status=412,
        title="Change it, with the ETag from before it was taken",
        why="The portal compares nothing: the gateway does.", judge=members(status=412), shown_headers=("ETag",),
    )  # fmt: skip
    yield resource(
        "PUT", task, changed, {"If-Match": "*"}, status=200, title="Change it, whatever it is",
        judge=members(entityDescription="Ines C."), show=part("entityDescription", "message"),
    )  # fmt: skip
    yield resource(
        "DELETE", f"{task}/hold", status=204, title="Give it up", judge=lambda _: (),
        why="ReleaseTask, behind a verb.",
    )  # fmt: skip
    yield resource(
        "POST", f"{data}/tasks", {"type": "123", "entityId": 61}, status=201, title="A new task",
        judge=members(holderId=21), show=part("id", "holderId"), shown_headers=("Location",),
    )  # fmt: skip


def papers(data: str, admin: str) -> Steps:
    """What describes and measures the gateway."""
    yield Step(
        "OpenAPI, drawn from the WSDL", "GET", f"{data}/openapi.json", 200, holds('"openapi"', "/api/task/release"),
        why=f"The same as a page to try it on: {data}/docs", show=only('"openapi"', '"/api/task/'),
    )  # fmt: skip
    yield Step(
        "The WSDL, with the gateway's own address in it", "GET", f"{data}/portal?wsdl", 200, holds(f"{data}/portal"),
        show=only("soap:address"),
    )  # fmt: skip
    yield Step(
        "What Prometheus sees", "GET", f"{admin}/metrics", 200, holds("soapgw_", "ReleaseTask"),
        show=only('requests_total{', 'duration_seconds_count{', "faults_total{"),
    )  # fmt: skip


def steps(data: str, admin: str) -> Steps:
    """The whole tour of the portal."""
    yield from tasks(data)
    yield from mistakes(data)
    yield from resources(data)
    yield from papers(data, admin)
