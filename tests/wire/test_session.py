"""Sessions that no REST client sees, over real sockets: the reference services count what reaches them."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import pytest

from gateway.demo import portal as portal_demo
from gateway.demo import portal_state, projector_state
from gateway.demo import projector as projector_demo
from tests.wire.conftest import ROOT, gateway_of

PROJECTOR = """
plugins:
  session:
    login:
      operation: PwsAuthenticate
      request: {serviceRequest: {AccountCode: DEMO, UserName: gateway, Password: demo-gateway}}
      ticket: /PwsAuthenticateResult/SessionTicket
      redirect: /PwsAuthenticateResult/RedirectUrl
      bases: ["http://127.0.0.1:OTHER"]
    logout: {operation: PwsUnauthenticate}
    place: /serviceRequest/SessionTicket
    expired:
      - {at: reply, path: /*/Status, equals: FailSessionInvalid}
      - {at: fault, path: /Messages/*/ErrorNumber, equals: "-101"}
    pause: {when: [{path: /Messages/*/ErrorNumber, equals: "10016"}], seconds: 0.3}
    active: 4
    MORE
services:
  projector:
    wsdl: schemas/projector/projector.wsdl
    path: /projector
    upstream: {url: "URL", soap: "1.1"}
    routes:
      - route: POST /get
        operation: PwsGetProject
        unwrap: {request: [serviceRequest], response: [PwsGetProjectResult]}
"""
ASK = {"ProjectIdentity": {"ProjectCode": "P002001-001"}}


@asynccontextmanager
async def before(service, more="", other="1"):
    running = await projector_demo.start(projector=service)
    text = PROJECTOR.replace("URL", running.url).replace("OTHER", other).replace("MORE", more)
    try:
        async with gateway_of(text) as gateway, aiohttp.ClientSession(f"http://{gateway.addresses['data']}") as client:
            yield client
    finally:
        await running.stop()


async def ask(client, body=ASK, **more):
    async with client.post("/get", json=body, **more) as answer:
        return answer.status, await answer.json()


async def test_no_client_sends_a_ticket_and_200_callers_log_in_once():
    service = projector_demo.Projector()
    async with before(service) as client:
        answers = await asyncio.gather(*(ask(client) for _ in range(200)))
        assert {status for status, _ in answers} == {200}
        assert {body["Status"] for _, body in answers} == {"Ok"}
        assert service.received["PwsAuthenticate"] == 1
        async with client.get("/openapi.json") as answer:
            assert "SessionTicket" not in str((await answer.json())["paths"]["/get"])
        assert len(service.state.tickets) == 1
    assert service.executed["PwsUnauthenticate"] == 1  # logged out on drain
    assert not service.state.tickets


@pytest.mark.parametrize("way", ["status", "fault"])
async def test_an_expired_session_is_renewed_and_the_call_made_once_more(way):
    service = projector_demo.Projector(projector_state.seeded(projector_state.Rules(session_errors=way)))
    async with before(service) as client:
        await ask(client)
        service.state.expire_tickets(None)
        answers = await asyncio.gather(*(ask(client) for _ in range(20)))
        assert {body["Status"] for _, body in answers} == {"Ok"}
        assert service.received["PwsAuthenticate"] == 2
        assert service.executed["PwsGetProject"] == 21


async def test_at_most_four_calls_of_a_user_at_once():
    service = projector_demo.Projector(delay=0.02)
    async with before(service) as client:
        answers = await asyncio.gather(*(ask(client) for _ in range(40)))
    assert {body["Status"] for _, body in answers} == {"Ok"}, "the service refuses the fifth"


async def test_a_rate_limit_is_waited_for_by_all():
    service = projector_demo.Projector(projector_state.seeded(projector_state.Rules(rate_limit=3)))
    async with before(service) as client:
        for _ in range(3):
            assert (await ask(client))[1]["Status"] == "Ok"
        status, body = await ask(client)
        assert (status, body["type"]) == (429, "/problems/quota-exceeded")
        assert service.received["PwsGetProject"] == 3 + 3  # two repeats, then the client is told


async def test_a_redirect_is_followed_to_an_allowed_base_only():
    home = projector_demo.Projector()
    running = await projector_demo.start(projector=home)
    try:
        service = projector_demo.Projector()
        origin = running.url.partition("/Ops")[0]
        service.state.redirects["DEMO"] = origin
        async with before(service, other=origin.rpartition(":")[2]) as client:
            assert (await ask(client))[1]["Status"] == "Ok"
        assert (service.received["PwsGetProject"], home.executed["PwsGetProject"]) == (0, 1)
        async with before(service, other="1") as client:
            assert (await ask(client))[1]["type"] == "/problems/upstream-auth"
    finally:
        await running.stop()


@pytest.mark.parametrize("errors", ["fault", "status"])
async def test_an_account_that_moves_is_followed_by_the_next_call(errors):
    """10004 says that the instance is the wrong one: the shipped signs send the next login, which is told where to."""
    old = projector_demo.Projector(projector_state.seeded(projector_state.Rules(errors=errors)))
    new = projector_demo.Projector()
    one, other = await projector_demo.start(projector=old), await projector_demo.start(projector=new)
    text = re.sub(r"\$\{PROJECTOR_URL:-[^}]*\}", one.url, (ROOT / "config" / "projector.yaml").read_text())
    text = text.replace('bases: ["https://*.projectorpsa.com"]', f'bases: ["{other.base}"]')
    try:
        async with (
            gateway_of(text, ROOT / "config") as gateway,
            aiohttp.ClientSession(f"http://{gateway.addresses['data']}") as client,
        ):
            for expected in ((1, 0), (1, 1)):
                async with client.get("/projects/P002001-001") as answer:
                    assert answer.status == 200, await answer.text()
                assert (old.executed["PwsGetProject"], new.executed["PwsGetProject"]) == expected
                old.state.rules = replace(old.state.rules, wrong_instance=True)
                old.state.redirects["DEMO"] = other.base
    finally:
        await one.stop()
        await other.stop()


async def test_a_loop_of_redirects_ends():
    service = projector_demo.Projector()
    running = await projector_demo.start(projector=service)
    try:
        origin = running.url.partition("/Ops")[0]
        service.state.redirects["DEMO"] = origin
        async with before(service, other=origin.rpartition(":")[2]) as client:
            status, body = await ask(client)
        assert (status, body["type"]) == (502, "/problems/upstream-auth")
        assert service.received["PwsAuthenticate"] <= 3
    finally:
        await running.stop()


async def test_clients_own_credentials_make_their_own_sessions():
    service = projector_demo.Projector()
    text = PROJECTOR.replace("UserName: gateway, Password: demo-gateway", 'UserName: "{user}", Password: "{password}"')
    running = await projector_demo.start(projector=service)
    try:
        text = text.replace("URL", running.url).replace("OTHER", "1").replace("MORE", "per: basic")
        async with gateway_of(text) as gateway, aiohttp.ClientSession(f"http://{gateway.addresses['data']}") as client:
            for login in ("bea", "carl", "bea"):
                assert (
                    await ask(client, headers={"Authorization": aiohttp.encode_basic_auth(login, f"demo-{login}")})
                )[0] == 200
            assert sorted(t.user.login for t in service.state.tickets.values()) == ["bea", "carl"]
            assert (await ask(client))[0] == 401
            assert (await ask(client, headers={"Authorization": aiohttp.encode_basic_auth("bea", "wrong")}))[0] == 401
    finally:
        await running.stop()


PORTAL = """
plugins:
  session:
    login:
      operation: Login
      request: {Info: {Certificate: "Y2VydA==", DateTime: "2026-11-22T00:00:00Z"}}
      ticket: /LoginResult/SessionId
    place: /Info/SessionId
    without: [GetVersion]
    counter: {place: /Info/Count, unknown: UNKNOWN}
    pool: 2
    expired: [{at: fault, path: /Code, equals: NPR_SESSION_UNKNOWN}]
services:
  portal:
    wsdl: schemas/netid/portal.wsdl
    path: /portal
    upstream: {url: "URL", soap: "1.1", timeout: 1}
    dangerous_allow_clear_text: true
    routes:
      - {route: POST /status, operation: GetLoginStatus, unwrap: {request: [Info], response: [GetLoginStatusResult]}}
      - {route: POST /get, operation: GetTask, unwrap: {request: [Info], response: [GetTaskResult]}}
"""


async def test_calls_are_numbered_in_order_one_of_a_session_in_flight():
    rules = portal_state.Rules(counts="by-one", sessions="open")
    service = portal_demo.Portal(portal_state.seeded(rules), delay=0.002)
    running = await portal_demo.start(portal=service)
    try:
        text = PORTAL.replace("URL", running.url).replace("UNKNOWN", "close")
        async with gateway_of(text) as gateway, aiohttp.ClientSession(f"http://{gateway.addresses['data']}") as client:

            async def status():
                async with client.post("/status", json={}) as answer:
                    return answer.status

            assert set(await asyncio.gather(*(status() for _ in range(60)))) == {200}
            assert service.executed["GetLoginStatus"] == 60
            assert 1 <= service.received["Login"] <= 2
    finally:
        await running.stop()
