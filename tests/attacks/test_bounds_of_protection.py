"""The rows D, E and W at their bounds: what is just allowed is read, one more is refused, and a refusal costs nothing."""

from __future__ import annotations

import ast
import base64
import json
import os
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree

from gateway.core.problem import Kind
from gateway.plugins.api import Refusal
from gateway.plugins.encryption import jose_tokens as tokens
from gateway.plugins.encryption import uses
from gateway.plugins.encryption.wssecurity_names import DS, EXC_C14N, WSU, XENC
from gateway.plugins.encryption.wssecurity_process import prove, secure
from gateway.plugins.encryption.wssecurity_sign import Signer
from gateway.plugins.encryption.wssecurity_tokens import Trust
from gateway.plugins.keys import Key
from tests.house.tree import PACKAGE
from tests.plugins.encryption import wss_samples as samples

NOW = samples.NOW
BLOCK = "{urn:bank}b"
CHEAP = 0.005 * 3  # seconds of CPU of row D-05, with the tolerance of shared machines


def sealed(plan: Any, blocks: int = 0) -> Any:
    """A protected envelope with so many header blocks more, as it arrives."""
    root = samples.envelope(samples.ENVELOPE.replace("xmlns:b=", f'xmlns:wsu="{WSU}" xmlns:b='))
    for number in range(blocks):
        etree.SubElement(root[0], f"{BLOCK}{number}").text = "x"
    secure(root, plan, NOW)
    return samples.again(root)


def said(root: Any, **plan: Any) -> str:
    """'' when it is proven, else the cause."""
    try:
        prove(root, samples.inbound(**plan), NOW)
    except Refusal as refusal:
        return refusal.cause
    return ""


@pytest.mark.parametrize(("blocks", "refused"), [(8, False), (9, True), (498, True)])
def test_d05_references(blocks: int, refused: bool) -> None:
    """Body, Timestamp and eight more are ten; the eleventh is one too many, before anything is computed."""
    names = ("body", "timestamp", *(f"{BLOCK}{number}" for number in range(blocks)))
    root = sealed(samples.signing(signed=names), blocks)
    began = time.process_time()
    assert said(root) == ("a signature has no reference, or too many" if refused else "")
    assert not refused or time.process_time() - began <= CHEAP + 0.0002 * blocks  # the ids of the document are read before


@pytest.mark.parametrize(("transforms", "refused"), [(1, False), (2, True), (3, True)])
def test_d05_transforms(transforms: int, refused: bool) -> None:
    root = sealed(samples.signing())
    first = root.find(f".//{{{DS}}}Transform")
    for _ in range(transforms - 1):
        first.addnext(etree.Element(f"{{{DS}}}Transform", Algorithm=EXC_C14N))
    assert bool(said(root)) == refused


def long_key_info(root: Any) -> None:
    etree.SubElement(root.find(f".//{{{DS}}}KeyInfo"), f"{{{DS}}}KeyName").text = "k" * 1_000_000


def many_in_key_info(root: Any) -> None:
    info = root.find(f".//{{{DS}}}KeyInfo")
    for _ in range(5000):
        etree.SubElement(info, f"{{{DS}}}KeyName").text = "k"


def retrieval(root: Any) -> None:
    info = root.find(f".//{{{DS}}}KeyInfo")
    info.set("Id", "loop")
    etree.SubElement(info, f"{{{DS}}}RetrievalMethod", URI="#loop")


def signed_infos(root: Any) -> None:
    info = root.find(f".//{{{DS}}}SignedInfo")
    for _ in range(2):
        info.addnext(etree.fromstring(etree.tostring(info)))


@pytest.mark.parametrize("attack", [long_key_info, many_in_key_info, retrieval, signed_infos])
def test_d05_costs_nothing(attack: Callable[[Any], None]) -> None:
    root = sealed(samples.signing())
    attack(root)
    spent = []
    for _ in range(3):
        began = time.process_time()
        assert said(root)
        spent.append(time.process_time() - began)
    assert min(spent) <= CHEAP


@pytest.mark.parametrize(("size", "refused"), [(2047, True), (2048, False)])
def test_d07_rsa(size: int, refused: bool) -> None:
    key = samples.rsa_key(size)
    certificate = samples.certificate(key, "sender")
    root = sealed(samples.signing(signer=Signer(key, certificate)))
    assert bool(said(root, trust=Trust(peers=(certificate,)))) == refused


@pytest.mark.parametrize(
    ("curve", "refused"), [(ec.SECP192R1(), True), (ec.SECP224R1(), True), (ec.SECP256R1(), False), (ec.SECP521R1(), False)]
)
def test_d07_curves(curve: ec.EllipticCurve, refused: bool) -> None:
    key = ec.generate_private_key(curve)
    certificate = samples.certificate(key, "sender")
    root = sealed(samples.signing(signer=Signer(key, certificate)))
    assert bool(said(root, trust=Trust(peers=(certificate,)))) == refused


