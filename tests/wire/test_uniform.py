"""Failures of protection are one to a client: same status, fields, body and time; the metrics tell them apart (E-02)."""

from __future__ import annotations

import base64
import datetime
import json
import math
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from gateway.plugins.api import Refusal
from gateway.plugins.encryption.wssecurity_encrypt import Encrypter
from gateway.plugins.encryption.wssecurity_process import Inbound, Outbound, prove, secure
from tests.wire.conftest import ROOT, gateway_of

ENVELOPE = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    b'<ReleaseTask xmlns="http://www.pointsharp.com/netid/server/portal"><Info><SessionId/><Id>1</Id><Count>1</Count>'
    b"</Info></ReleaseTask></s:Body></s:Envelope>"
)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _certificate() -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "us")])
    now = datetime.datetime.now(datetime.UTC)
    built = x509.CertificateBuilder(name, name, KEY.public_key(), 7).not_valid_before(now - datetime.timedelta(1))
    return built.not_valid_after(now + datetime.timedelta(90)).sign(KEY, hashes.SHA256())


CERTIFICATE = _certificate()


def _flip(path: str, at: int) -> Callable[[Any], None]:
    def change(root: Any) -> None:
        node = root.find(path)
        raw = bytearray(base64.b64decode(node.text))
        raw[at] ^= 1
        node.text = base64.b64encode(bytes(raw)).decode()

    return change


def _set(path: str, text: str) -> Callable[[Any], None]:
    return lambda root: setattr(root.find(path), "text", text)


WRAPPED, SEALED = ".//{*}EncryptedKey/{*}CipherData/{*}CipherValue", ".//{*}EncryptedData/{*}CipherData/{*}CipherValue"
MUTATIONS: dict[str, Callable[[Any], None]] = {
    "tag": _flip(SEALED, -1),
    "text": _flip(SEALED, 20),
    "iv": _flip(SEALED, 0),
    "key": _flip(WRAPPED, 40),
    "key, end": _flip(WRAPPED, -1),
    "short": _set(SEALED, "QUFB"),
    "short key": _set(WRAPPED, "QUFB"),
    "other algorithm": lambda root: root.find(".//{*}EncryptedData/{*}EncryptionMethod").set("Algorithm", "urn:x"),
    "other block": lambda root: root.find(".//{*}EncryptedData/{*}EncryptionMethod").set(
        "Algorithm", "http://www.w3.org/2009/xmlenc11#aes128-gcm"
    ),
    "no key": lambda root: root.find(".//{*}Security").remove(root.find(".//{*}EncryptedKey")),
}


TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"  # the caller's, so that answers have it in common


def made(name: str = "") -> Any:
    """A sealed envelope, changed by one mutation."""
    root = etree.fromstring(ENVELOPE)
    secure(root, Outbound(encrypter=Encrypter(CERTIFICATE), timestamp=0), time.time())
    root = etree.fromstring(etree.tostring(root))
    if name:
        MUTATIONS[name](root)
    return root


def configuration(folder: Path) -> str:
    pem = folder / "us.pem"
    private = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(private + CERTIFICATE.public_bytes(Encoding.PEM))
    pem.chmod(0o600)
    plugin = {"edges": ["client"], "receive": {"decrypt": ["us"], "demand": ["encryption"]}, "failures_per_minute": 50}
    service = {"wsdl": f"{ROOT}/schemas/netid/portal.wsdl", "path": "/portal", "upstream": {"url": "http://127.0.0.1:1/"}}
    return json.dumps(
        {"keyring": {"us": {"pem": str(pem)}}, "plugins": {"wssecurity": plugin}, "services": {"portal": service}}
    )


async def test_one_answer_for_every_failure_told_apart_in_the_metrics(tmp_path: Path) -> None:
    async with gateway_of(configuration(tmp_path)) as gateway, aiohttp.ClientSession() as client:
        address = f"http://{gateway.addresses['data']}/portal"

        async def ask(body: bytes) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
            headers = {"content-type": "text/xml; charset=utf-8", "soapaction": '""', "traceparent": TRACE}
            async with client.post(address, data=body, headers=headers) as reply:
                text = await reply.read()
                own = reply.headers.get("x-request-id", "")
                fields = tuple(sorted((n.lower(), v.replace(own, "ID")) for n, v in reply.headers.items() if n != "Date"))
                return reply.status, fields, text.replace(own.encode(), b"ID")

        answers = {name: await ask(etree.tostring(made(name))) for name in MUTATIONS}
        assert len(set(answers.values())) == 1, answers
        status, _, text = answers["tag"]
        assert status == 500  # a fault, by SOAP 1.1
        assert b"security-processing-failed" in text
        for _ in range(45):
            throttled = await ask(etree.tostring(made("tag")))
        assert throttled == answers["tag"]  # a peer is not told that it is looked at no more
        async with client.get(f"http://{gateway.addresses['admin']}/metrics") as reply:
            told = await reply.text()
    counted = {
        line.partition('event="')[2].partition('"')[0]: float(line.rpartition(" ")[2])
        for line in told.splitlines()
        if line.startswith("soapgw_plugin_events_total{")
    }
    assert (counted["refused"], counted["throttled"]) == (50, 5)


def _apart(one: list[float], two: list[float]) -> tuple[float, float]:
    """Mann-Whitney's two-sided p (normal approximation, no ties among times), and the gap of the medians in seconds."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in two])
    rank = sum(at for at, (_, of) in enumerate(ranked, start=1) if of == 0)
    n, m = len(one), len(two)
    u = rank - n * (n + 1) / 2
    z = (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(z) / math.sqrt(2)), abs(statistics.median(one) - statistics.median(two))


def _times(names: tuple[str, str], rounds: int) -> tuple[list[float], list[float]]:
    """CPU seconds of each class, taken in turns."""
    plan = Inbound(
        keys={CERTIFICATE.public_bytes(Encoding.DER): KEY}, certificates=(CERTIFICATE,), demands=("encryption",)
    )
    found: tuple[list[float], list[float]] = ([], [])
    now = time.time()
    trees = [made(name) for _ in range(rounds) for name in names]
    for at, root in enumerate(trees):
        begun = time.thread_time()
        with pytest.raises(Refusal):
            prove(root, plan, now)
        found[at % 2].append(time.thread_time() - begun)
    return found


@pytest.mark.parametrize("other", ["key", "key, end", "text"])
def test_time_tells_nothing(other: str) -> None:
    """A wrong key, a wrong text and a wrong tag cost the same work; a machine's noise gets three tries."""
    for _ in range(3):
        p, gap = _apart(*_times(("tag", other), 60))
        if p > 0.01 or gap < 0.0005:
            return
    pytest.fail(f"tag and {other} differ: p={p:.2g}, medians {gap * 1000:.3f} ms apart")


def test_the_measure_can_tell() -> None:
    """Work that differs by a millisecond is seen: the test above can fail."""
    p, gap = _apart([0.003 + 1e-6 * at for at in range(60)], [0.002 + 1e-6 * at for at in range(60)])
    assert p < 0.01
    assert gap > 0.0005
