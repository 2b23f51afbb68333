"""The law of XML Encryption: elements or their content as AES-GCM, the key as RSA-OAEP, read back under the limits.

XML Encryption 1.1, WSS 1.1 §9. Reading is by allow-list, element by element, before any cryptography; a
CipherReference, a key inside a key or an unknown algorithm is refused. Every failure to decrypt is one
refusal, and a wrong wrapped key costs the same work as a right one. What was decrypted is parsed by the same
bounded parser as any message.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from gateway.core.limits import Limits
from gateway.core.problem import Problem
from gateway.xml import escape_attribute, parse

from .wssecurity_names import (
    MGFS,
    OAEP,
    OAEP_DIGESTS,
    OAEP_MGF1P,
    RSA15,
    XENC,
    XENC11,
    Allowed,
    ds,
    wsse,
    xenc,
)
from .wssecurity_parts import Type
from .wssecurity_session import SessionKey, name_of
from .wssecurity_session import refer as refer_session
from .wssecurity_sign import SHA256
from .wssecurity_tokens import Reference, refer, referred
from .wssecurity_tree import Ids, algorithm, attributes, children, encoded, id_of, octets, refuse, sub

MAX_REFERENCES: Final = 20
_DATA: Final = 100 * 1024 * 1024  # characters of one cipher value: the message's own limit is lower
_MGF_SHA256: Final = f"{XENC11}mgf1sha256"


@dataclass(frozen=True, slots=True)
class Encrypter:
    """To whom: the peer's certificate; and how. OAEP with SHA-256 throughout unless the peer is older."""

    certificate: x509.Certificate
    reference: Reference = "thumbprint"
    block: str = f"{XENC11}aes256-gcm"
    transport: str = OAEP
    digest: str = SHA256
    mgf: str = _MGF_SHA256


# -- writing


def encrypt(security: Any, parts: Sequence[tuple[Any, Type]], to: Encrypter) -> Any:
    """Encrypt these elements (or their content) under one fresh key; the xenc:EncryptedKey, already in place."""
    key, wrapped = wrap(security, to)
    references = sub(wrapped, xenc("ReferenceList"))
    for node, kind in parts:
        data = _encrypted(node, kind, key.key, to.block)
        sub(references, xenc("DataReference"), None, URI=f"#{id_of(data)}")
    return wrapped


def wrap(security: Any, to: Encrypter) -> tuple[SessionKey, Any]:
    """A fresh key for the peer: the key, and its xenc:EncryptedKey at the top of the header. Raises Refusal."""
    public = to.certificate.public_key()
    if not isinstance(public, rsa.RSAPublicKey) or public.key_size < 2048:
        raise refuse("the peer's certificate has no RSA key of 2048 bits or more")
    size, _ = Allowed().blocks[to.block]
    key = os.urandom(size)
    wrapped = etree.Element(xenc("EncryptedKey"))
    security.insert(0, wrapped)
    name = id_of(wrapped)
    _method(wrapped, to)
    refer(security, sub(wrapped, ds("KeyInfo")), to.certificate, to.reference)
    value = public.encrypt(key, _oaep(to.transport, to.digest, to.mgf))
    sub(sub(wrapped, xenc("CipherData")), xenc("CipherValue"), encoded(value))
    return SessionKey(key, name_of(value), name, ours=True), wrapped


def encrypt_by(
    security: Any, parts: Sequence[tuple[Any, Type]], session: SessionKey, block: str, *, last: bool
) -> None:
    """Encrypt under a session key; a xenc:ReferenceList behind its key, `last`: behind the signature, too."""
    references = etree.Element(xenc("ReferenceList"))
    wrapped = [each for each in security.findall(xenc("EncryptedKey")) if each.get("Id") == session.id]
    at = len(security) if last else security.index(wrapped[0]) + 1 if wrapped else 0
    security.insert(at, references)
    size, _ = Allowed().blocks[block]
    if len(session.key) != size:
        raise refuse("the session key does not fit the algorithm")
    for node, kind in parts:
        data = _encrypted(node, kind, session.key, block, session)
        sub(references, xenc("DataReference"), None, URI=f"#{id_of(data)}")


def _method(wrapped: Any, to: Encrypter) -> None:
    method = sub(wrapped, xenc("EncryptionMethod"), None, Algorithm=to.transport)
    sub(method, ds("DigestMethod"), None, Algorithm=to.digest)
    if to.transport == OAEP:
        sub(method, f"{{{XENC11}}}MGF", None, Algorithm=to.mgf)