@pytest.mark.parametrize(
    ("later", "kind"), [(300.0, None), (300.001, Kind.STALE_MESSAGE), (-60.0, None), (-60.001, Kind.STALE_MESSAGE)]
)
def test_d11_ages(later: float, kind: Kind | None) -> None:
    root = sealed(samples.signing(timestamp=1000.0))
    if kind is None:
        assert prove(root, samples.inbound(), NOW + later).signed
        return
    with pytest.raises(Refusal) as caught:
        prove(root, samples.inbound(), NOW + later)
    assert caught.value.kind is kind


@pytest.mark.parametrize(("blocks", "refused"), [(19, False), (20, True)])
def test_e05_references(blocks: int, refused: bool) -> None:
    """The body's content and nineteen header blocks are twenty."""
    names = ("body", *(f"{BLOCK}{number}" for number in range(blocks)))
    root = sealed(samples.outbound(signer=None, encrypted=names), blocks)
    began = time.process_time()
    assert said(root) == ("a list of references is empty, or too long" if refused else "")
    assert time.process_time() - began <= 0.05 * 3


def test_e05_what_a_ciphertext_becomes_is_bounded() -> None:
    """A plaintext of more than a message may have, of another signature, of a key in a key: at once, and one refusal."""
    root = sealed(samples.outbound(signer=None))
    data = root.find(f".//{{{XENC}}}EncryptedData")
    for name in ("CipherReference", "EncryptedKey"):
        changed = samples.again(root)
        inside = changed.find(f".//{{{XENC}}}EncryptedData")
        etree.SubElement(inside, f"{{{XENC}}}{name}", URI="file:///etc/hostname")
        assert said(changed)
    for _ in range(9):  # a chain of keys, each for the next
        key = root.find(f".//{{{XENC}}}EncryptedKey")
        key.addnext(etree.fromstring(etree.tostring(key)))
    began = time.process_time()
    assert said(root)
    assert time.process_time() - began <= 0.05 * 3
    assert data is not None


@pytest.mark.slow
def test_e02_a_thousand_mutations_are_one_refusal() -> None:
    """Ciphertext, tag, IV and wrapped key, a bit, a byte, a length or two blocks of them: one word for all."""
    raw = etree.tostring(sealed(samples.outbound(signer=None)))
    chance = random.Random(7)
    words = set()
    for number in range(1000):
        root = samples.envelope(raw)
        node = list(root.iter(f"{{{XENC}}}CipherValue"))[number % 2]
        value = bytearray(samples.b64(node.text))
        at = chance.randrange(len(value))
        how = chance.randrange(4)
        if how == 0:
            value[at] ^= 1 << chance.randrange(8)
        elif how == 1:
            del value[at:]
        elif how == 2:
            value += os.urandom(1 + at % 16)
        else:
            block = value[:16]
            value[:16], value[16:32] = value[16:32], block
        node.text = samples.encoded(bytes(value))
        words.add(said(root))
    assert words == {"encrypted data could not be opened"}


# -- W


def header(length: int) -> str:
    """An encoded JWE header of exactly so many characters."""
    for pad in range(4000):
        text = json.dumps({"alg": "dir", "enc": "A256GCM", "kid": "k" * pad})
        encoded = base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
        if len(encoded) == length:
            return encoded
    raise AssertionError(length)


@pytest.mark.parametrize("length", [4096, 4098])
def test_w01_a_header_at_its_bound(length: int) -> None:
    """4,096 characters are read (the token is then wrong in itself), more are not."""
    assert tokens.HEADER_LIMIT == 4096
    key = Key("oct", symmetric=b"k" * 32)
    with pytest.raises(Refusal) as caught:
        tokens.decrypt(
            f"{header(length)}..AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA", [key], algorithms=["dir", "A256GCM"], limit=100
        )
    assert (caught.value.cause == "the header is too long") == (length > 4096), caught.value.cause


def test_w10_a_key_ends_at_its_bound() -> None:
    counted = uses.Uses()
    assert counted.another(b"k" * 32)
    (name,) = counted._counts
    counted._counts[name] = uses.LIMIT - 1
    assert [counted.another(b"k" * 32) for _ in range(2)] == [True, False]


def test_w10_nonces_come_from_the_system_and_never_from_a_seed() -> None:
    """Nothing that can be seeded or copied by a fork is used where something is sealed."""
    for path in (PACKAGE / "plugins/encryption").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            assert "random" not in names, path.name


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_w10_no_nonce_twice_over_forks() -> None:
    """Four processes of one parent, all seeded alike: every message has a nonce of its own."""
    key = Key("oct", symmetric=b"k" * 32)
    random.seed(1)
    pipes = []
    for _ in range(4):
        reading, writing = os.pipe()
        if not os.fork():  # pragma: no cover
            sealed_ = [tokens.encrypt(b"x", key, "dir", "A256GCM").split(".")[2] for _ in range(500)]
            os.write(writing, "".join(sealed_).encode())
            os._exit(0)
        os.close(writing)
        pipes.append(reading)
    text = ""
    for reading in pipes:
        while piece := os.read(reading, 65536):
            text += piece.decode()
        os.close(reading)
        os.wait()
    nonces = [text[at : at + 16] for at in range(0, len(text), 16)]
    assert len(nonces) == len(set(nonces)) == 2000
