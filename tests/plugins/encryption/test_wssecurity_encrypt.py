from __future__ import annotations

import contextlib

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from gateway.plugins.api import Refusal
from gateway.plugins.encryption.wssecurity_encrypt import Encrypter
from gateway.plugins.encryption.wssecurity_names import DS, OAEP_MGF1P, XENC, XENC11, Allowed
from gateway.plugins.encryption.wssecurity_process import Outbound, prove, secure
from tests.plugins.encryption import wss_samples as samples

# the oracle is a wheel of the interop extra: `make interop` runs this file with it
xmlsec = pytest.importorskip("xmlsec")

NOW = samples.NOW
PEM = samples.BOB_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def encrypted(parts=("body",), **changes):
    root = samples.envelope()
    secure(root, Outbound(encrypter=Encrypter(samples.BOB, **changes), encrypted=parts, timestamp=0), NOW)
    return samples.again(root)


def amount(root):
    return root.findtext(".//{urn:bank}amount")


@pytest.mark.parametrize("reference", ["token", "issuer-serial", "key-identifier", "thumbprint"])
@pytest.mark.parametrize("block", ["aes128-gcm", "aes192-gcm", "aes256-gcm"])
def test_we_open_what_we_seal(block, reference):
    root = encrypted(block=f"{XENC11}{block}", reference=reference)
    assert b"1000" not in etree.tostring(root)
    proof = prove(root, samples.inbound(), NOW)
    assert proof.encrypted == ("body",)
    assert amount(root) == "1000"


@pytest.mark.parametrize(
    ("transport", "digest"),
    [(OAEP_MGF1P, f"{DS}sha1"), (OAEP_MGF1P, f"{XENC}sha256"), (f"{XENC11}rsa-oaep", f"{XENC}sha512")],
)
def test_transports(transport, digest):
    root = encrypted(transport=transport, digest=digest)
    prove(root, samples.inbound(), NOW)
    assert amount(root) == "1000"


@pytest.mark.parametrize("block", ["aes128-gcm", "aes256-gcm"])
@pytest.mark.parametrize("part", ["body", "{urn:bank}amount"])
def test_xmlsec_opens_what_we_seal(block, part):
    """Through rsa-oaep-mgf1p with SHA-1: what every xmlsec 1.2 and 1.3 knows."""
    root = encrypted((part,), block=f"{XENC11}{block}", transport=OAEP_MGF1P, digest=f"{DS}sha1")
    data = root.find(f".//{{{XENC}}}EncryptedData")
    key = root.find(f".//{{{XENC}}}EncryptedKey")
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_memory(PEM, xmlsec.constants.KeyDataFormatPem))
    # xmlsec looks for the key inside the data, WSS puts it into the header
    info = etree.Element(f"{{{DS}}}KeyInfo")
    key.remove(key.find(f"{{{DS}}}KeyInfo"))
    key.remove(key.find(f"{{{XENC}}}ReferenceList"))
    info.append(key)
    data.insert(1, info)
    xmlsec.EncryptionContext(manager).decrypt(data)
    assert amount(root) == "1000"


@pytest.mark.parametrize(("block", "size"), [("AES128_GCM", 128), ("AES256_GCM", 256)])
def test_we_open_what_xmlsec_seals(block, size):
    root = encrypted(transport=OAEP_MGF1P, digest=f"{DS}sha1")
    template_key = root.find(f".//{{{XENC}}}EncryptedKey")
    prove(root2 := samples.again(root), samples.inbound(), NOW)
    body = root2.find("{*}Body")
    data = xmlsec.template.encrypted_data_create(
        root2, getattr(xmlsec.constants, f"TransformAes{size}Gcm"), type=xmlsec.constants.TypeEncContent, ns="xenc"
    )
    data.set("Id", root.find(f".//{{{XENC}}}EncryptedData").get("Id"))
    xmlsec.template.encrypted_data_ensure_cipher_value(data)
    info = xmlsec.template.encrypted_data_ensure_key_info(data, ns="ds")
    made = xmlsec.template.add_encrypted_key(info, xmlsec.constants.TransformRsaOaep)
    xmlsec.template.encrypted_data_ensure_cipher_value(made)
    manager = xmlsec.KeysManager()
    manager.add_key(
        xmlsec.Key.from_memory(samples.BOB.public_bytes(Encoding.PEM), xmlsec.constants.KeyDataFormatCertPem)
    )
    context = xmlsec.EncryptionContext(manager)
    context.key = xmlsec.Key.generate(xmlsec.constants.KeyDataAes, size, xmlsec.constants.KeyDataTypeSession)
    context.encrypt_xml(data, body[0])
    # names that xmlsec made are strings of another dictionary: lxml finds them after one more parse
    sealed = samples.again(root2).find(f".//{{{XENC}}}EncryptedData")
    value = next(sealed.find(f"{{{DS}}}KeyInfo").iter(f"{{{XENC}}}CipherValue")).text
    sealed.remove(sealed.find(f"{{{DS}}}KeyInfo"))
    # into our header's key
    template_key.find(f".//{{{XENC}}}CipherValue").text = value
    target = root.find(f".//{{{XENC}}}EncryptedData")
    kind = target.get("Type")
    sealed.set("Type", kind)
    target.getparent().replace(target, sealed)
    arrived = samples.again(root)
    prove(arrived, samples.inbound(), NOW)
    assert amount(arrived) == "1000"


