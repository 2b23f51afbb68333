from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from gateway.core.limits import DEFAULT
from gateway.core.problem import Kind
from gateway.plugins.api import Refusal
from gateway.plugins.encryption.wssecurity_names import DS, WSSE, WSU, XENC
from gateway.plugins.encryption.wssecurity_process import Outbound, prove, secure
from gateway.plugins.encryption.wssecurity_sign import Signer
from gateway.plugins.encryption.wssecurity_tokens import Trust
from tests.plugins.encryption import wss_samples as samples

NOW, inbound, outbound, signing, envelope, again = (
    samples.NOW, samples.inbound, samples.outbound, samples.signing, samples.envelope, samples.again,
)  # fmt: skip
PAY = '<b:Pay xmlns:b="urn:bank" b:currency="EUR"><b:amount>1000</b:amount><b:to>Ann &amp; Bob åäö</b:to></b:Pay>'


def pay(root):
    return etree.tostring(root.find(".//{urn:bank}Pay"), method="c14n", exclusive=True, with_tail=False).decode()


def made(plan, **more):
    root = envelope()
    secure(root, plan, NOW, **more)
    return again(root)


def refused(root, plan=None, now=NOW):
    with pytest.raises(Refusal) as caught:
        prove(root, plan or inbound(), now)
    return caught.value


@pytest.mark.parametrize("order", ["sign-encrypt", "encrypt-sign"])
@pytest.mark.parametrize("parts", [("body",), ("body", "username", "{urn:bank}Trace"), ("{urn:bank}amount",)])
def test_both_orders_and_all_kinds_of_parts(order, parts):
    root = made(outbound(order=order, encrypted=parts, username=("anna", "pass word")))
    text = etree.tostring(root).decode()
    assert "1000" not in text
    assert ("anna" in text) == ("username" not in parts)
    proof = prove(root, inbound(demands=("signature", "timestamp", "username")), NOW)
    assert pay(root) == PAY
    assert proof.signed == ("body", "timestamp")
    assert len(proof.encrypted) == len(parts)
    assert proof.username == "anna"
    assert proof.certificate == samples.ALICE
    assert len(proof.once) == 2
    assert root.find(f".//{{{WSSE}}}Security") is None
    assert root.find(f".//{{{XENC}}}EncryptedData") is None
    assert f"{{{WSU}}}Id" not in root[1].attrib


def test_a_message_without_header_is_clear_unless_something_is_demanded():
    proof = prove(envelope(), inbound(), NOW)
    assert not proof.present
    assert (proof.signed, proof.encrypted) == ((), ())
    refused(envelope(), inbound(demands=("signature",)))


@pytest.mark.parametrize("demand", ["signature", "timestamp", "username", "encryption"])
def test_what_is_demanded_must_be_there(demand):
    have = {
        "signature": outbound(signer=None, username=("anna", "pass word")),
        "timestamp": Outbound(timestamp=0, username=("anna", "pass word")),
        "username": outbound(),
        "encryption": signing(username=("anna", "pass word")),
    }
    refused(made(have[demand]), inbound(demands=(demand,)))


@pytest.mark.parametrize("digest", [True, False])
def test_username(digest):
    plan = inbound(password_text=True)
    proof = prove(made(Outbound(username=("anna", "pass word"), digest=digest)), plan, NOW)
    assert proof.username == "anna"
    wrong = refused(made(Outbound(username=("anna", "wrong"), digest=digest)), plan)
    nobody = refused(made(Outbound(username=("nobody", ""), digest=digest)), plan)
    assert str(wrong) == str(nobody)


def test_a_password_in_clear_is_a_setting():
    refused(made(Outbound(username=("anna", "pass word"), digest=False)))


def test_two_uses_of_one_token_are_the_same_token_to_remember():
    root = made(signing(username=("anna", "pass word")))
    raw = etree.tostring(root)
    one, two = (prove(envelope(raw), inbound(), NOW).once for _ in range(2))
    assert one == two
    assert prove(made(signing(username=("anna", "pass word"))), inbound(), NOW).once != one


