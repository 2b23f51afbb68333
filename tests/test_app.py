"""A whole gateway on real sockets, before a scripted service: what a stranger's requests are answered."""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from gateway.app import Gateway, identities, presented
from gateway.build.book import build
from gateway.net.presented import Identities, Presented
from gateway.observe.log import Log
from gateway.settings import parse
from gateway.settings.models import Clients, ListenTls
from tests.observe.collector import collecting, told
from tests.wire.conftest import ROOT

NS = "http://www.pointsharp.com/netid/server/portal"
ENV = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
TYPES = {"1.1": "text/xml", "1.2": "application/soap+xml"}
CONFIG = """
services:
  portal:
    wsdl: schemas/netid/portal.wsdl
    path: /portal
    upstream: {url: "%s", timeout: 1}
    mapping: {scalars: string, empties: null}
    accept_bare_reply: Task
    routes:
      - route: POST /api/task/release
        operation: ReleaseTask
        unwrap: {request: [Info], response: [ReleaseTaskResult]}
"""
JSON = {"SessionId": "", "Id": "273672", "Count": "2"}
TASK = b"<Task>" + (ROOT / "tests/golden/netid/reply.xml").read_bytes().partition(b"<Task>")[2]


def envelope(version: str, body: str = "") -> bytes:
    body = (
        body
        or f'<p:ReleaseTask xmlns:p="{NS}"><p:Info><p:SessionId/><p:Id>1</p:Id><p:Count>2</p:Count></p:Info></p:ReleaseTask>'
    )
    return f'<e:Envelope xmlns:e="{ENV[version]}"><e:Body>{body}</e:Body></e:Envelope>'.encode()


class Service:
    """A service that answers what the test says, and counts."""

    def __init__(self) -> None:
        self.answer: Any = (200, TASK, "text/xml")
        self.calls: list[dict[str, str]] = []
        self.pause = 0.0

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        await request.read()
        self.calls.append({name.lower(): value for name, value in request.headers.items()})
        await asyncio.sleep(self.pause)
        status, body, content_type = self.answer
        return web.Response(status=status, body=body, content_type=content_type)


class Bench:
    """A gateway, its service and a client."""

    def __init__(self, gateway: Gateway, service: Service, client: aiohttp.ClientSession, lines: io.StringIO) -> None:
        self.gateway, self.service, self.client, self.lines = gateway, service, client, lines

    async def ask(self, method: str, path: str, **more: Any) -> tuple[int, Any, bytes]:
        async with self.client.request(method, f"http://{self.gateway.addresses['data']}{path}", **more) as reply:
            return reply.status, reply.headers, await reply.read()

    async def release(self, **more: Any) -> tuple[int, Any, dict[str, Any]]:
        status, headers, body = await self.ask("POST", "/api/task/release", **{"json": JSON, **more})
        return status, headers, json.loads(body)


@asynccontextmanager
async def running(more: str = "") -> AsyncIterator[Bench]:
    service, lines = Service(), io.StringIO()
    server = web.ServerRunner(web.Server(service.handle))
    await server.setup()
    site = web.TCPSite(server, "127.0.0.1", 0)
    await site.start()
    host, port = server.addresses[0][:2]
    loaded = parse(CONFIG % f"http://{host}:{port}/p" + more, base=ROOT, env={})
    gateway = Gateway(build(loaded.changed(listen="127.0.0.1:0", admin="127.0.0.1:0")), log=Log(lines))
    await gateway.start()
    try:
        async with aiohttp.ClientSession() as client:
            yield Bench(gateway, service, client, lines)
    finally:
        await gateway.stop(1.0)
        await server.cleanup()


@pytest.fixture(name="bench")
async def _bench() -> AsyncIterator[Bench]:
    async with running() as bench:
        yield bench


async def test_three_tongues_reach_the_same_service_at_one_path(bench: Bench) -> None:
    status, headers, told = await bench.release()
    assert (status, headers["content-type"]) == (200, "application/json; charset=utf-8")
    assert told["Task"]["Id"] == "10434"
    for path in ("/api/task/release", "/portal"):
        for version in ("1.1", "1.2"):
            status, headers, body = await bench.ask(
                "POST", path, data=envelope(version), headers={"content-type": TYPES[version]}
            )
            assert (status, headers["content-type"].partition(";")[0]) == (200, TYPES[version])
            assert ENV[version].encode() in body
            assert b"10434" in body
    assert len(bench.service.calls) == 5
    assert {call["content-type"].partition(";")[0] for call in bench.service.calls} == {"text/xml"}
    assert all(call["traceparent"].startswith("00-") for call in bench.service.calls)


