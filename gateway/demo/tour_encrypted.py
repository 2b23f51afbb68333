"""The law of the encrypted tour: the calls that the portal wants encrypted, and what crossed the wire between.

The portal stands in this process, so that the tour can show the very bytes that came to it.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.demo import portal
from gateway.demo.portal_blob import BlobHalf, self_signed
from gateway.demo.portal_state import Rules, User, seeded
from gateway.demo.steps import Judge, Reply, Step, Steps, members

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Encrypted:
    """The portal that demands encryption, and the files that a gateway before it needs."""

    service: portal.Portal
    key: Path
    certificate: Path

    @property
    def env(self) -> dict[str, str]:
        """What config/netid-encrypted.yaml asks the environment for."""
        return {"NETID_KEY": str(self.key), "NETID_CERTIFICATE": str(self.certificate)}


@contextlib.contextmanager
def prepared() -> Iterator[Encrypted]:
    """New keys for one run, in a folder of their own that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="soapgw-demo-") as folder:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        own = self_signed("gateway.demo", key)
        half = BlobHalf()
        state = seeded(Rules(sessions="checked", counts="by-one"))
        state.users[21] = User(21, "Anna Lind", own)
        files = Encrypted(portal.Portal(state, cipher=half), Path(folder, "gateway.pem"), Path(folder, "portal.pem"))
        files.key.touch(mode=0o600)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        files.key.write_bytes(private + _pem(own))
        files.certificate.write_bytes(_pem(half.certificate))
        yield files


def _pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def crossed(service: portal.Portal) -> str:
    """The last request as the portal got it, in lines that fit a screen."""
    text = service.log[-1].decode("utf-8", "replace").replace("\n", "") if service.log else ""
    return "\n".join(f"   | {text[at : at + WIDTH]}" for at in range(0, len(text), WIDTH))


def sealed(service: portal.Portal, secret: str, judge: Judge) -> Judge:
    """A judge of the answer and of what crossed before it: a Blob, and the secret nowhere."""

    def both(reply: Reply) -> Iterable[str]:
        yield from judge(reply)
        got = service.log[-1] if service.log else b""
        if b"Blob>" not in got or secret.encode() in got:
            yield "the call crossed in clear"

    return both


def _call(verb: str, base: str, body: dict[str, str], **more: object) -> Step:
    headers = {"Content-Type": "application/json"}
    return Step(method="POST", url=f"{base}/api/{verb}", headers=headers, body=json.dumps(body), **more)  # type: ignore[arg-type]


def steps(data: str, service: portal.Portal) -> Steps:
    """ReleaseTask, encrypted between gateway and portal, for a client that knows nothing of it."""
    yield (
        "══ Encrypted calls: a portal that refuses them in clear (config/netid-encrypted.yaml)\n\n"
        "   The gateway logs in with its own key, numbers the calls and seals their parameters."
    )
    yield _call(
        "task/get", data, {"Id": "51001"}, status=200, title="Take a task: no SessionId, no Count",
        why="The sessionblob plug-in has a session at the portal and fills both in.",
        judge=members(Task__Id="51001", Task__Status__Name="Processing"),
    )  # fmt: skip
    yield _call(
        "task/release", data, {"Id": "51001"}, status=200, title="Release it: this call must be encrypted",
        judge=sealed(service, "51001", members(Task__ProcessorId="0", Task__Message__Code="NPR_TASK_RELEASED")),
    )  # fmt: skip
    yield f"   What the portal got. The Blob is IV, AES-256-CBC ciphertext and HMAC-SHA-256 tag:\n\n{crossed(service)}"
    yield _call(
        "object/get", data, {"Type": "ApplicationInfo"}, status=200,
        title="ApplicationInfo is the one object that is never encrypted",
        why="It stands on the plug-in's explicit list of what may go in clear; GetObject of anything else may not.",
        judge=members(ApplicationInfo__SecurityMode__HashAlgorithm="SHA256-HMAC"),
    )  # fmt: skip