@pytest.mark.parametrize(("offset", "fresh"), [(0, True), (299, True), (301, False), (-59, True), (-61, False)])
def test_age(offset, fresh):
    root = made(signing(timestamp=1000.0))
    if fresh:
        prove(root, inbound(), NOW + offset)
    else:
        assert refused(root, now=NOW + offset).kind is Kind.STALE_MESSAGE


def test_expiry_and_two_or_no_timestamps():
    assert refused(made(signing(timestamp=100.0)), now=NOW + 101).kind is Kind.STALE_MESSAGE
    refused(made(signing(timestamp=0.0, signed=("body",))))
    root = made(signing())
    stamp = root.find(f".//{{{WSU}}}Timestamp")
    stamp.getparent().append(etree.fromstring(etree.tostring(stamp)))
    refused(root)


def test_signature_confirmation():
    root = made(signing(), confirm=(b"value of the request",))
    assert prove(root, inbound(), NOW).confirmations == (b"value of the request",)
    root = made(signing(), confirm=(b"value of the request",))
    root.find(".//{*}SignatureConfirmation").set("Value", "QUFB")
    refused(root)


def test_headers_that_are_named_must_be_signed_when_they_are_there():
    plan = inbound(signed=("body", "timestamp", "{urn:bank}Trace"))
    prove(made(signing(signed=("body", "timestamp", "{urn:bank}Trace"))), plan, NOW)
    refused(made(signing()), plan)


def test_for_another_actor_it_is_left_alone():
    root = made(signing(actor="urn:other"))
    assert not prove(root, inbound(), NOW).present
    assert root.find(f".//{{{WSSE}}}Security") is not None
    assert prove(made(signing(actor="urn:us")), inbound(actor="urn:us"), NOW).signed


# -- the attack rows


def body_of(root):
    return root.find("{*}Body")


def header_of(root):
    return root.find("{*}Header")


def evil_body(id_=None):
    node = etree.fromstring(
        f'<s:Body xmlns:s="{samples.etree.QName(envelope()).namespace}"><b:Pay xmlns:b="urn:bank"><b:amount>9</b:amount></b:Pay></s:Body>'
    )
    if id_:
        node.set(f"{{{WSU}}}Id", id_)
    return node


def wrapped_in_header(root):
    real = body_of(root)
    root.replace(real, evil_body())
    etree.SubElement(header_of(root), "wrapper").append(real)


def wrapped_in_header_same_id(root):
    real = body_of(root)
    root.replace(real, evil_body(real.get(f"{{{WSU}}}Id")))
    etree.SubElement(header_of(root), "wrapper").append(real)


def wrapped_in_security(root):
    real = body_of(root)
    root.replace(real, evil_body())
    root.find(f".//{{{WSSE}}}Security").append(real)


def wrapped_in_signature_object(root):
    real = body_of(root)
    root.replace(real, evil_body())
    etree.SubElement(root.find(f".//{{{DS}}}Signature"), f"{{{DS}}}Object").append(real)


def wrapped_in_the_evil_body(root):
    real = body_of(root)
    evil = evil_body()
    root.replace(real, evil)
    etree.SubElement(evil[0], "wrapper").append(real)


def two_bodies_evil_first(root):
    root.insert(1, evil_body())


def two_bodies_evil_last(root):
    root.append(evil_body())


def evil_with_another_id_attribute(name):
    def attack(root):
        real = body_of(root)
        evil = evil_body()
        evil[0].set(name, real.get(f"{{{WSU}}}Id"))
        etree.SubElement(header_of(root), "wrapper").append(real)
        root.append(evil)

    return attack


def duplicate_id_in_header(root):
    etree.SubElement(header_of(root), "x").set("{urn:evil}Id", body_of(root).get(f"{{{WSU}}}Id"))