@pytest.mark.parametrize(
    ("method", "path", "more", "status", "slug"),
    [
        ("GET", "/nothing", {}, 404, "not-found"),
        ("GET", "/api/task/release", {}, 405, "method-not-allowed"),
        ("PUT", "/portal", {}, 405, "method-not-allowed"),
        ("POST", "/portal/", {"data": b"x"}, 404, "not-found"),
        (
            "POST",
            "/api/task/release",
            {"data": b"{", "headers": {"content-type": "application/json"}},
            400,
            "malformed-json",
        ),
        (
            "POST",
            "/api/task/release",
            {"data": b"{}", "headers": {"content-type": "text/plain"}},
            415,
            "unsupported-media-type",
        ),
        (
            "POST",
            "/portal",
            {"data": b"{}", "headers": {"content-type": "application/json"}},
            415,
            "unsupported-media-type",
        ),
        ("POST", "/api/task/release", {"json": JSON, "headers": {"accept": "text/html"}}, 406, "not-acceptable"),
        ("POST", "/api/task/release", {"json": {**JSON, "Id": "SECRET"}}, 422, "invalid-message"),
        ("POST", "/api/task/release", {"json": {**JSON, "Extra": "SECRET"}}, 422, "invalid-message"),
        ("POST", "/api/task/release", {"json": {}}, 422, "invalid-message"),
        ("POST", "/api/task/release", {"data": b" " * (1024 * 1024 + 1)}, 413, "payload-too-large"),
        (
            "POST",
            "/api/task/release",
            {"json": JSON, "headers": {"content-encoding": "gzip"}},
            415,
            "unsupported-content-encoding",
        ),
        (
            "POST",
            "/api/task/release",
            {"data": envelope("1.1"), "headers": {"content-type": "application/json"}},
            400,
            "content-mismatch",
        ),
    ],
)
async def test_refused_without_a_word_to_the_service(
    bench: Bench, method: str, path: str, more: Any, status: int, slug: str
) -> None:
    got, headers, body = await bench.ask(method, path, **more)
    told = json.loads(body)
    assert (got, told["status"], told["type"]) == (status, status, f"/problems/{slug}")
    assert headers["content-type"] == "application/problem+json"
    assert told["requestId"] == headers["x-request-id"]
    assert told["instance"] == f"urn:request:{told['requestId']}"
    assert "server" not in {name.lower() for name in headers}
    assert b"SECRET" not in body
    assert len(body) <= 2048 or told.get("errors")
    assert bench.service.calls == []
    assert (await bench.release())[0] == 200, "the next one is served"


@pytest.mark.parametrize("sort", ["application/json", "text/xml", "application/soap+xml"])
async def test_a_problem_leads_to_its_lines_in_the_log_and_the_trace(bench: Bench, sort: str) -> None:
    """By the ids of the answer alone, whatever the caller speaks; without a trace of the caller's it has a new one."""
    trace = "0af7651916cd43dd8448eb211c80319c"
    for given in (f"00-{trace}-b7ad6b7169203331-01", "00-none"):
        headers = {"content-type": sort, "traceparent": given}
        _, _, body = await bench.ask("POST", "/api/task/release", data=b"<no/>" if "xml" in sort else b"[", headers=headers)
        found = re.findall(rb"traceId(?:>|\":\")([0-9a-f]{32})[<\"]", body)
        (name,) = re.findall(rb"requestId(?:>|\":\")([0-9a-f]+)[<\"]", body)
        line = next(line for line in map(json.loads, bench.lines.getvalue().splitlines()) if line["request_id"] == name.decode())
        assert [line["trace_id"]] == [one.decode() for one in found]
        assert (line["trace_id"] == trace) is (given != "00-none")


async def test_an_unknown_path_and_a_fault_of_the_service_have_the_trace_too(bench: Bench) -> None:
    fault = "<e:Fault><faultcode>e:Client</faultcode><faultstring>no</faultstring></e:Fault>"
    bench.service.answer = (500, envelope("1.1", fault), "text/xml")
    for path, slug in (("/nothing", "not-found"), ("/api/task/release", "fault")):
        _, _, body = await bench.ask("POST", path, json=JSON)
        found = json.loads(body)
        assert (found["type"], len(found["traceId"])) == (f"/problems/{slug}", 32), found


