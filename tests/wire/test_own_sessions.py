"""Sessions of a service that the plug-in has never seen (`ledger`): its pass in the body, a block, a field, a cookie."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import aiohttp
import pytest

from tests.wire.conftest import gateway_of
from tests.wire.ledger import service as ledger
from tests.wire.ledger.service import Ledger

TEXT = """
plugins:
  session:
    login:
      operation: Enter
      request: {User: gateway, Key: "s3cret&<>"}
      TICKET
    logout: {operation: Leave}
    PLACE
    expired: [{at: fault, name: "{urn:ledger}Unknown"}]
    MORE
services:
  ledger:
    wsdl: tests/wire/ledger/ledger.wsdl
    path: /ledger
    upstream: {url: "URL", soap: "1.1"}
    operations: {Book: {writes: true}}
    routes:
      - {route: POST /book, operation: Book}
"""
WAYS = {
    "body": ("ticket: /Pass", "place: /Pass\n    without: [Leave]"),
    "block": (
        'block: "{urn:ledger}Visit/Pass"',
        "block: '<v:Visit xmlns:v=\"urn:ledger\"><v:Pass>{ticket}</v:Pass></v:Visit>'",
    ),
    "field": ("field: X-Pass", 'fields: {X-Pass: "{ticket}"}'),
    "cookie": ("cookie: VISIT", 'fields: {Cookie: "a=1; VISIT={ticket}"}'),
}
ALL = pytest.mark.parametrize("way", list(WAYS))


def text_of(way, url, more=""):
    more, _, space = more.partition("\n    session_trace: ")
    ticket, place = WAYS[way]
    return TEXT.replace("URL", url).replace("TICKET", ticket).replace("PLACE", place).replace("MORE", more).replace(
        'soap: "1.1"', f'soap: "1.1", trace_blocks: {space}' if space else 'soap: "1.1"'
    )


@asynccontextmanager
async def before(service, way, more=""):
    running = await ledger.start(service)
    text = text_of(way, running.url, more)
    if way == "body":
        text = text.replace("    logout: {operation: Leave}\n", "")
    try:
        async with gateway_of(text) as gateway, aiohttp.ClientSession(f"http://{gateway.addresses['data']}") as client:
            yield client
    finally:
        await running.stop()


async def book(client, **headers):
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    async with client.post("/book", json={"Account": "a", "Amount": 1}, headers=told) as answer:
        return answer.status, await answer.json(), answer.headers


@ALL
async def test_a_pass_is_shown_where_the_service_looks_for_it(way):
    service = Ledger(shows=way)
    async with before(service, way) as client:
        answers = await asyncio.gather(*(book(client) for _ in range(20)))
        assert {status for status, _, _ in answers} == {200}, answers
        assert (service.entered, len(service.booked)) == (1, 20)
        assert not [name for _, _, headers in answers for name in headers if "cookie" in name.lower() or "pass" in name.lower()]
    assert service.left == ([] if way == "body" else sorted(service.passes)), "it leaves when it stops"


@ALL
async def test_a_login_stands_in_the_trace_of_the_call_that_needs_it(way):
    service = Ledger(shows=way)
    trace, space = "4bf92f3577b34da6a3ce929d0e0e4736", "urn:example:trace"
    more = f"\n    session_trace: {space}"
    async with before(service, way, more) as client:
        given = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01", "tracestate": "a=1"}
        assert (await book(client, **given))[0] == 200
        assert (await book(client))[0] == 200
    (enter, login, blocks), (first, call, own), (_, other, new) = service.calls[:3]
    assert (enter, first) == ("Enter", "Book")
    spans = set()
    for fields, told in ((login, blocks), (call, own)):
        assert fields["traceparent"].startswith(f"00-{trace}-")
        assert fields["traceparent"].endswith("-01")
        assert fields["tracestate"] == told[f"{{{space}}}tracestate"] == "a=1"
        assert told[f"{{{space}}}traceparent"] == fields["traceparent"]
        spans.add(fields["traceparent"][36:52])
    assert len(spans) == 2, "the call is not the login"
    assert trace not in other["traceparent"]
    assert f"{{{space}}}tracestate" not in new


@ALL
@pytest.mark.parametrize("says", ["fault", "401"])
async def test_one_that_has_ended_is_renewed_and_the_call_made_once_more(way, says):
    service = Ledger(shows=way, says=says)
    async with before(service, way, "unauthorized: true") as client:
        assert (await book(client))[0] == 200
        service.passes.clear()
        assert (await book(client))[0] == 200
        assert (service.entered, service.received, len(service.booked)) == (2, 3, 2)


async def test_a_401_is_the_operators_where_nothing_says_that_it_means_the_session():
    service = Ledger(shows="cookie", says="401")
    async with before(service, "cookie") as client:
        assert (await book(client))[0] == 200
        service.passes.clear()
        status, told, _ = await book(client)
        assert (status, told["type"]) == (502, "/problems/upstream-auth")
        assert service.entered == 1


@pytest.mark.parametrize("repeat", ["reads", "never"])
async def test_a_write_is_not_repeated_where_that_is_said(repeat):
    service = Ledger(shows="field", says="401")
    async with before(service, "field", f"unauthorized: true\n    repeat: {repeat}") as client:
        assert (await book(client))[0] == 200
        service.passes.clear()
        status, told, _ = await book(client)
        assert (status, told["type"], told["outcome"]) == (502, "/problems/upstream-auth", "rejected")
        assert (await book(client))[0] == 200, "in a new session"
        assert service.entered == 2


@pytest.mark.parametrize("way", ["block", "field", "cookie"])
async def test_an_answer_without_a_pass_is_no_session(way):
    service = Ledger(shows="body")
    async with before(service, way) as client:
        status, told, _ = await book(client)
        assert (status, told["type"], told["outcome"]) == (502, "/problems/upstream-auth", "not-sent")
        assert service.received == 0


async def test_a_block_that_a_caller_sends_is_replaced():
    service = Ledger(shows="block")
    async with before(service, "block") as client:
        body = (
            f'<s:Envelope xmlns:s="{ledger.SOAP}"><s:Header><Visit xmlns="urn:ledger"><Pass>mine</Pass></Visit></s:Header>'
            '<s:Body><Book xmlns="urn:ledger"><Account>a</Account><Amount>1</Amount></Book></s:Body></s:Envelope>'
        )
        headers = {"content-type": "text/xml", "soapaction": '"urn:ledger#Book"'}
        async with client.post("/ledger", data=body, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
        assert service.header.findall(f"{{{ledger.NS}}}Visit")[0][0].text == "p1<&>"
        assert len(service.header) == 1


async def test_a_ticket_that_no_header_field_may_hold_is_no_session():
    service = Ledger(shows="body")
    entered = service._enter
    service._enter = lambda body: ledger.answer(
        f"<Entered><Pass>a&#13;&#10;Evil: {entered(body).status}</Pass></Entered>"
    )
    running = await ledger.start(service)
    text = text_of("body", running.url).replace("place: /Pass", 'fields: {X-Pass: "{ticket}"}')
    try:
        async with gateway_of(text) as gateway, aiohttp.ClientSession(f"http://{gateway.addresses['data']}") as client:
            status, told, _ = await book(client)
            assert (status, told["outcome"]) == (502, "not-sent")
            assert service.received == 0
    finally:
        await running.stop()
