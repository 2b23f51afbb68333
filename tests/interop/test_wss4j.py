"""Apache WSS4J (Debian's) verifies and opens ours, and ours verifies and opens its; tampering is refused by both."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from lxml import etree

from gateway.plugins.api import Refusal
from gateway.plugins.encryption.wssecurity_encrypt import Encrypter
from gateway.plugins.encryption.wssecurity_names import DS, OAEP_MGF1P, XENC11
from gateway.plugins.encryption.wssecurity_process import Inbound, Outbound, prove, secure
from gateway.plugins.encryption.wssecurity_sign import Signer
from gateway.plugins.encryption.wssecurity_tokens import Trust
from tests.plugins.encryption import wss_samples as samples

pytestmark = pytest.mark.interop

HERE = Path(__file__).parent
JARS = [
    Path("/usr/share/java", f"{name}.jar")
    for name in (
        "wss4j",
        "xmlsec",
        "commons-logging",
        "slf4j-api",
        "slf4j-nop",
        "commons-codec",
        "woodstox-core",
        "stax2-api",
    )
]
WANTED = "wss4j needs Debian's libwss4j-java and a JDK"

START = time.time() - 86400
ALICE = samples.certificate(samples.ALICE_KEY, "alice", start=START)
BOB = samples.certificate(samples.BOB_KEY, "bob", start=START)
PASSWORD = "changeit"


@pytest.fixture(scope="module")
def wss4j(tmp_path_factory):
    """`run(work, envelope, *more)`: (exit code, stdout)."""
    if not (shutil.which("javac") and all(jar.exists() for jar in JARS)):
        if os.environ.get("SOAPGW_INTEROP_REQUIRED"):
            pytest.fail(WANTED)
        pytest.skip(WANTED)
    folder = tmp_path_factory.mktemp("wss4j")
    path = ":".join(map(str, [folder, *JARS]))
    subprocess.run(["javac", "-nowarn", "-cp", path, "-d", folder, HERE / "wss4j" / "Wss4j.java"], check=True)
    store = folder / "both.p12"
    for name, key, certificate in (("alice", samples.ALICE_KEY, ALICE), ("bob", samples.BOB_KEY, BOB)):
        single = folder / f"{name}.p12"
        protection = BestAvailableEncryption(PASSWORD.encode())
        single.write_bytes(serialize_key_and_certificates(name.encode(), key, certificate, None, protection))
        subprocess.run(
            ["keytool", "-importkeystore", "-noprompt", "-srckeystore", single, "-srcstoretype", "PKCS12",
             "-srcstorepass", PASSWORD, "-destkeystore", store, "-deststoretype", "PKCS12", "-deststorepass", PASSWORD],
            check=True, capture_output=True,
        )  # fmt: skip

    def run(work, envelope, *more):
        command = ["java", "-cp", path, "Wss4j", work, store, PASSWORD, *more]
        done = subprocess.run(command, input=envelope, capture_output=True, timeout=120, check=False)
        return done.returncode, done.stdout

    return run


def inbound():
    return Inbound(
        trust=Trust(peers=(ALICE,)),
        keys={samples.der(BOB): samples.BOB_KEY},
        certificates=(BOB,),
        users={"anna": "pass word"},
    )


@pytest.mark.parametrize(
    ("work", "more", "signed", "encrypted", "user"),
    [
        ("sign", ("token",), ("body", "timestamp"), (), ""),
        ("sign", ("issuer-serial",), ("body", "timestamp"), (), ""),
        ("sign", ("key-identifier",), ("body", "timestamp"), (), ""),
        ("sign", ("thumbprint",), ("body", "timestamp"), (), ""),
        ("encrypt", (), (), ("body",), ""),
        ("sign-encrypt", (), ("body", "timestamp"), ("body",), ""),
        ("username", (), (), (), "anna"),
    ],
)
def test_we_take_what_it_made(wss4j, work, more, signed, encrypted, user):
    code, made = wss4j(work, samples.ENVELOPE.encode(), *more)
    assert code == 0
    root = samples.envelope(made)
    proof = prove(root, inbound(), time.time())
    assert (proof.signed, proof.encrypted, proof.username) == (signed, encrypted, user)
    assert root.findtext(".//{urn:bank}amount") == "1000"
    assert root.findtext(".//{urn:bank}to") == "Ann & Bob åäö"
    if signed or encrypted:
        root = samples.envelope(made)
        spot = root.find("{*}Body").find(".//{*}CipherValue") if encrypted else root.find(".//{urn:bank}amount")
        spot.text = "A" + spot.text[1:] if spot.text[0] != "A" else "B" + spot.text[1:]
        with pytest.raises(Refusal):
            prove(root, inbound(), time.time())


OLD = {"block": f"{XENC11}aes256-gcm", "transport": OAEP_MGF1P, "digest": f"{DS}sha1"}  # what 1.6 knows
SIGNED = {name: Outbound(signer=Signer(samples.ALICE_KEY, ALICE, name)) for name in ("token", "issuer-serial", "key-identifier", "thumbprint")}  # fmt: skip


@pytest.mark.parametrize(
    ("plan", "found"),
    [
        *((plan, "sign timestamp") for plan in SIGNED.values()),
        (Outbound(encrypter=Encrypter(BOB, "issuer-serial", **OLD)), "encrypt timestamp"),
        (Outbound(signer=Signer(samples.ALICE_KEY, ALICE), encrypter=Encrypter(BOB, **OLD)), "sign encrypt timestamp"),
        (
            Outbound(signer=Signer(samples.ALICE_KEY, ALICE), encrypter=Encrypter(BOB, **OLD), order="encrypt-sign"),
            "encrypt sign timestamp",
        ),
        (Outbound(username=("anna", "pass word")), "username timestamp"),
    ],
    ids=[*SIGNED, "encrypt", "sign-encrypt", "encrypt-sign", "username"],
)
def test_it_takes_what_we_made(wss4j, plan, found):
    root = samples.envelope()
    secure(root, plan, time.time())
    code, told = wss4j("verify", etree.tostring(root))
    assert code == 0
    actions, text = told.decode().splitlines()[:2]
    assert actions == found
    assert text == "1000Ann & Bob åäö"
    spot = root.find(".//{*}CipherValue") if plan.encrypter else root.find(".//{urn:bank}amount")
    spot.text = "AAAA" + spot.text[4:] if len(spot.text) > 4 else "9"
    if plan.signer or plan.encrypter:
        assert wss4j("verify", etree.tostring(root))[0] != 0


def test_it_refuses_a_wrong_password(wss4j):
    root = samples.envelope()
    secure(root, Outbound(username=("anna", "wrong")), time.time())
    assert wss4j("verify", etree.tostring(root))[0] != 0
