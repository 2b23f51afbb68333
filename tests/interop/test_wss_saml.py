"""SAML 2.0 tokens of Apache WSS4J 1.6 with OpenSAML 2: ours proves its, its proves ours; tampering is refused by both."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from lxml import etree

from gateway.plugins.api import Refusal
from gateway.plugins.encryption.wssecurity_process import Inbound, Outbound, prove, secure
from gateway.plugins.encryption.wssecurity_saml import Rules
from gateway.plugins.encryption.wssecurity_sign import Signer
from gateway.plugins.encryption.wssecurity_tokens import Trust
from tests.interop.conftest import lacking
from tests.interop.stages import JVM, Lacking, built, class_path, need, run
from tests.plugins.encryption import saml_samples as saml
from tests.plugins.encryption import wss_samples as samples

pytestmark = pytest.mark.interop
HERE = Path(__file__).parent
PASSWORD = "changeit"


START = time.time() - 86400
KEYS = {"alice": samples.ALICE_KEY, "eve": samples.EVE_KEY}
CERTIFICATES = {name: samples.certificate(key, name, start=START) for name, key in KEYS.items()}
RULES = Rules({saml.ISSUER: (CERTIFICATES["alice"],)}, (saml.AUDIENCE,))
Wss4j = Callable[..., tuple[int, bytes]]


@pytest.fixture(scope="module")
def wss4j(tmp_path_factory: pytest.TempPathFactory) -> Wss4j:
    """`run(work, envelope)`: (exit code, stdout)."""
    folder = tmp_path_factory.mktemp("saml")
    source = HERE / "wss_saml" / "Saml.java"
    try:
        need("keytool", package="default-jdk-headless")
        jars = class_path("wss_saml")
        classes = built("wss_saml", [source, jars], lambda to: _compiled(jars, source, to))
    except Lacking as words:
        lacking(str(words))
    store = folder / "both.p12"
    for name, key in KEYS.items():
        single = folder / f"{name}.p12"
        protection = BestAvailableEncryption(PASSWORD.encode())
        single.write_bytes(serialize_key_and_certificates(name.encode(), key, CERTIFICATES[name], None, protection))
        run("keytool", "-importkeystore", "-noprompt", "-srckeystore", single, "-srcstorepass", PASSWORD,
            "-destkeystore", store, "-deststoretype", "PKCS12", "-deststorepass", PASSWORD)  # fmt: skip

    def work(name: str, envelope: bytes) -> tuple[int, bytes]:
        command = ["java", *JVM, "-cp", f"{classes}:{jars}", "Saml", name, store, PASSWORD]
        done = subprocess.run(list(map(str, command)), input=envelope, capture_output=True, timeout=120, check=False)
        return done.returncode, done.stdout or done.stderr

    return work


def _compiled(jars: str, source: Path, to: Path) -> None:
    run("javac", "-nowarn", "-cp", jars, "-d", to, source)


def inbound(*signed: str) -> Inbound:
    trust = Trust(peers=(CERTIFICATES["alice"],))
    return Inbound(trust=trust, saml=RULES, demands=("saml", "timestamp"), signed=signed or ("body", "timestamp"))


@pytest.mark.parametrize(
    ("work", "method", "signed"),
    [
        ("bearer", "bearer", ()),
        ("holder", "holder-of-key", ("body", "timestamp", "saml")),
        ("holder-direct", "holder-of-key", ("body", "timestamp", "saml")),
        ("holder-value", "holder-of-key", ("body", "timestamp")),
    ],
)
def test_we_prove_what_it_made(wss4j: Wss4j, work: str, method: str, signed: tuple[str, ...]) -> None:
    code, made = wss4j(work, samples.ENVELOPE.encode())
    assert code == 0, made
    root = samples.envelope(made)
    proof = prove(root, inbound(*signed), time.time())
    assert (proof.method, proof.signed) == (method, signed)
    assert proof.assertion is not None
    assert (proof.assertion.identity, dict(proof.assertion.attributes)) == ("anna", {"mail": ("anna@example",)})
    assert root.findtext(".//{urn:bank}to") == "Ann & Bob åäö"
    for path in ("//{*}NameID", "//{urn:bank}amount", "//{*}Audience", "//{*}AttributeValue"):
        root = samples.envelope(made)
        root.find(f".{path}").text = "evil"
        if path.endswith("amount") and not signed:
            continue  # nothing of a bearer's that covers it
        with pytest.raises(Refusal):
            prove(root, inbound(*signed), time.time())


@pytest.mark.parametrize("bound", [False, True])
def test_it_proves_what_we_pass_on(wss4j: Wss4j, bound: bool) -> None:
    _, made = wss4j("bearer", samples.ENVELOPE.encode())
    passed = prove(samples.envelope(made), inbound(), time.time()).assertion
    assert passed is not None
    parts = ("body", "timestamp", "saml") if bound else ("body", "timestamp")
    root = samples.envelope()
    secure(root, Outbound(assertion=passed.raw, signer=Signer(samples.ALICE_KEY, CERTIFICATES["alice"]), signed=parts), time.time())  # fmt: skip
    code, told = wss4j("verify", etree.tostring(root))
    assert (code, told.decode().strip()) == (0, f"saml {saml.ISSUER} anna; sign {len(parts)}"), told
    root.find(".//{*}NameID").text = "admin"
    assert wss4j("verify", etree.tostring(root))[0] != 0
