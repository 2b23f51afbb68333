"""Apache CXF (current WSS4J) as service and as client, each by the WS-SecurityPolicy of its WSDL; tampering is refused."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import lacking
from tests.interop.secured import (
    ENCRYPTED,
    PARTS,
    PASSWORD,
    SIGNED,
    USERNAME,
    Between,
    Keyfiles,
    Plain,
    asymmetric,
    contract,
    protecting,
    symmetric,
    tampered,
    within,
    x509_token,
)
from tests.interop.stages import JVM, Lacking, built, class_path, need, run
from tests.wire.conftest import gateway_of, in_thread

pytestmark = pytest.mark.interop
HERE = Path(__file__).parent / "wss_cxf"

POLICIES = {
    "username": within("SupportingTokens", USERNAME),
    "sign": asymmetric() + SIGNED,
    "encrypt": asymmetric() + ENCRYPTED,
    "both": asymmetric() + SIGNED + ENCRYPTED,
    "turned": asymmetric("<sp:EncryptBeforeSigning/>") + SIGNED + ENCRYPTED,
    "named": asymmetric() + SIGNED + ENCRYPTED + within("SignedEncryptedSupportingTokens", USERNAME),
    "hidden": asymmetric("<sp:EncryptSignature/>") + SIGNED + ENCRYPTED,
    "confirmed": asymmetric() + within("Wss11", "<sp:RequireSignatureConfirmation/>") + SIGNED,
    "symmetric": symmetric() + within("Wss11") + SIGNED + ENCRYPTED,
    "symmetric-turned": symmetric("<sp:EncryptBeforeSigning/>") + within("Wss11") + SIGNED + ENCRYPTED,
    "symmetric-signed": symmetric() + within("Wss11") + SIGNED,
    "endorsed": symmetric() + within("Wss11") + within("EndorsingSupportingTokens", x509_token("AlwaysToRecipient")) + SIGNED + ENCRYPTED,
    "endorsed-asymmetric": asymmetric() + within("EndorsingSupportingTokens", x509_token("AlwaysToRecipient")) + SIGNED,
}
TAMPERED = ("username", "both", "turned", "symmetric", "confirmed", "endorsed")  # between them all that can be protected
SEND: dict[str, Any] = {
    "username": {"username": {"name": "anna", "password": "pass word"}},
    "sign": {"sign": {"key": "us"}},
    "encrypt": {"sign": {"key": "us"}, "encrypt": {"certificate": "them"}},
}
SEND["both"] = SEND["turned"] = SEND["hidden"] = SEND["encrypt"]
SEND["confirmed"] = SEND["sign"]
SEND["symmetric"] = SEND["symmetric-turned"] = SEND["symmetric-signed"] = {"symmetric": {"certificate": "them"}}
SEND["named"] = SEND["username"] | SEND["encrypt"]
SEND["endorsed"] = {"symmetric": {"certificate": "them"}, "endorse": {"key": "us"}}
SEND["endorsed-asymmetric"] = SEND["sign"] | {"endorse": {"key": "us"}}


class Stack:
    """CXF, started once: its services, and its client by lines."""

    def __init__(self, folder: Path, keys: Keyfiles) -> None:
        self.folder, self.keys = folder, keys
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.wsdls = folder / "wsdl"
        self.wsdls.mkdir()
        for name, policy in POLICIES.items():
            (self.wsdls / f"{name}.wsdl").write_text(contract(policy))
        jars = class_path("wss_cxf")
        source = HERE / "Cxf.java"
        classes = built("wss_cxf", [source, jars], lambda to: _compiled(jars, source, to))
        for name in ("client", "server"):
            run("keytool", "-importkeystore", "-noprompt", "-srckeystore", keys.folder / f"{name}.p12", "-srcstorepass",
                 PASSWORD, "-destkeystore", keys.store, "-deststoretype", "PKCS12", "-deststorepass", PASSWORD)  # fmt: skip
        self.java = subprocess.Popen(
            ["java", *JVM, "-cp", f"{classes}:{jars}", "Cxf", self.wsdls, str(self.port), keys.store],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=(folder / "err").open("wb"), text=True,
        )  # fmt: skip
        assert self.java.stdout is not None
        assert self.java.stdout.readline() == "ready\n", (folder / "err").read_text()[-2000:]

    def call(self, name: str, address: str, amount: int) -> str:
        """What CXF's client says of a call by the policy of this name."""
        assert self.java.stdin is not None
        assert self.java.stdout is not None
        self.java.stdin.write(f"{name} {address} {amount}\n")
        self.java.stdin.flush()
        return self.java.stdout.readline().strip()


