"""MTOM with a signature: it is over the form with base64 in it, in both directions and at both edges (MTOM §3.1.4, WSS 1.1 §8)."""

from __future__ import annotations

import base64
import email
import email.policy
import hashlib
import http.client
import json
import re
import secrets
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from gateway.plugins.api import Refusal
from gateway.plugins.encryption.wssecurity_process import Outbound, prove, secure
from gateway.plugins.encryption.wssecurity_sign import Signer
from tests.interop.secured import Keyfiles
from tests.plugins.encryption import wss_samples as samples
from tests.wire.conftest import gateway_of, in_thread
from tests.wire.test_rows_schema import PUT, XOP, contract

INCLUDE = f"{{{XOP}}}Include"
DATA = secrets.token_bytes(3000)


def inlined(kind: str, body: bytes) -> Any:
    """The envelope of a package with its parts' base64 in it, by another reader of MIME than the gateway's."""
    head = f"Content-Type: {kind}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    parts = list(email.message_from_bytes(head + body, policy=email.policy.HTTP).iter_parts())
    by_id = {part["content-id"].strip("<>"): part.get_payload(decode=True) for part in parts}
    root = etree.fromstring(parts[0].get_payload(decode=True))
    for include in list(root.iter(INCLUDE)):
        owner = include.getparent()
        owner.remove(include)
        owner.text = base64.b64encode(by_id[include.get("href").removeprefix("cid:")]).decode()
    return root


def packaged(root: Any) -> tuple[str, bytes]:
    """The other way round: the base64 of `data` as a part."""
    data = root.find(".//{urn:r}data")
    raw, data.text = base64.b64decode(data.text), None
    etree.SubElement(data, INCLUDE, nsmap={"xop": XOP}).set("href", "cid:one@x")
    head = b'--b\r\nContent-Type: application/xop+xml; charset=utf-8; type="text/xml"\r\nContent-ID: <r@x>\r\n\r\n'
    part = b"\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <one@x>\r\n\r\n"
    return (
        'multipart/related; type="application/xop+xml"; start="<r@x>"; start-info="text/xml"; boundary=b',
        head + etree.tostring(root) + part + raw + b"\r\n--b--\r\n",
    )


class Signing:
    """A service that proves what it gets and signs what it answers, both with values as parts."""

    def __init__(self, keys: Keyfiles) -> None:
        self.seen: list[tuple[str, bytes]] = []
        self.tamper = lambda body: body
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                service.seen.append((self.headers["content-type"], body))
                root = etree.fromstring(PUT.replace(b"<done>yes</done>", b"<done>yes</done><more><data/></more>"))
                root.find(".//{urn:r}data").text = base64.b64encode(DATA).decode()
                secure(root, Outbound(signer=Signer(keys.keys["server"], keys.certificates["server"])), time.time())
                kind, answer = packaged(root)
                answer = service.tamper(answer)
                self.send_response(200)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Signing, Keyfiles]]:
    folder = tmp_path_factory.mktemp("packages")
    (folder / "rows.wsdl").write_text(contract())
    keys = Keyfiles(folder)
    service = Signing(keys)
    plugin = {"send": {"sign": {"key": "us"}}, "receive": {"trust": ["them"], "demand": ["signature"]}, "failures_per_minute": 100}
    one = {"wsdl": str(folder / "rows.wsdl"), "path": "/rows", "upstream": {"url": service.address, "mtom": 1024}}
    one["operations"] = {"Put": {"signature": "required"}}
    config = keys.keyring("client", "server") + json.dumps({"plugins": {"wssecurity": plugin}})[1:-1] + "\n"
    with in_thread(lambda: gateway_of(config + "services: " + json.dumps({"rows": one}) + "\n", Path.cwd())) as gateway:
        yield gateway.addresses["data"], service, keys
    service.server.shutdown()


def put(address: str) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(address, timeout=30)
    sent = json.dumps({"data": base64.b64encode(DATA).decode()})
    connection.request("POST", "/rows/Put", sent, {"content-type": "application/json"})
    reply = connection.getresponse()
    return reply.status, json.loads(reply.read())


def test_what_leaves_is_signed_as_it_stands_with_base64(bench: tuple[str, Signing, Keyfiles]) -> None:
    address, service, keys = bench
    status, told = put(address)
    assert (status, told["done"]) == (200, "yes"), told
    assert base64.b64encode(DATA).decode() in json.dumps(told)  # and the answer's part came whole
    kind, body = service.seen[-1]
    assert kind.startswith("multipart/related")
    assert DATA in body  # as bytes, once
    assert base64.b64encode(DATA) not in body
    plan = samples.inbound(trust=samples.Trust(peers=(keys.certificates["client"],)), demands=("signature",))
    assert prove(samples.again(inlined(kind, body)), plan, time.time()).signed == ("body", "timestamp")
    other = DATA[:-1] + bytes([DATA[-1] ^ 1])
    with pytest.raises(Refusal):
        prove(samples.again(inlined(kind, body.replace(DATA, other))), plan, time.time())


@pytest.mark.parametrize("what", ["a part's byte", "the reference", "the part left out"])
def test_an_answer_whose_part_was_changed_is_refused(bench: tuple[str, Signing, Keyfiles], what: str) -> None:
    address, service, _ = bench
    other = hashlib.sha256(DATA).digest() + DATA[32:]
    changes = {
        "a part's byte": lambda body: body.replace(DATA, other),
        "the reference": lambda body: body.replace(b"cid:one@x", b"cid:two@x"),
        "the part left out": lambda body: re.sub(rb"\r\n--b\r\nContent-Type: application/octet.*\r\n--b--", b"\r\n--b--", body, flags=re.DOTALL),
    }
    service.tamper = changes[what]
    try:
        status, told = put(address)
    finally:
        service.tamper = lambda body: body
    assert status == 502, told
    if what == "a part's byte":
        assert told["type"].endswith("/upstream-protection")
