from __future__ import annotations

import asyncio

import orjson
import pytest

from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.plugins.api import Place
from gateway.plugins.encryption import sessionblob_crypto as crypto
from gateway.plugins.encryption import sessionblob_shape as shapes
from gateway.plugins.encryption.sessionblob import SessionBlob
from gateway.plugins.encryption.sessionblob_server import Record
from gateway.testing import FakeHost, started
from tests.plugins.encryption import netid_stack

SERVER_KEY = netid_stack.rsa.generate_private_key(public_exponent=65537, key_size=2048)
SERVER = netid_stack.self_signed("gateway-as-portal", SERVER_KEY)


class Far:
    """The gateway as the portal: its client's edge, in `replicas` copies over one store; behind it an echo."""

    def __init__(self) -> None:
        self.host = FakeHost(
            keys={
                "srv": netid_stack.key("srv", SERVER_KEY, SERVER),
                "anna": netid_stack.key("anna", None, netid_stack.OWN),
            }
        )
        self.reached: list[Wire] = []

    async def replica(self, **settings):
        settings = {"edges": ["client"], "key": "srv", "clients": ["anna"], "failures_per_minute": 1000, **settings}
        plugin = await started(SessionBlob, settings, self.host)
        return plugin.wire_layer("client", Place("Portal"))(self.echo)

    async def echo(self, wire: Wire) -> Wire:
        self.reached.append(wire)
        if "json" in wire.headers["content-type"]:
            return Wire({"content-type": "application/json"}, b'{"Task":{"Id":"10434"}}', status=200)
        answer = netid_stack.write("ReleaseTaskResponse", {"ReleaseTaskResult": {"Task": {"Id": "10434"}}})
        return Wire({"content-type": "text/xml"}, answer, status=200)


def post(body, path="/Portal", media="text/xml"):
    return Wire({"content-type": media}, body, method="POST", path=path)


class Client:
    """A client that speaks the scheme by hand, in JSON."""

    profile = crypto.Profile()
    shape = shapes.Shape()

    async def login(self, send):
        first = {"Certificate": shapes.encoded(netid_stack.OWN), "DateTime": "2026-01-01T00:00:00"}
        answer = orjson.loads((await send(post(orjson.dumps(first), "/api/Login", "application/json"))).body)
        self.id = shapes.octets(answer["SessionId"])
        nonce = crypto.unwrap_nonce(self.profile, netid_stack.PRIVATE, shapes.octets(answer["Value"]))
        value = crypto.wrap_nonce(self.profile, shapes.octets(answer["Certificate"]), b"c" * 32)
        signature = crypto.sign_value(self.profile, netid_stack.PRIVATE, self.id, value)
        self.second = orjson.dumps(
            {"SessionId": answer["SessionId"], "Value": shapes.encoded(value), "Signature": shapes.encoded(signature)}
        )
        await send(post(self.second, "/api/Login", "application/json"))
        self.keys = crypto.derive(self.profile, self.id, nonce, b"c" * 32)
        assert len(self.id) == 20

    def call(self, count, plain=b'{"Id":"273672"}'):
        blob = crypto.seal_blob(self.profile, self.keys, self.id, count, plain)
        body = shapes.json_seal(self.shape, shapes.Sealed(self.id, count, blob), count_as_string=True)
        return post(orjson.dumps(body), "/api/task/release", "application/json")


async def both():
    far = Far()
    send = await far.replica()
    client = Client()
    await client.login(send)
    return far, send, client


async def test_json_call_is_opened_and_its_answer_sealed():
    far, send, client = await both()
    reply = await send(client.call(1))
    assert orjson.loads(far.reached[0].body) == {"SessionId": shapes.encoded(client.id), "Id": "273672", "Count": "1"}
    assert far.reached[0].facts["encrypted"] == ("parameters",)
    assert far.reached[0].facts["identity"] == "anna"
    sealed = shapes.json_sealed(orjson.loads(reply.body), client.shape)
    plain = crypto.open_blob(client.profile, client.keys, client.id, 1, sealed.blob)
    assert orjson.loads(plain) == {"Task": {"Id": "10434"}}


