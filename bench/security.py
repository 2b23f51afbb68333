"""The law of the security bench: what protection costs on a 1 KB message, beside xmlsec's, and what it does to the loop.

`python -m bench.security [--write FILE]`. Times are medians of rounds of one process on one core; the lag is that of a
running event loop while as many messages as threads allow are signed and encrypted off it.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from gateway.plugins.api import off_loop
from gateway.plugins.encryption.wssecurity_encrypt import Encrypter
from gateway.plugins.encryption.wssecurity_names import DS, OAEP_MGF1P
from gateway.plugins.encryption.wssecurity_process import Inbound, Outbound, prove, secure
from gateway.plugins.encryption.wssecurity_sign import Signer
from gateway.plugins.encryption.wssecurity_tokens import Trust

ROUNDS = 60
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
MESSAGE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/><s:Body>'
    '<b:Pay xmlns:b="urn:bank">' + "<b:item>0123456789</b:item>" * 33 + "</b:Pay></s:Body></s:Envelope>"
).encode()


def _certificate() -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "us")])
    now = datetime.datetime.now(datetime.UTC)
    built = x509.CertificateBuilder(name, name, KEY.public_key(), 7).not_valid_before(now - datetime.timedelta(1))
    return built.not_valid_after(now + datetime.timedelta(90)).sign(KEY, hashes.SHA256())


CERTIFICATE = _certificate()
OLD = Encrypter(CERTIFICATE, transport=OAEP_MGF1P, digest=f"{DS}sha1")
PLAN = Outbound(signer=Signer(KEY, CERTIFICATE), encrypter=OLD)
READER = Inbound(
    trust=Trust(peers=(CERTIFICATE,)),
    keys={CERTIFICATE.public_bytes(Encoding.DER): KEY},
    certificates=(CERTIFICATE,),
    demands=("signature", "encryption"),
)


def ours() -> bytes:
    """Parse, sign body and timestamp, encrypt the body, serialise."""
    root = etree.fromstring(MESSAGE)
    secure(root, PLAN, time.time())
    return etree.tostring(root)


def opened(sealed: bytes) -> None:
    """Parse, decrypt, verify."""
    prove(etree.fromstring(sealed), READER, time.time())


def xmlsecs() -> Callable[[], bytes] | None:
    """The same by xmlsec: RSA-SHA256 over the body, AES-256-GCM and RSA-OAEP; None without its wheel."""
    try:
        import xmlsec
    except ImportError:
        return None
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key = xmlsec.Key.from_memory(pem, xmlsec.KeyFormat.PEM)
    manager = xmlsec.KeysManager()
    manager.add_key(key)

    def work() -> bytes:
        root = etree.fromstring(MESSAGE)
        body = root[1]
        body.set("Id", "b")
        signature = xmlsec.template.create(root, xmlsec.Transform.EXCL_C14N, xmlsec.Transform.RSA_SHA256)
        root[0].append(signature)
        reference = xmlsec.template.add_reference(signature, xmlsec.Transform.SHA256, uri="#b")
        xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
        context = xmlsec.SignatureContext()
        context.key = key
        context.register_id(body, "Id")
        context.sign(signature)
        data = xmlsec.template.encrypted_data_create(root, xmlsec.Transform.AES256_GCM, type=xmlsec.EncryptionType.CONTENT, ns="xenc")
        xmlsec.template.encrypted_data_ensure_cipher_value(data)
        info = xmlsec.template.encrypted_data_ensure_key_info(data, ns="ds")
        wrapped = xmlsec.template.add_encrypted_key(info, xmlsec.Transform.RSA_OAEP)
        xmlsec.template.encrypted_data_ensure_cipher_value(wrapped)
        sealer = xmlsec.EncryptionContext(manager)
        sealer.key = xmlsec.Key.generate(xmlsec.KeyData.AES, 256, xmlsec.KeyDataType.SESSION)
        sealer.encrypt_xml(data, body)
        return etree.tostring(root)

    return work


def median(work: Callable[[], Any]) -> float:
    """Milliseconds of CPU."""
    work()
    found = []
    for _ in range(ROUNDS):
        begun = time.thread_time()
        work()
        found.append((time.thread_time() - begun) * 1000)
    return statistics.median(found)


async def lag(seconds: float = 3.0, callers: int = 32) -> tuple[float, float, int]:
    """(median, largest lag in ms, messages) of a loop whose callers seal one message after another, off it."""
    end = time.monotonic() + seconds
    done = 0

    async def caller() -> None:
        nonlocal done
        while time.monotonic() < end:
            await off_loop(ours)
            done += 1

    async def watch() -> list[float]:
        seen = []
        while time.monotonic() < end:
            asked = time.monotonic()
            await asyncio.sleep(0.005)
            seen.append((time.monotonic() - asked - 0.005) * 1000)
        return seen

    work = [asyncio.create_task(caller()) for _ in range(callers)]
    seen = await watch()
    await asyncio.gather(*work)
    return statistics.median(seen), sorted(seen)[int(len(seen) * 0.99)], done


def drawn() -> str:
    """The page."""
    seal, sealed, other = median(ours), ours(), xmlsecs()
    read = median(lambda: opened(sealed))
    theirs = median(other) if other is not None else None
    middle, most, done = asyncio.run(lag())
    rows = [
        "# The cost of protection", "",
        "Drawn by `python -m bench.security --write docs/bench-security.md` "
        f"({datetime.datetime.now(datetime.UTC).date()}): a SOAP message of {len(MESSAGE)} bytes, RSA 2048, RSA-SHA256 over "
        "body (and Timestamp), AES-256-GCM under RSA-OAEP; CPU milliseconds, medians.", "",
        "| work | ms | to xmlsec's |", "|---|---|---|",
        f"| sign and encrypt | {seal:.2f} | {seal / theirs:.2f} |" if theirs else f"| sign and encrypt | {seal:.2f} | |",
        f"| decrypt and verify | {read:.2f} | |",
        *([f"| xmlsec: sign and encrypt | {theirs:.2f} | 1.00 |"] if theirs else []), "",
        f"The event loop at full load, 32 callers that seal one message after another ({done} in three seconds): it is late by "
        f"{middle:.1f} ms in the middle, {most:.1f} ms in 99 of 100 cases;",
        "RSA is done in two threads of its own. With other work on the same cores the figures are those of the machine, too.", "",
    ]  # fmt: skip
    return "\n".join(rows)


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(prog="bench.security")
    parser.add_argument("--write", type=Path)
    chosen = parser.parse_args()
    page = drawn()
    if chosen.write:
        chosen.write.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