def second_envelope(root):
    inner = etree.fromstring(etree.tostring(root))
    real = body_of(root)
    root.replace(real, evil_body())
    header_of(root).append(inner)


def timestamp_moved_and_replaced(root):
    stamp = root.find(f".//{{{WSU}}}Timestamp")
    fresh = etree.fromstring(etree.tostring(stamp))
    fresh.attrib.clear()
    stamp.getparent().replace(stamp, fresh)
    etree.SubElement(header_of(root), "wrapper").append(stamp)


@pytest.mark.parametrize(
    "attack",
    [
        wrapped_in_header, wrapped_in_header_same_id, wrapped_in_security, wrapped_in_signature_object,
        wrapped_in_the_evil_body, two_bodies_evil_first, two_bodies_evil_last, duplicate_id_in_header, second_envelope,
        timestamp_moved_and_replaced,
        evil_with_another_id_attribute("Id"), evil_with_another_id_attribute("ID"), evil_with_another_id_attribute("id"),
        evil_with_another_id_attribute("{http://www.w3.org/XML/1998/namespace}id"),
        evil_with_another_id_attribute("{urn:evil}Id"), evil_with_another_id_attribute(f"{{{WSU}}}Id"),
    ],
)  # fmt: skip
def test_d01_wrapping(attack):
    root = made(signing())
    attack(root)
    refused(again(root), inbound(demands=("signature",)))


def edit(path, change):
    def attack(root):
        change(root.find(path.format(ds=f"{{{DS}}}", wsse=f"{{{WSSE}}}", wsu=f"{{{WSU}}}")))

    return attack


def drop(node):
    node.getparent().remove(node)


def uri(value):
    return edit(
        ".//{ds}Reference", lambda node: node.set("URI", value) if value is not None else node.attrib.pop("URI")
    )


def algorithm(path, value):
    return edit(path, lambda node: node.set("Algorithm", value))


def copied(path, times=1):
    def change(node):
        for _ in range(times):
            node.addnext(etree.fromstring(etree.tostring(node)))

    return edit(path, change)


def child(path, name, text="x"):
    return edit(path, lambda node: setattr(etree.SubElement(node, name), "text", text))