async def test_two_gateways_in_a_row_speak_it_in_xml():
    far = Far()
    send = await far.replica()
    near = netid_stack.Stack(None)
    near.host.keys.keys.update(
        gw=netid_stack.key("gw", netid_stack.PRIVATE, netid_stack.OWN), portal=netid_stack.key("p", None, SERVER)
    )
    near.plugin = await started(SessionBlob, {"key": "gw", "service_certificate": "portal"}, near.host)
    crossed = []

    async def wire(wire):
        crossed.append(wire.body)
        reply = await send(post(wire.body))
        crossed.append(reply.body)
        return Wire(reply.headers, reply.body, status=reply.status)

    near.wire = wire
    reply = await near.call("ReleaseTask", Id=273672)
    assert reply.value() == {"ReleaseTaskResult": {"Task": {"Id": "10434"}}}
    assert b">273672<" in far.reached[0].body
    assert all(b"273672" not in body and b"10434" not in body for body in crossed)


async def test_one_of_many_copies_goes_on_over_two_replicas():
    far, one, client = await both()
    two = await far.replica()
    call = client.call(1)
    results = await asyncio.gather(
        *((one, two)[at % 2](post(call.body, call.path, "application/json")) for at in range(50)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, Wire) for result in results) == 1
    assert len(far.reached) == 1
    assert far.host.counts["replayed"] == 49


async def test_every_failure_has_one_answer():
    far, send, client = await both()
    await send(client.call(1))
    stranger = Client()
    stranger.id, stranger.keys = b"x" * 20, client.keys
    unsettled = Client()
    unsettled.id, unsettled.keys = b"y" * 20, client.keys
    await far.host.state.put(f"sessionblob:{unsettled.id.hex()}", Record("anna", b"n", None, 0, 9e9).write(), ttl=60)
    wrong = client.call(2)
    wrong.body = wrong.body.replace(b'"Count":"2"', b'"Count":"3"')
    cases = [client.call(1), client.call(0), client.call(9), stranger.call(1), unsettled.call(1), wrong]
    cases += [client.call(2, b"[1]"), client.call(2, b"no json"), client.call(2, b'{"Count":"9"}')]
    cases += [post(client.second, "/api/Login", "application/json")]
    cases += [post(b'{"Certificate":"AAAA"}', "/api/Login", "application/json")]
    seen = set()
    for case in cases:
        with pytest.raises(Problem) as caught:
            await send(case)
        seen.add((caught.value.kind, caught.value.detail, caught.value.status))
    assert seen == {(Kind.SECURITY_PROCESSING_FAILED, "The message's protection could not be verified.", 401)}
    assert len(far.reached) == 1
    assert isinstance(await send(client.call(2)), Wire)


async def test_a_rising_count_may_skip():
    far = Far()
    send = await far.replica(step="rising")
    client = Client()
    await client.login(send)
    await send(client.call(5))
    await send(client.call(9))
    with pytest.raises(Problem):
        await send(client.call(7))


async def test_sessions_end_and_a_flushed_store_refuses():
    far, send, client = await both()
    await send(client.call(1))
    far.host.clock.advance(901)
    with pytest.raises(Problem):
        await send(client.call(2))
    far, send, client = await both()
    far.host.state.values.clear()
    with pytest.raises(Problem):
        await send(client.call(1))


async def test_clear_calls_pass_without_facts():
    far, send, _ = await both()
    await send(post(b'{"Id":"1"}', "/api/task/get", "application/json"))
    await send(post(netid_stack.write("GetTask", {"Info": {"Id": "1"}})))

    assert all("encrypted" not in wire.facts for wire in far.reached)


async def test_keys_do_not_show():
    record = Record("anna", b"n" * 32, crypto.BlobKeys(b"e" * 32, b"m" * 32), 3, 9e9)
    assert Record.read(record.write()) == record
    assert "6565" not in repr(record)
    assert "eeee" not in repr(record)