async def test_a_refused_write_says_that_it_was_not_sent(bench: Bench) -> None:
    for more in ({"json": {}}, {"data": b"{", "headers": {"content-type": "application/json"}}):
        assert (await bench.release(**{"json": None, **more}))[2]["outcome"] == "not-sent"


@pytest.mark.parametrize(
    ("path", "allow"), [("/api/task/release", "OPTIONS, POST"), ("/portal", "GET, HEAD, OPTIONS, POST")]
)
async def test_options_and_405_tell_the_methods(bench: Bench, path: str, allow: str) -> None:
    status, headers, body = await bench.ask("OPTIONS", path)
    assert (status, headers["allow"], body) == (204, allow, b"")
    status, headers, _ = await bench.ask("DELETE", path)
    assert (status, headers["allow"]) == (405, allow)
    assert (await bench.ask("OPTIONS", "/nothing"))[0] == 404


@pytest.mark.parametrize("path", ["/openapi.json", "/portal?wsdl", "/docs", "/", "/problems/not-found"])
async def test_what_is_got_has_a_head(bench: Bench, path: str) -> None:
    status, headers, body = await bench.ask("GET", path)
    assert (status, bool(body)) == (200, True)
    status, again, nothing = await bench.ask("HEAD", path)
    assert (status, again["content-length"], nothing) == (200, headers["content-length"], b"")


async def test_the_wsdl_has_the_gateways_own_address(bench: Bench) -> None:
    body = (await bench.ask("GET", "/portal?wsdl"))[2]
    assert f'location="http://{bench.gateway.addresses["data"]}/portal"'.encode() in body


@pytest.mark.parametrize(
    ("answer", "status", "slug", "outcome"),
    [
        ((200, b"<html>SECRET</html>", "text/html"), 502, "upstream-not-soap", "unknown"),
        ((503, b"<html>SECRET</html>", "text/html"), 503, "upstream-unavailable", "unknown"),
        ((401, b"", "text/html"), 502, "upstream-auth", "unknown"),
        ((302, b"", "text/html"), 502, "upstream-redirect", "unknown"),
        ((200, b"<Task>", "text/xml"), 502, "upstream-malformed", "unknown"),
        ((200, b"<Task><Id>SECRET</Id></Task>", "text/xml"), 502, "upstream-schema-violation", "unknown"),
        ((200, b"", "text/xml"), 502, "upstream-malformed", "unknown"),
        (
            (
                500,
                envelope("1.1", "<e:Fault><faultcode>e:Client</faultcode><faultstring>no</faultstring></e:Fault>"),
                "text/xml",
            ),
            400,
            "fault",
            "rejected",
        ),
    ],
)
async def test_the_services_answer_is_judged_by_content(
    bench: Bench, answer: Any, status: int, slug: str, outcome: str
) -> None:
    bench.service.answer = answer
    got, _, told = await bench.release()
    assert (got, told["type"], told["outcome"]) == (status, f"/problems/{slug}", outcome)
    assert "SECRET" not in json.dumps(told)
    got, headers, body = await bench.ask(
        "POST", "/portal", data=envelope("1.2"), headers={"content-type": "application/soap+xml"}
    )
    assert headers["content-type"].startswith("application/soap+xml")
    assert got == (400 if slug == "fault" else 500)
    assert b"Fault>" in body
    assert b"SECRET" not in body
    assert len(bench.service.calls) == 2, "nothing is repeated"


async def test_a_slow_service_is_504_and_nobody_knows(bench: Bench) -> None:
    bench.service.pause = 1.3  # and the timeout is 1
    got, _, told = await bench.release()
    assert (got, told["type"], told["outcome"]) == (504, "/problems/upstream-timeout", "unknown")


async def test_one_line_a_request_and_metrics_for_it(bench: Bench) -> None:
    await bench.release(headers={"x-request-id": "mine-1"})
    await bench.ask("GET", "/nothing/SECRET")
    first, second = [json.loads(line) for line in bench.lines.getvalue().splitlines()]
    assert (first["request_id"], first["operation"], first["status"]) == ("mine-1", "portal/ReleaseTask", 200)
    assert (second["status"], second["problem"]) == (404, "not-found")
    async with bench.client.get(f"http://{bench.gateway.addresses['admin']}/metrics") as reply:
        page = await reply.text()
    assert 'operation="portal/ReleaseTask"' in page
    assert "soapgw_queued_requests 0.0" in page
    assert "SECRET" not in page + bench.lines.getvalue()