def _compiled(jars: str, source: Path, to: Path) -> None:
    run("javac", "-nowarn", "-cp", jars, "-d", to, source)


@pytest.fixture(scope="module")
def cxf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The stack; skipped or failed where it cannot be had."""
    folder = tmp_path_factory.mktemp("cxf")
    try:
        need("keytool", package="default-jdk-headless")
        stack = Stack(folder, Keyfiles(tmp_path_factory.mktemp("keys")))
    except Lacking as words:
        lacking(str(words))
    yield stack
    assert stack.java.stdin is not None
    stack.java.stdin.close()
    stack.java.wait(20)


@pytest.fixture
def between(cxf: Stack) -> Iterator[Between]:
    """A proxy before CXF's services."""
    proxy = Between(f"127.0.0.1:{cxf.port}")
    yield proxy
    proxy.close()


def _gateway(cxf: Stack, name: str, address: str) -> str:
    """A configuration before CXF's service: keys and users are ours, all else is in the policy."""
    plugin = {"send": SEND[name], "receive": {"trust": ["them"], "decrypt": ["us"]}, "failures_per_minute": 100}
    service = {"wsdl": str(cxf.wsdls / f"{name}.wsdl"), "path": "/bank", "upstream": {"url": address}}
    return cxf.keys.keyring("client", "server") + json.dumps({"plugins": {"wssecurity": plugin}})[1:-1] + "\n" + (
        "services: " + json.dumps({"bank": service}) + "\n"
    )  # fmt: skip