def _encrypted(node: Any, kind: Type, key: bytes, block: str, session: SessionKey | None = None) -> Any:
    data = etree.Element(xenc("EncryptedData"), {"Type": f"{XENC}{kind}"}, nsmap={"xenc": XENC})
    id_of(data)
    sub(data, xenc("EncryptionMethod"), None, Algorithm=block)
    if session is not None:
        refer_session(sub(data, ds("KeyInfo")), session)
    iv = os.urandom(12)
    sealed = iv + AESGCM(key).encrypt(iv, _octets(node, kind), None)
    sub(sub(data, xenc("CipherData")), xenc("CipherValue"), encoded(sealed))
    if kind == "Element":
        data.tail = node.tail
        node.getparent().replace(node, data)
        node.tail = None
        return data
    for child in list(node):
        node.remove(child)
    node.text = None
    node.append(data)
    return data


def _octets(node: Any, kind: Type) -> bytes:
    """The element or its content as bytes that mean the same wherever they are put back (namespaces declared)."""
    if kind == "Element":
        return etree.tostring(node, encoding="utf-8", with_tail=False)
    text = etree.Element("x")
    text.text = node.text
    head = etree.tostring(text, encoding="utf-8").removesuffix(b"</x>").removesuffix(b"/>").removeprefix(b"<x")
    return head.removeprefix(b">") + b"".join(etree.tostring(child, encoding="utf-8") for child in node)


def _oaep(transport: str, digest: str, mgf: str) -> padding.OAEP:
    mask = MGFS[f"{XENC11}mgf1sha1"] if transport == OAEP_MGF1P else MGFS[mgf]
    return padding.OAEP(padding.MGF1(mask()), OAEP_DIGESTS[digest](), None)


# -- reading


@dataclass(frozen=True, slots=True)
class Wrapped:
    """An EncryptedKey, read but not opened."""

    node: Any
    certificate: x509.Certificate
    transport: str
    digest: str
    mgf: str
    value: bytes
    references: tuple[str, ...]


def read_key(node: Any, ids: Ids, known: Sequence[x509.Certificate], allowed: Allowed) -> Wrapped:
    """The EncryptedKey of a security header. Raises Refusal."""
    attributes(node, "Id", "Recipient")
    method, key_info, data, references = children(
        node, xenc("EncryptionMethod"), ds("KeyInfo"), xenc("CipherData"), xenc("ReferenceList") + "?"
    )
    transport = algorithm(method, allowed.transports)
    digest, mgf = _oaep_parameters(method, transport)
    uris = () if references is None else read_references(references)
    return Wrapped(node, referred(key_info, ids, known), transport, digest, mgf, _cipher_value(data), uris)


def read_references(references: Any) -> tuple[str, ...]:
    """The URIs of a ReferenceList. Raises Refusal."""
    attributes(references)
    if not 1 <= len(references) <= MAX_REFERENCES:
        raise refuse("a list of references is empty, or too long")
    found = children(references, *[xenc("DataReference")] * len(references))
    for reference in found:
        attributes(reference, "URI")
    return tuple(str(reference.get("URI", "")) for reference in found)


def _oaep_parameters(method: Any, transport: str) -> tuple[str, str]:
    if transport == RSA15:
        children(method)
        return "", ""
    digest_node, mgf_node = children(method, ds("DigestMethod") + "?", f"{{{XENC11}}}MGF?")
    sha1 = "http://www.w3.org/2000/09/xmldsig#sha1"
    digest = algorithm(digest_node, OAEP_DIGESTS) if digest_node is not None else sha1
    mgf = algorithm(mgf_node, MGFS) if mgf_node is not None else f"{XENC11}mgf1sha1"
    if mgf_node is not None and transport == OAEP_MGF1P:
        raise refuse("rsa-oaep-mgf1p has no MGF")
    return digest, mgf


def _cipher_value(data: Any) -> bytes:
    attributes(data)
    (value,) = children(data, xenc("CipherValue"))
    return octets(value, limit=_DATA)