def test_cbc_and_rsa15_of_an_old_service_by_the_dangerous_setting_only(capfd):
    root = encrypted()
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key, iv, plain = b"k" * 32, b"i" * 16, b"<b:Pay><b:amount>7</b:amount></b:Pay>"
    padded = plain + b"\0" * (15 - len(plain) % 16) + bytes([16 - len(plain) % 16])
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    method = root.find(f".//{{{XENC}}}EncryptedKey/{{{XENC}}}EncryptionMethod")
    method.set("Algorithm", f"{XENC}rsa-1_5")
    for child in list(method):
        method.remove(child)
    root.find(f".//{{{XENC}}}EncryptedData/{{{XENC}}}EncryptionMethod").set("Algorithm", f"{XENC}aes256-cbc")
    wrapped = samples.BOB.public_key().encrypt(key, padding.PKCS1v15())
    values = list(root.iter(f"{{{XENC}}}CipherValue"))
    values[0].text = samples.encoded(wrapped)
    values[1].text = samples.encoded(iv + encryptor.update(padded) + encryptor.finalize())
    raw = etree.tostring(root)
    with pytest.raises(Refusal):
        prove(samples.envelope(raw), samples.inbound(), NOW)
    legacy = samples.envelope(raw)
    prove(legacy, samples.inbound(allowed=Allowed(legacy=True)), NOW)
    assert amount(legacy) == "7"
    for at in range(16, len(padded) + 16, 7):  # E-04: nothing of it on any stream, one refusal
        broken = samples.envelope(raw)
        node = list(broken.iter(f"{{{XENC}}}CipherValue"))[1]
        data = bytearray(samples.b64(node.text))
        data[at] ^= 0x55
        node.text = samples.encoded(bytes(data))
        with contextlib.suppress(Refusal):
            prove(broken, samples.inbound(allowed=Allowed(legacy=True)), NOW)
    assert capfd.readouterr() == ("", "")


def test_a_peer_without_a_fit_key_gets_nothing():
    for certificate in (samples.EC, samples.certificate(samples.rsa_key(1024), "weak")):
        with pytest.raises(Refusal):
            secure(samples.envelope(), Outbound(encrypter=Encrypter(certificate)), NOW)
    with pytest.raises(Refusal):
        secure(samples.envelope(), Outbound(encrypter=Encrypter(samples.BOB), encrypted=("{urn:x}none",)), NOW)


def test_text_around_elements_survives():
    text = samples.ENVELOPE.replace("<b:amount>", "a &lt; b <b:amount>").replace("</b:amount>", "</b:amount> tail ")
    root = samples.envelope(text)
    before = etree.tostring(root.find("{*}Body"), method="c14n", exclusive=True)
    for parts in (("body",), ("{urn:bank}amount",), ("{urn:bank}Pay",)):
        root = samples.envelope(text)
        secure(root, Outbound(encrypter=Encrypter(samples.BOB), encrypted=parts, timestamp=0), NOW)
        root = samples.again(root)
        prove(root, samples.inbound(), NOW)
        assert etree.tostring(root.find("{*}Body"), method="c14n", exclusive=True) == before