def _pay(gateway: Any, amount: int) -> tuple[int, Any]:
    request = urllib.request.Request(
        f"http://{gateway.addresses['data']}/bank/Pay",
        json.dumps({"amount": amount, "to": "Ann"}).encode(),
        {"content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.mark.parametrize("name", POLICIES)
def test_its_service_takes_our_calls_by_its_policy(cxf: Stack, between: Between, name: str) -> None:
    with in_thread(lambda: gateway_of(_gateway(cxf, name, f"{between.address}/{name}"))) as gateway:
        assert _pay(gateway, 4321) == (200, {"receipt": "paid 4321"}), between.seen
        request, reply = (body for _, body in between.seen)
        hidden = "EncryptedParts" in POLICIES[name]
        assert (b"4321" not in request) == hidden
        assert (b"paid" not in reply) == hidden
        refused = 0
        for part in PARTS if name in TAMPERED else ():
            for direction in ("request", "reply"):
                between.tamper = lambda way, body, d=direction, p=part: tampered(body, p) if way == d else body
                between.seen.clear()
                status, told = _pay(gateway, 4321)
                changed = any(tampered(body, part) != body for way, body in between.seen if way == direction)
                if not changed or (name == "username" and part not in ("Username", "Password", "Nonce")):
                    assert status == 200  # nothing that the policy protects
                    continue
                refused += 1
                assert status == 502, (part, direction, told)
                if direction == "reply":
                    assert told["type"].endswith("/upstream-protection")
                else:
                    assert b"Fault" in between.seen[1][1]
        assert refused >= (0 if name not in TAMPERED else 3 if name == "username" else 6)


THEIRS = {"trust": ["them"], "decrypt": ["us"], "users": {"anna": "pass word"}}
RECEIVE: dict[str, Any] = {
    "username": {"demand": ["username"]},
    "sign": {"demand": ["signature", "timestamp"]},
    "encrypt": {"demand": ["signature", "encryption"], "signed": ["timestamp"]},
    "both": {"demand": ["signature", "timestamp", "encryption"]},
    "turned": {"demand": ["signature", "timestamp", "encryption"]},
    "hidden": {"demand": ["signature", "timestamp", "encryption"]},
    "confirmed": {"demand": ["signature", "timestamp"]},
    "symmetric": {"demand": ["signature", "timestamp", "encryption"], "symmetric": True},
    "symmetric-turned": {"demand": ["signature", "timestamp", "encryption"], "symmetric": True},
    "symmetric-signed": {"demand": ["signature", "timestamp"], "symmetric": True},
    "endorsed": {"demand": ["signature", "endorsement", "timestamp", "encryption"], "symmetric": True},
    "endorsed-asymmetric": {"demand": ["signature", "endorsement", "timestamp"]},
}
SIGN, ENCRYPT = {"key": "us"}, {"certificate": "them"}
ANSWER: dict[str, Any] = {
    "username": {"timestamp": 0},
    "sign": {"sign": SIGN},
    "encrypt": {"sign": {**SIGN, "parts": ["timestamp"]}, "encrypt": ENCRYPT},
    "both": {"sign": SIGN, "encrypt": ENCRYPT},
    "turned": {"sign": SIGN, "encrypt": ENCRYPT, "order": "encrypt-sign"},
    "hidden": {"sign": SIGN, "encrypt": {**ENCRYPT, "parts": ["body", "signature"]}},
    "confirmed": {"sign": SIGN, "confirm": True},
    "symmetric": {"symmetric": {"certificate": "sender"}},
    "symmetric-turned": {"symmetric": {"certificate": "sender"}, "order": "encrypt-sign"},
    "symmetric-signed": {"symmetric": {"certificate": "sender", "parts": []}},
    "endorsed": {"symmetric": {"certificate": "sender"}},
    "endorsed-asymmetric": {"sign": SIGN},
}


@pytest.mark.parametrize("name", RECEIVE)  # with a user in the binding's policy CXF asks replies for a user, too
def test_its_client_is_served_by_its_policy(cxf: Stack, name: str) -> None:
    bank = Plain()
    plugin = {"receive": {**THEIRS, **RECEIVE[name]}, "send": {"timestamp": 300, **ANSWER[name]}}
    config = protecting(cxf.keys, plugin, cxf.wsdls / f"{name}.wsdl", bank.address).replace(
        '"edges"', '"policy": "ignore", "edges"'
    )
    config = config.replace('"path": "/bank"', '"path": "/bank", "dangerous_allow_clear_text": true')
    try:
        with in_thread(lambda: gateway_of(config)) as gateway:
            between = Between(gateway.addresses["data"])
            address = f"{between.address}/bank"
            assert re.search(r"^answer .*paid 77<", cxf.call(name, address, 77)), between.seen
            assert b"77" in bank.seen[0]
            assert (b"<amount>77" in between.seen[0][1]) == ("EncryptedParts" not in POLICIES[name])
            refused, asked = 0, len(bank.seen)
            for part in PARTS if name in TAMPERED else ():
                for direction in ("request", "reply"):
                    between.tamper = lambda way, body, d=direction, p=part: tampered(body, p) if way == d else body
                    between.seen.clear()
                    told = cxf.call(name, address, 77)
                    changed = any(tampered(body, part) != body for way, body in between.seen if way == direction)
                    if not changed or (name == "username" and part not in ("Username", "Password", "Nonce")):
                        asked = len(bank.seen)
                        continue
                    refused += 1
                    assert told.startswith("refused "), (part, direction, told)
                    assert direction == "reply" or len(bank.seen) == asked
                    asked = len(bank.seen)
            assert refused >= (0 if name not in TAMPERED else 3 if name == "username" else 6)
            between.close()
    finally:
        bank.close()