ATTACKS = {
    "D-02 no signature": edit(".//{ds}Signature", drop),
    "D-02 empty signature": edit(".//{ds}Signature", lambda node: [node.remove(c) for c in list(node)]),
    "D-02 no references": edit(".//{ds}SignedInfo", lambda n: [n.remove(c) for c in n.findall(f"{{{DS}}}Reference")]),
    **{
        f"D-04 {value}": uri(value)
        for value in (
            "file:///etc/hostname",
            "http://127.0.0.1:9/x",
            "ftp://x/y",
            "",
            None,
            "#xpointer(id('b'))",
            "#",
            "#a b",
            "#nothing",
        )
    },
    "D-04 twice": copied(".//{ds}Reference"),
    "D-05 11 references": copied(".//{ds}Reference", 9),
    "D-05 500 references": copied(".//{ds}Reference", 500),
    "D-05 two SignedInfo": copied(".//{ds}SignedInfo", 2),
    "D-05 two signatures": copied(".//{ds}Signature"),
    "D-05 nested signature": copied(".//{ds}KeyInfo"),
    "D-05 in KeyInfo": child(".//{ds}KeyInfo", f"{{{DS}}}Signature"),
    "D-05 RetrievalMethod": edit(
        ".//{ds}KeyInfo", lambda n: (n.remove(n[0]), etree.SubElement(n, f"{{{DS}}}RetrievalMethod"))
    ),
    "D-05 KeyValue": edit(".//{ds}KeyInfo", lambda n: (n.remove(n[0]), etree.SubElement(n, f"{{{DS}}}KeyValue"))),
    "D-05 manifest": edit(".//{ds}Reference", lambda n: n.set("Type", f"{DS}Manifest")),
    "D-05 object": child(".//{ds}Signature", f"{{{DS}}}Object"),
    "D-05 in DigestValue": child(".//{ds}DigestValue", "x"),
    "D-05 in SignatureValue": child(".//{ds}SignatureValue", "x"),
    "D-05 long SignatureValue": edit(".//{ds}SignatureValue", lambda n: setattr(n, "text", "A" * 1_000_000)),
    "M-1 XPath": algorithm(".//{ds}Transform", "http://www.w3.org/TR/1999/REC-xpath-19991116"),
    "M-1 XSLT": algorithm(".//{ds}Transform", "http://www.w3.org/TR/1999/REC-xslt-19991116"),
    "enveloped": algorithm(".//{ds}Transform", f"{DS}enveloped-signature"),
    "two transforms": copied(".//{ds}Transform"),
    "inclusive C14N": algorithm(".//{ds}CanonicalizationMethod", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
    "no transforms": edit(".//{ds}Transforms", drop),
    "D-07 rsa-sha1": algorithm(".//{ds}SignatureMethod", f"{DS}rsa-sha1"),
    "D-07 sha1": algorithm(".//{ds}DigestMethod", f"{DS}sha1"),
    "D-07 md5": algorithm(".//{ds}DigestMethod", "http://www.w3.org/2001/04/xmldsig-more#md5"),
    "D-07 truncated": child(".//{ds}SignatureMethod", f"{{{DS}}}HMACOutputLength", "1"),
    "D-08 hmac": algorithm(".//{ds}SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"),
    "other method": algorithm(".//{ds}SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"),
    "token of another kind": edit(".//{wsse}BinarySecurityToken", lambda n: n.set("ValueType", "urn:x")),
    "token garbled": edit(".//{wsse}BinarySecurityToken", lambda n: setattr(n, "text", "QUFB")),
    "token of eve": edit(
        ".//{wsse}BinarySecurityToken", lambda n: setattr(n, "text", samples.encoded_der(samples.EVE))
    ),
    "reference to the body": edit(
        ".//{wsse}Reference", lambda n: n.set("URI", "#" + body_of(n.getroottree().getroot()).get(f"{{{WSU}}}Id"))
    ),
    "unknown child": child(".//{wsse}Security", "{urn:x}y"),
    "two Security": copied(".//{wsse}Security"),
    "value changed": edit(".//{{urn:bank}}amount", lambda n: setattr(n, "text", "9000")),
    "attribute changed": edit(".//{{urn:bank}}Pay", lambda n: n.set("{urn:bank}currency", "USD")),
    "timestamp changed": edit(".//{wsu}Created", lambda n: setattr(n, "text", n.text.replace("Z", "+00:00"))),
    "time without zone": edit(".//{wsu}Created", lambda n: setattr(n, "text", "2026-09-21T14:13:20")),
    "no time": edit(".//{wsu}Created", lambda n: setattr(n, "text", "yesterday")),
    "text between": edit(".//{ds}SignedInfo", lambda n: setattr(n, "text", "hello")),
    "odd attribute": edit(".//{ds}SignedInfo", lambda n: n.set("x", "y")),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_tampered_signatures(name, capfd):
    root = made(signing())
    ATTACKS[name](root)
    error = refused(again(root), inbound(demands=("signature",)))
    assert error.kind in (Kind.SECURITY_PROCESSING_FAILED, Kind.STALE_MESSAGE)
    assert capfd.readouterr() == ("", "")


def test_d02_unsigned_body_or_timestamp():
    refused(made(signing(signed=("timestamp",))))
    refused(made(signing(signed=("body",))))


def test_d07_short_keys():
    key = samples.rsa_key(1024)
    weak = samples.certificate(key, "weak")
    refused(made(signing(signer=Signer(key, weak))), inbound(trust=Trust(peers=(weak,))))
    curve = samples.ec.generate_private_key(samples.ec.SECP192R1())
    small = samples.certificate(curve, "small")
    refused(made(signing(signer=Signer(curve, small))), inbound(trust=Trust(peers=(small,))))


def test_d10_comments_do_not_cut_values():
    root = envelope()
    secure(root, signing(), NOW)
    raw = etree.tostring(root).replace(b">1000<", b">1<!--x-->000<")
    arrived = envelope(raw)
    prove(arrived, inbound(), NOW)
    assert pay(arrived) == PAY


def test_trust():
    vouched = signing(signer=Signer(samples.EVE_KEY, samples.BY_CA))
    prove(made(vouched), inbound(trust=Trust(authorities=(samples.CA,))), NOW)
    refused(made(vouched))
    refused(made(vouched), inbound(trust=Trust(authorities=(samples.ALICE,))))
    refused(made(signing()), now=NOW + 366 * 86400)
    old = samples.certificate(samples.ALICE_KEY, "old", days=1, start=NOW - 2 * 86400)
    refused(made(signing(signer=Signer(samples.ALICE_KEY, old))), inbound(trust=Trust(peers=(old,))))


def xedit(path, change):
    return lambda root: change(root.find(path.format(x=f"{{{XENC}}}", ds=f"{{{DS}}}", wsse=f"{{{WSSE}}}")))


def flip(node, at=0):
    raw = bytearray(samples.b64(node.text))
    raw[at] ^= 1
    node.text = samples.encoded(bytes(raw))


KEY, DATA = ".//{x}EncryptedKey", ".//{x}EncryptedData"
ENCRYPTION = {
    "E-01 rsa15": xedit(KEY + "/{x}EncryptionMethod", lambda n: (n.set("Algorithm", f"{XENC}rsa-1_5"), [n.remove(c) for c in list(n)])),
    "E-01 cbc": xedit(DATA + "/{x}EncryptionMethod", lambda n: n.set("Algorithm", f"{XENC}aes256-cbc")),
    "E-01 3des": xedit(DATA + "/{x}EncryptionMethod", lambda n: n.set("Algorithm", f"{XENC}tripledes-cbc")),
    "E-01 kw": xedit(KEY + "/{x}EncryptionMethod", lambda n: n.set("Algorithm", f"{XENC}kw-tripledes")),
    "E-02 iv": xedit(DATA + "/{x}CipherData/{x}CipherValue", lambda n: flip(n, 0)),
    "E-02 text": xedit(DATA + "/{x}CipherData/{x}CipherValue", lambda n: flip(n, 20)),
    "E-02 tag": xedit(DATA + "/{x}CipherData/{x}CipherValue", lambda n: flip(n, -1)),
    "E-02 short": xedit(DATA + "/{x}CipherData/{x}CipherValue", lambda n: setattr(n, "text", "QUFB")),
    "E-02 empty": xedit(DATA + "/{x}CipherData/{x}CipherValue", lambda n: setattr(n, "text", "")),
    "E-02 key": xedit(KEY + "/{x}CipherData/{x}CipherValue", lambda n: flip(n, 5)),
    "E-02 short key": xedit(KEY + "/{x}CipherData/{x}CipherValue", lambda n: setattr(n, "text", "QUFB")),
    "E-02 other block": xedit(DATA + "/{x}EncryptionMethod", lambda n: n.set("Algorithm", "http://www.w3.org/2009/xmlenc11#aes128-gcm")),
    "E-05 reference": xedit(DATA + "/{x}CipherData", lambda n: (n.remove(n[0]), etree.SubElement(n, f"{{{XENC}}}CipherReference").set("URI", "file:///etc/hostname"))),
    "E-05 many": xedit(KEY + "/{x}ReferenceList", lambda n: [n.append(etree.fromstring(etree.tostring(n[0]))) for _ in range(100)]),
    "E-05 twice": xedit(KEY + "/{x}ReferenceList", lambda n: n.append(etree.fromstring(etree.tostring(n[0])))),
    "E-05 no list": xedit(KEY + "/{x}ReferenceList", drop),
    "E-05 key in key": xedit(DATA, lambda n: n.insert(1, etree.fromstring(f'<KeyInfo xmlns="{DS}"><EncryptedKey xmlns="{XENC}"/></KeyInfo>'))),
    "E-05 not encrypted data": lambda root: root.find(f".//{{{XENC}}}DataReference").set("URI", "#" + root.find(f".//{{{DS}}}Signature/..")[-1].get(f"{{{WSU}}}Id", "x")),
    "type": xedit(DATA, lambda n: n.set("Type", "urn:x")),
    "no type": xedit(DATA, lambda n: n.attrib.pop("Type")),
    "beside content": xedit(DATA, lambda n: etree.SubElement(n.getparent(), "{urn:bank}Pay")),
    "many keys": xedit(KEY, lambda n: [n.addnext(etree.fromstring(etree.tostring(n))) for _ in range(10)]),
    "for somebody else": xedit(KEY + "//{wsse}KeyIdentifier", flip),
}  # fmt: skip


@pytest.mark.parametrize("name", ENCRYPTION)
def test_tampered_encryption(name, capfd):
    root = made(outbound())
    ENCRYPTION[name](root)
    assert refused(again(root)).kind is Kind.SECURITY_PROCESSING_FAILED
    assert capfd.readouterr() == ("", "")


def test_e02_what_a_wrong_key_and_a_wrong_tag_say_is_one():
    said = set()
    for name in ("E-02 iv", "E-02 text", "E-02 tag", "E-02 key", "E-02 short", "E-02 short key", "E-02 empty"):
        root = made(outbound(signer=None))
        ENCRYPTION[name](root)
        said.add(str(refused(again(root))))
    assert said == {"refused: encrypted data could not be opened"}


@pytest.mark.parametrize(
    "plain",
    [
        b"<!DOCTYPE a []><a/>", b"<?x y?>", b"<a>" * 70 + b"</a>" * 70, b"<a/>" * 20_001, b"</x><x>", b"<a",
        b"\xff", b"<a xmlns:q='u'><q:b></a>",
    ],
)  # fmt: skip
def test_e05_what_was_encrypted_goes_through_the_limits(plain, monkeypatch):
    from gateway.plugins.encryption import wssecurity_encrypt

    monkeypatch.setattr(wssecurity_encrypt, "_octets", lambda node, kind: plain)
    root = made(outbound(signer=None))
    refused(root, inbound(limits=replace(DEFAULT, xml_elements_response=20_000)))


def test_e05_a_signature_cannot_come_out_of_the_body():
    root = made(outbound(signer=None))
    prove(root, inbound(), NOW)
    inner = made(signing())
    outer = envelope()
    body_of(outer).append(inner.find(f".//{{{DS}}}Signature"))
    secure(outer, outbound(signer=None), NOW)
    arrived = again(outer)
    assert prove(arrived, inbound(), NOW).signed == ()


def test_legacy_reads_only_by_the_dangerous_setting():
    from gateway.plugins.encryption.wssecurity_names import Allowed

    legacy = Allowed(legacy=True)
    assert f"{XENC}aes256-cbc" in legacy.blocks
    assert f"{XENC}aes256-cbc" not in Allowed().blocks
    assert f"{DS}rsa-sha1" not in Allowed().signatures
    assert f"{XENC}rsa-1_5" not in Allowed().transports


def test_an_ecdsa_signature_that_was_turned_over_is_the_same_message():
    """Of an ECDSA signature (r, s) anybody makes (r, n - s), as valid: a replay under another name."""
    root = envelope()
    secure(root, signing(signer=Signer(samples.EC_KEY, samples.EC)), NOW)
    plan = inbound()
    first = prove(again(root), plan, NOW).once
    value = root.find(".//{http://www.w3.org/2000/09/xmldsig#}SignatureValue")
    raw = samples.b64(value.text)
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    value.text = samples.encoded(raw[:32] + (order - int.from_bytes(raw[32:], "big")).to_bytes(32, "big"))
    turned = again(root)
    assert prove(turned, plan, NOW).once == first


@pytest.mark.parametrize(
    ("given", "wanted", "sealed"),
    [
        (("body",), ("body",), True),
        (("{urn:bank}Pay",), ("body",), True),  # all that the body holds
        (("{urn:bank}amount",), ("body",), False),
        (("username",), ("body",), False),
        (("{urn:bank}Trace",), ("body",), False),
        (("{urn:bank}amount",), ("{urn:bank}amount",), True),
        (("body",), ("{urn:bank}amount",), True),
        (("{urn:bank}amount",), ("{urn:bank}amount", "{urn:bank}to"), False),
        (("{urn:bank}to",), ("{urn:bank}amount",), False),
        (("body",), ("{urn:bank}other",), False),
    ],
)
def test_what_came_encrypted_counts_where_it_is_all_that_has_to_be(given, wanted, sealed):
    root = made(outbound(signer=None, encrypted=given, username=("anna", "pass word")))
    assert prove(root, inbound(encrypted=wanted), NOW).sealed == sealed
    root = made(outbound(signer=None, encrypted=given, username=("anna", "pass word")))
    if not sealed:
        refused(root, inbound(encrypted=wanted, demands=("encryption",)))


def test_one_element_of_a_name_that_is_encrypted_hides_no_other():
    root = envelope()
    secure(root, outbound(signer=None, encrypted=("{urn:bank}amount",)), NOW)
    etree.SubElement(root[0], "{urn:bank}amount").text = "7"
    assert not prove(again(root), inbound(encrypted=("{urn:bank}amount",)), NOW).sealed


def endorsed(endorser=None, **more):
    return signing(signer=Signer(samples.ALICE_KEY, samples.ALICE), endorser=endorser or Signer(samples.EC_KEY, samples.EC), **more)


def test_a_second_signature_endorses_the_first():
    root = made(endorsed())
    proof = prove(root, inbound(demands=("signature", "endorsement")), NOW)
    assert proof.signed == ("body", "timestamp")
    assert proof.certificate == samples.ALICE  # the message is hers
    assert pay(root) == PAY
    refused(made(signing()), inbound(demands=("endorsement",)))


def test_who_endorses_a_session_key_is_who_sent_it():
    root = made(outbound(symmetric=True, endorser=Signer(samples.EC_KEY, samples.EC)))
    assert prove(root, inbound(symmetric=True, demands=("signature", "endorsement", "encryption")), NOW).certificate == samples.EC
    assert pay(root) == PAY


def second(root):
    return root.findall(f".//{{{DS}}}Signature")[1]


ENDORSEMENTS = {
    "by nobody that is known": lambda root: None,
    "of the body": lambda root: second(root).find(f".//{{{DS}}}Reference").set("URI", "#" + body_of(root).get(f"{{{WSU}}}Id")),
    "its value": lambda root: setattr(second(root).find(f"{{{DS}}}SignatureValue"), "text", "QUFB"),
    "before the first": lambda root: second(root).getparent().insert(0, second(root)),
    "the first changed": lambda root: root.find(f".//{{{DS}}}Signature").set("Id", "other"),
    "a third": lambda root: second(root).addnext(etree.fromstring(etree.tostring(second(root)))),
    "the first again": lambda root: second(root).getparent().replace(
        second(root), etree.fromstring(etree.tostring(root.find(f".//{{{DS}}}Signature")))
    ),
}


@pytest.mark.parametrize("name", ENDORSEMENTS)
def test_endorsements_that_are_none(name):
    eve = Signer(samples.EVE_KEY, samples.EVE) if name == "by nobody that is known" else None
    root = made(endorsed(eve))
    ENDORSEMENTS[name](root)
    refused(again(root))
