"""Apache CXF (current WSS4J) as service and as client, each by the WS-SecurityPolicy of its WSDL; tampering is refused."""

from __future__ import annotations

import json
import shutil
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
    asymmetric,
    contract,
    tampered,
    within,
)
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
}
SEND: dict[str, Any] = {
    "username": {"username": {"name": "anna", "password": "pass word"}},
    "sign": {"sign": {"key": "us"}},
    "encrypt": {"sign": {"key": "us"}, "encrypt": {"certificate": "them"}},
}
SEND["both"] = SEND["turned"] = SEND["hidden"] = SEND["encrypt"]
SEND["confirmed"] = SEND["sign"]
SEND["named"] = SEND["username"] | SEND["encrypt"]


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
        path = f"{folder}:{folder}/lib/*"
        _run("mvn", "-q", "-B", "-f", HERE / "pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={folder}/lib")
        _run("javac", "-nowarn", "-cp", path, "-d", folder, HERE / "Cxf.java")
        for name in ("client", "server"):
            _run("keytool", "-importkeystore", "-noprompt", "-srckeystore", keys.folder / f"{name}.p12", "-srcstorepass",
                 PASSWORD, "-destkeystore", keys.store, "-deststoretype", "PKCS12", "-deststorepass", PASSWORD)  # fmt: skip
        self.java = subprocess.Popen(
            ["java", "-Xshare:auto", "-cp", path, "Cxf", self.wsdls, str(self.port), keys.store],
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


def _run(*command: Any) -> None:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        lacking(f"Apache CXF needs Debian's maven and a JDK, and Maven Central: {(done.stdout + done.stderr)[-800:]}")


@pytest.fixture(scope="module")
def cxf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The stack; skipped or failed where it cannot be had."""
    for tool in ("mvn", "javac", "keytool"):
        if shutil.which(tool) is None:
            lacking(f"Apache CXF needs {tool} (Debian: maven, default-jdk-headless)")
    folder = tmp_path_factory.mktemp("cxf")
    stack = Stack(folder, Keyfiles(tmp_path_factory.mktemp("keys")))
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
        hidden = "encrypt" in SEND[name]
        assert (b"4321" not in request) == hidden
        assert (b"paid" not in reply) == hidden
        refused = 0
        for part in PARTS:
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
        assert refused >= (3 if name == "username" else 6)