def decrypt(
    uris: Sequence[str], key_for: Callable[[Any], bytes], ids: Ids, allowed: Allowed, limits: Limits
) -> list[tuple[Any, list[Any]]]:
    """Open every element that is named, in place: (the EncryptedData that is gone, the elements in its place).

    `key_for`: the key by the data's KeyInfo, which may be None. Raises Refusal, one for every cause, or Problem
    from the parser's limits.
    """
    targets = [ids.one(uri) for uri in uris]
    if len({id(target) for target in targets}) != len(targets):
        raise refuse("two references name one element")
    read = [_read_data(target, allowed) for target in targets]
    keys = [key_for(key_info) for *_, key_info in read]
    return [
        (target, _opened(target, (kind, block, sealed), key, limits))
        for target, (kind, block, sealed, _), key in zip(targets, read, keys, strict=True)
    ]


def _read_data(node: Any, allowed: Allowed) -> tuple[Type, str, bytes, Any]:
    if node.tag != xenc("EncryptedData") or node.getparent() is None:
        raise refuse("the reference does not mean encrypted data")
    attributes(node, "Id", "Type", "MimeType")
    types: dict[str, Type] = {f"{XENC}Content": "Content", f"{XENC}Element": "Element"}
    kind = types.get(node.get("Type", ""))
    if kind is None:
        raise refuse("encrypted data is neither element nor content")
    method, key_info, data = children(node, xenc("EncryptionMethod"), ds("KeyInfo") + "?", xenc("CipherData"))
    block = algorithm(method, allowed.blocks)
    children(method)
    return kind, block, _cipher_value(data), key_info


def names_key(key_info: Any, wrapped: Any) -> None:
    """The KeyInfo of encrypted data may only name the very key that lists it. Raises Refusal."""
    if key_info is None:
        return
    (reference,) = children(key_info, wsse("SecurityTokenReference"))
    (inner,) = children(reference, wsse("Reference"))
    attributes(inner, "URI", "ValueType")
    if wrapped.get("Id") is None or inner.get("URI") != f"#{wrapped.get('Id')}":
        raise refuse("encrypted data names another key than the one that lists it")


def unwrap(wrapped: Wrapped, private: Any) -> bytes:
    """The content key; of a wrong wrapping one that opens nothing, so that both cases go the same way."""
    if not isinstance(private, rsa.RSAPrivateKey):
        raise refuse("there is no key for this certificate")
    how = padding.PKCS1v15() if wrapped.transport == RSA15 else _oaep(wrapped.transport, wrapped.digest, wrapped.mgf)
    try:
        return private.decrypt(wrapped.value, how)
    except ValueError:
        return os.urandom(32)


def _opened(node: Any, data: tuple[Type, str, bytes], key: bytes, limits: Limits) -> list[Any]:
    kind, block, sealed = data
    size, mode = Allowed(legacy=True).blocks[block]
    if len(key) != size:
        key = os.urandom(size)
    bounds = replace(limits, xml_namespaces=limits.xml_namespaces_total)  # one element declares all that is in scope
    try:
        plain = _block(mode, key, sealed)
        wrapper = parse(_dressed(node.getparent(), plain), bounds, response=True)
    except (ValueError, InvalidTag, Problem) as error:
        raise refuse("encrypted data could not be opened") from error
    return _replace(node, kind, wrapper)


def _block(mode: str, key: bytes, sealed: bytes) -> bytes:
    if mode == "gcm":
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], None)
    decryptor = Cipher(algorithms.AES(key), modes.CBC(sealed[:16])).decryptor()
    padded = decryptor.update(sealed[16:]) + decryptor.finalize()
    if not padded or not 1 <= padded[-1] <= 16:
        raise ValueError("padding")
    return padded[: -padded[-1]]


def _dressed(parent: Any, plain: bytes) -> bytes:
    """The plaintext inside an element that declares what is in scope where it will stand."""
    scope = "".join(
        f' xmlns{":" + prefix if prefix else ""}="{escape_attribute(uri)}"' for prefix, uri in parent.nsmap.items()
    )
    return f"<x{scope}>".encode() + plain + b"</x>"


def _replace(node: Any, kind: Type, wrapper: Any) -> list[Any]:
    parent = node.getparent()
    found = list(wrapper)
    if kind == "Element" and (len(found) != 1 or (wrapper.text or "").strip() or (found[0].tail or "").strip()):
        raise refuse("an encrypted element is not one element")
    if kind == "Content" and (len(parent) != 1 or (parent.text or "").strip() or (node.tail or "").strip()):
        raise refuse("encrypted content is not the whole content")
    at = parent.index(node)
    if kind == "Element":
        found[0].tail = node.tail  # white space that a signature over the parent covers
    parent.remove(node)
    if kind == "Content":
        parent.text = wrapper.text
    for offset, child in enumerate(found):
        parent.insert(at + offset, child)
    return found
