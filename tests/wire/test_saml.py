"""A caller's SAML assertion through a gateway on sockets: proven, passed on to the service, its replay and forgeries refused."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree

from gateway.plugins.encryption.wssecurity_process import Inbound, Outbound, prove, secure
from gateway.plugins.encryption.wssecurity_saml import Rules
from gateway.plugins.encryption.wssecurity_tokens import Trust
from tests.interop.secured import Keyfiles, Plain, contract
from tests.plugins.encryption import saml_samples as saml
from tests.wire.conftest import gateway_of, in_thread

ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    '<Pay xmlns="urn:bank"><amount>77</amount><to>Ann</to></Pay></s:Body></s:Envelope>'
)


class Bench:
    """The gateway, its keys (`server` signs for us, `client` is the issuer) and the bank behind it."""

    def __init__(self, address: str, keys: Keyfiles, bank: Plain) -> None:
        self.address, self.keys, self.bank = address, keys, bank

    def message(self, **how: Any) -> bytes:
        """A call with an assertion of the issuer."""
        raw = saml.signed(saml.text(time.time(), **how), self.keys.keys["client"], self.keys.certificates["client"])
        root = etree.fromstring(ENVELOPE)
        secure(root, Outbound(assertion=raw), time.time())
        return etree.tostring(root)

    def post(self, body: bytes | str, path: str = "/bank", kind: str = "text/xml; charset=utf-8") -> tuple[int, str]:
        """Status and text."""
        connection = http.client.HTTPConnection(self.address, timeout=30)
        connection.request("POST", path, body, {"content-type": kind, "soapaction": '"pay"'})
        reply = connection.getresponse()
        return reply.status, reply.read().decode()


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One gateway for all cases."""
    folder = tmp_path_factory.mktemp("saml")
    keys, bank = Keyfiles(folder), Plain()
    (folder / "bank.wsdl").write_text(contract())
    receive = {
        "demand": ["saml", "timestamp"],
        "saml": {"issuers": {saml.ISSUER: ["them"]}, "audience": [saml.AUDIENCE]},
    }
    plugins = {
        "callers": {"use": "wssecurity", "edges": ["client"], "receive": receive, "failures_per_minute": 1000},
        "onward": {
            "use": "wssecurity", "send": {"saml": "required", "sign": {"key": "us", "parts": ["body", "timestamp", "saml"]}},
        },
    }  # fmt: skip
    service = {"wsdl": str(folder / "bank.wsdl"), "path": "/bank", "upstream": {"url": bank.address}}
    config = keys.keyring("server", "client") + json.dumps({"plugins": plugins})[1:-1] + "\n"
    config += "services: " + json.dumps({"bank": service}) + "\n"
    with in_thread(lambda: gateway_of(config)) as gateway:
        yield Bench(gateway.addresses["data"], keys, bank)
    bank.close()


def test_the_service_sees_the_caller(bench: Bench) -> None:
    status, text = bench.post(bench.message(name="anna"))
    assert (status, "paid 77" in text) == (200, True), text
    root = etree.fromstring(bench.bank.seen[-1])
    keys = bench.keys.certificates
    plan = Inbound(
        trust=Trust(peers=(keys["server"],)), saml=Rules({saml.ISSUER: (keys["client"],)}, (saml.AUDIENCE,)),
        signed=("body", "timestamp", "saml"), demands=("saml", "signature"),
    )  # fmt: skip
    proof = prove(root, plan, time.time())
    assert proof.assertion is not None
    assert (proof.assertion.identity, proof.signed) == ("anna", ("body", "timestamp", "saml"))


@pytest.mark.parametrize(
    "how",
    [
        {"issuer": "https://evil.example"},
        {"audience": "urn:other"},
        {"ends": -100, "begins": -500},
        {"confirmed": saml.confirmation("sender-vouches")},
        {"confirmed": saml.confirmation("holder-of-key", "<x/>")},
    ],
)
def test_what_does_not_hold_is_refused_alike(bench: Bench, how: Any) -> None:
    before = len(bench.bank.seen)
    for body in (bench.message(**how), bench.message().replace(b"anna<", b"admin<"), ENVELOPE.encode()):
        status, text = bench.post(body)
        assert (status, "security-processing-failed" in text) == (500, True), text
        assert "evil" not in text
    assert len(bench.bank.seen) == before


def test_one_use_is_one(bench: Bench) -> None:
    message = bench.message(one_time=True)
    assert bench.post(message)[0] == 200
    before = len(bench.bank.seen)
    assert "replayed-call" in bench.post(message)[1]
    assert len(bench.bank.seen) == before


def test_a_json_caller_has_no_assertion_and_is_not_sent_on(bench: Bench) -> None:
    before = len(bench.bank.seen)
    status, text = bench.post('{"amount": 1, "to": "Ann"}', "/bank/Pay", "application/json")
    assert (status, json.loads(text)["type"], json.loads(text)["outcome"]) == (401, "/problems/unauthenticated", "not-sent")
    assert len(bench.bank.seen) == before