async def test_draining_turns_readiness_off_and_closes_connections(bench: Bench) -> None:
    admin = f"http://{bench.gateway.addresses['admin']}"
    for path, status in (("/livez", 200), ("/readyz", 200), ("/healthz", 200)):
        async with bench.client.get(admin + path) as reply:
            assert reply.status == status
    bench.gateway.drain()
    async with bench.client.get(f"{admin}/readyz") as reply:
        assert (reply.status, await reply.text()) == (503, "draining\n")
    status, headers, _ = await bench.release()
    assert (status, headers["connection"].lower()) == (200, "close")


TIGHT = """
limits: {line: 120, field: 200, fields: 20, head: 500, body: 2000, json_depth: 4, xml_depth: 8, response: 300, head_deadline: 0.3}
"""


async def raw(bench: Bench, sent: bytes) -> bytes:
    """What comes back for bytes."""
    host, _, port = bench.gateway.addresses["data"].rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(sent)
    try:
        return await asyncio.wait_for(reader.read(), 5)
    finally:
        writer.close()


async def test_every_limit_that_is_hit_is_counted_by_its_name_and_logged() -> None:
    head = b"POST /api/task/release HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n"
    wire: dict[str, bytes] = {
        "line": b"GET /" + b"x" * 200 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        "field": head + b"A: " + b"x" * 250 + b"\r\n\r\n",
        "fields": head + b"".join(b"A%d: x\r\n" % n for n in range(20)) + b"\r\n",
        "head": head + b"".join(b"A%d: %s\r\n" % (n, b"x" * 150) for n in range(3)) + b"\r\n",
        "body": head + b"Content-Length: 2001\r\n\r\n",
        "json_depth": head + b"Content-Length: 10\r\n\r\n[[[[[]]]]]",
        "head_deadline": b"GET / HT",
    }
    deep = b"<a>" * 9 + b"</a>" * 9
    async with running(TIGHT) as bench:
        for name, sent in wire.items():
            assert re.match(rb"HTTP/1.1 4\d\d ", await raw(bench, sent)), name
        assert (await bench.ask("POST", "/portal", data=deep, headers={"content-type": "text/xml"}))[0] == 500  # SOAP 1.1 §6.2
        bench.service.answer = (200, TASK, "text/xml")
        assert (await bench.release())[0] == 502
        async with bench.client.get(f"http://{bench.gateway.addresses['admin']}/metrics") as reply:
            page = await reply.text()
        lines = [json.loads(line) for line in bench.lines.getvalue().splitlines()]
    hit = dict(re.findall(r'soapgw_limits_hit_total{limit="([^"]+)"} (\S+)', page))
    assert {name: count for name, count in hit.items() if count != "0.0"} == dict.fromkeys(
        (*wire, "xml_depth", "response"), "1.0"
    )
    refused = [line for line in lines if line["event"] == "refused"]
    assert {line["limit"] for line in refused} == {"line", "field", "fields", "head", "body", "head_deadline"}
    assert len([line for line in lines if line["stream"] == "access"]) == len(wire) + 2  # one line each


async def test_what_is_wrong_on_the_admin_port_is_no_request() -> None:
    async with running() as bench, aiohttp.ClientSession() as client:
        admin = f"http://{bench.gateway.addresses['admin']}"
        async with client.get(admin + "/favicon.ico") as reply:
            assert reply.status == 404
        async with client.get(admin + "/metrics") as reply:
            page = await reply.text()
    assert 'operation="none"' not in page
    assert 'soapgw_problems_total{kind="not-found"} 0.0' in page


async def test_retries_and_directions_are_counted() -> None:
    async with running() as bench:
        await bench.release()
        await bench.ask("POST", "/portal", data=envelope("1.1"), headers={"content-type": "text/xml"})
        async with bench.client.get(f"http://{bench.gateway.addresses['admin']}/metrics") as reply:
            page = await reply.text()
    for direction in ("json-soap", "soap-soap"):
        labels = f'direction="{direction}",operation="portal/ReleaseTask",outcome="ok"'
        assert f"soapgw_direction_duration_seconds_count{{{labels}}} 1.0" in page
    assert 'soapgw_retries_total{operation="portal/ReleaseTask"} 0.0' in page


TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_spans_reach_a_collector_and_the_service_stands_in_its_own() -> None:
    async with collecting() as collector:
        more = f"\ntracing: {{endpoint: {collector.url}, service: desk}}\n"
        async with running(more) as bench:
            headers = {"traceparent": TRACEPARENT, "tracestate": "vendor=1 , other=2"}
            assert (await bench.release(headers=headers))[0] == 200
            assert (await bench.release(headers={"traceparent": TRACEPARENT[:-2] + "00"}))[0] == 200
            bench.service.answer = (500, b"<html/>", "text/html")
            assert (await bench.release(headers=headers))[0] == 502
            (call, _, _) = bench.service.calls[:3]
        spans = collector.spans  # all of them: the end has sent what was left
        assert collector.resources[0]["service.name"] == "desk"
    assert len(spans) == 4
    inner, server = spans[0], spans[1]
    assert (server.name, server.parent_span_id.hex()) == ("POST /api/task/release", TRACEPARENT[36:52])
    assert (inner.name, inner.parent_span_id) == ("portal/ReleaseTask", server.span_id)
    assert call["traceparent"] == f"00-{TRACEPARENT[3:35]}-{inner.span_id.hex()}-01"
    assert call["tracestate"] == server.trace_state == "vendor=1,other=2"
    steps = {name for name in told(server) if name.startswith("soapgw.stage.")}
    assert steps == {f"soapgw.stage.{stage}" for stage in ("read_request", "write_request", "read_reply", "write_reply")}
    assert told(server)["soapgw.request_id"]
    assert [span.status.code for span in spans] == [0, 0, 2, 2]
    assert told(spans[3])["error.type"] == "upstream-not-soap"


@pytest.mark.parametrize("given", [None, "", "a", "a=1,a=2", "A=1", "a=" + "x" * 600])
async def test_a_tracestate_that_is_not_valid_goes_no_further(bench: Bench, given: str | None) -> None:
    headers = {"traceparent": TRACEPARENT} | ({} if given is None else {"tracestate": given})
    await bench.release(headers=headers)
    assert "tracestate" not in bench.service.calls[0]
    await bench.release(headers={"tracestate": "a=1"})  # it belongs to no trace
    assert "tracestate" not in bench.service.calls[1]
    await bench.release(headers={**headers, "tracestate": "a=1,b@c=2"})
    assert bench.service.calls[2]["tracestate"] == "a=1,b@c=2"


async def test_only_hosts_that_are_named_are_answered_and_a_reload_names_others() -> None:
    def configured(hosts: str) -> Any:
        text = CONFIG % "http://127.0.0.1:1/" + f"hosts: {hosts}\n"
        return build(parse(text, base=ROOT, env={}).changed(listen="127.0.0.1:0", admin="127.0.0.1:0"))

    gateway = Gateway(configured("[API.example, 'b.example:81']"), log=Log(io.StringIO()))
    await gateway.start()
    try:
        async with aiohttp.ClientSession() as client:

            async def status(host: str, side: str = "data") -> int:
                path = "/openapi.json" if side == "data" else "/livez"
                async with client.get(f"http://{gateway.addresses[side]}{path}", headers={"Host": host}) as reply:
                    return reply.status

            hosts = ["api.example", "Api.Example:8080", "b.example:81", "b.example", "evil.example"]
            assert [await status(host) for host in hosts] == [200, 200, 200, 421, 421]
            assert await status("10.0.0.7:9901", "admin") == 200, "probes name what they like"
            await gateway.adopt(configured("[c.example]"))
            assert [await status(host) for host in ("api.example", "c.example")] == [421, 200]
            await gateway.adopt(configured("[]"))
            assert await status("evil.example") == 200
    finally:
        await gateway.stop(0.0)


def test_what_the_data_socket_presents_is_what_the_settings_say() -> None:
    assert (presented(None), identities(None)) == (None, None)
    plain = ListenTls(certificate="server.pem")
    assert presented(plain) == Presented("server.pem", required=False)
    assert identities(plain) is None
    asking = ListenTls(certificate="a", key="b", clients=Clients(ca="c", identity="dns", known={"x": "y"}))
    assert presented(asking) == Presented("a", "b", "c", required=True)
    assert identities(asking) == Identities("dns", {"x": "y"})
