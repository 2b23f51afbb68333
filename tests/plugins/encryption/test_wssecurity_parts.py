"""What counts as signed or encrypted: the body, or what of it was asked for; nothing beside it, nothing moved (D-01, D-02)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.core.protection import judge_client, judge_service
from gateway.plugins.api import Refusal
from gateway.plugins.encryption.wssecurity import WsSecurity
from gateway.plugins.encryption.wssecurity_parts import of_body, parts, sealed
from gateway.plugins.encryption.wssecurity_process import prove, secure
from gateway.plugins.encryption.wssecurity_tree import security_of, shape_of
from gateway.testing import PLACE, started
from tests.layers.conftest import operation
from tests.plugins.encryption import wss_samples as samples
from tests.plugins.encryption.test_wssecurity import XML, echo, host

NOW, inbound, signing, outbound, envelope, again = (
    samples.NOW, samples.inbound, samples.signing, samples.outbound, samples.envelope, samples.again,
)  # fmt: skip
AMOUNT, TRACE, PAY = "{urn:bank}amount", "{urn:bank}Trace", "{urn:bank}Pay"
ID = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}Id"


def test_a_name_means_every_element_at_its_places():
    root = envelope()
    etree.SubElement(root[0], AMOUNT).text = "7"
    etree.SubElement(root[0], "wrapper").append(etree.Element(AMOUNT))
    secure(root, signing(), NOW)
    shape = shape_of(root)
    security = security_of(shape)
    found = parts(shape, security, ["body", "timestamp", "username", AMOUNT, TRACE, "{urn:bank}nothing"])
    assert [name for name, _ in found] == ["body", "timestamp", "amount", "amount", "Trace"]
    assert [node.getparent().tag for _, node in found[2:4]] == [root[0].tag, PAY]
    assert [of_body(shape, [node]) for _, node in found] == [True, False, False, True, False]


@pytest.mark.parametrize(
    ("names", "hidden", "said"),
    [
        (["body"], ["body"], (True, True)),
        ([AMOUNT], ["body"], (True, True)),
        ([AMOUNT], ["amount"], (True, True)),
        ([TRACE], ["trace"], (True, False)),
        (["body", TRACE], ["body"], (False, False)),
        (["body"], ["amount"], (False, False)),
        (["{urn:bank}nothing"], ["body"], (False, False)),
        (["timestamp"], ["timestamp"], (True, False)),
    ],
)
def test_what_is_hidden(names, hidden, said):
    root = envelope()
    secure(root, signing(), NOW)
    shape = shape_of(root)
    security = security_of(shape)
    places = {"body": shape.body, "amount": root.find(f".//{AMOUNT}"), "trace": root.find(f".//{TRACE}")}
    places["timestamp"] = security[0] if security[0].tag.endswith("Timestamp") else security[1]
    assert sealed(shape, security, names, [places[each] for each in hidden]) == said


# -- what a sender may sign or encrypt, and what a policy of `required` says of it, at both edges

SIGNED = {
    "body": (("body", "timestamp"), True),
    "an element of it": ((AMOUNT, "timestamp"), True),
    "its only child": ((PAY, "timestamp"), True),
    "a timestamp": (("timestamp",), False),
    "a header block": ((TRACE, "timestamp"), False),
    "a header block that is not there": (("{urn:bank}nothing", "timestamp"), False),
    "an element that is not there": (("{urn:bank}fee", "timestamp"), False),
}


async def arrived(send, receive, change=lambda root: root, edge="client"):
    """The facts of a message that one sends and the other reads, a request or a reply."""
    client = await started(WsSecurity, {"edges": ["upstream"], "send": send}, host())
    crossed: list[Wire] = []

    async def keep(wire: Wire) -> Wire:
        crossed.append(wire)
        return Wire(dict(XML), b"<x/>", status=500)

    await client.wire_layer("upstream", PLACE)(keep)(Wire(dict(XML), samples.ENVELOPE.encode(), method="POST", path="/"))
    root = etree.fromstring(crossed[0].body)
    change(root)
    body = etree.tostring(root)
    server = await started(WsSecurity, {"edges": [edge], "receive": receive}, host())
    seen: list[Wire] = []

    async def inner(wire: Wire) -> Wire:
        seen.append(wire)
        return await echo(wire)

    if edge == "client":
        await server.wire_layer("client", PLACE)(inner)(Wire(dict(XML), body, method="POST", path="/"))
        return crossed[0].facts, seen[0].facts

    async def service(_: Wire) -> Wire:
        return Wire(dict(XML), body, status=200)

    reply = await server.wire_layer("upstream", PLACE)(service)(Wire(dict(XML), b"", method="POST", path="/"))
    return crossed[0].facts, reply.facts


def judged(judge, facts, **policy) -> bool:
    try:
        judge(operation(**policy), facts)
    except Problem:
        return False
    return True


@pytest.mark.parametrize("edge", ["client", "upstream"])
@pytest.mark.parametrize("what", SIGNED)
async def test_a_signature_counts_where_it_is_over_the_body(what, edge):
    names, counts = SIGNED[what]
    receive = {"trust": ["alice"], "demand": ["signature"], "signed": list(names)}
    sent, read = await arrived({"sign": {"key": "alice", "parts": list(names)}}, receive, edge=edge)
    assert ("signed" in sent, "signed" in read) == (counts, counts)
    assert judged(judge_service, sent, signature="required") == counts
    assert judged(judge_client, read, client_signature="required") == counts


ENCRYPTED = {
    "body": (("body",), True),
    "an element of it": ((AMOUNT,), True),
    "a header block": ((TRACE,), False),
    "a user": (("username",), False),
}


@pytest.mark.parametrize("edge", ["client", "upstream"])
@pytest.mark.parametrize("what", ENCRYPTED)
async def test_encryption_counts_where_it_hides_something_of_the_body(what, edge):
    names, counts = ENCRYPTED[what]
    send = {"encrypt": {"certificate": "bob", "parts": list(names)}, "username": {"name": "anna", "password": "x"}}
    receive = {"decrypt": ["bob"], "users": {"anna": "x"}, "demand": ["encryption"], "encrypted": list(names)}
    sent, read = await arrived(send, receive, edge=edge)
    assert ("encrypted" in sent, "encrypted" in read) == (counts, counts)
    assert judged(judge_service, sent, encryption="required") == counts
    assert judged(judge_client, read, client_encryption="required") == counts


# -- moved parts: what was signed at one place is not read at another


def moved_to_the_header(root):
    """The signed element as a header block of its name, another one where it stood."""
    real = root.find(f".//{AMOUNT}")
    evil = etree.fromstring(etree.tostring(real))
    evil.attrib.clear()
    evil.text = "9"
    real.getparent().replace(real, evil)
    root[0].append(real)


def another_beside_it(root):
    real = root.find(f".//{AMOUNT}")
    evil = etree.Element(AMOUNT)
    evil.text = "9"
    real.addprevious(evil)


def another_with_its_id(root):
    another_beside_it(root)
    real = root.findall(f".//{AMOUNT}")[1]
    real.getprevious().set(ID, real.get(ID))


def into_a_wrapper(root):
    moved_to_the_header(root)
    wrapper = etree.SubElement(root[0], "wrapper")
    wrapper.append(root[0].find(AMOUNT))


def two_bodies(root):
    root.append(etree.fromstring(etree.tostring(root[1])))


def an_empty_id(root):
    for node in root.iter():
        if ID in node.attrib:
            node.set(ID, "")
    for node in root.iter("{http://www.w3.org/2000/09/xmldsig#}Reference"):
        node.set("URI", "#")


MOVES = [moved_to_the_header, another_beside_it, another_with_its_id, into_a_wrapper, two_bodies, an_empty_id]


@pytest.mark.parametrize("edge", ["client", "upstream"])
@pytest.mark.parametrize("attack", MOVES)
async def test_a_signed_element_that_was_moved_is_no_proof(attack, edge):
    """Rows D-01 and D-04 for parts inside the body, as a request and as a reply."""
    names = [AMOUNT, "timestamp"]
    receive = {"trust": ["alice"], "demand": ["signature"], "signed": names}
    with pytest.raises(Problem) as caught:
        await arrived({"sign": {"key": "alice", "parts": names}}, receive, attack, edge)
    kinds = {"client": Kind.SECURITY_PROCESSING_FAILED, "upstream": Kind.UPSTREAM_PROTECTION}
    assert caught.value.kind is kinds[edge]


def clear_beside_content(root):
    etree.SubElement(root[1], PAY)


def clear_before_content(root):
    root[1].insert(0, etree.Element(PAY))


def text_beside_content(root):
    root[1].text = "9"


def a_second_body(root):
    root.append(etree.fromstring(samples.ENVELOPE)[1])


def moved_into_the_header(root):
    """The ciphertext of the body in a header block, a clear body in its place."""
    data = root[1][0]
    etree.SubElement(root[0], "{urn:bank}Trace").append(data)
    root[1].append(etree.fromstring(samples.ENVELOPE)[1][0])


@pytest.mark.parametrize("edge", ["client", "upstream"])
@pytest.mark.parametrize(
    "attack", [clear_beside_content, clear_before_content, text_beside_content, a_second_body, moved_into_the_header]
)
async def test_clear_text_beside_what_is_encrypted_does_not_count_as_encrypted(attack, edge):
    receive = {"decrypt": ["bob"], "demand": ["encryption"]}
    with pytest.raises(Problem):
        await arrived({"encrypt": {"certificate": "bob"}}, receive, attack, edge)


def nested(root):
    """Encrypted data inside encrypted data, which no list names."""
    outer = replace(outbound(signer=None), encrypted=("body",))
    secure(root, outer, NOW)
    return root


def test_encrypted_data_within_encrypted_data():
    """A list opens what it names, once: what comes out is read by the contract, and no contract knows EncryptedData."""
    root = envelope()
    inner = outbound(signer=None, encrypted=(AMOUNT,))
    secure(root, inner, NOW)
    header = root[0]
    for security in header.findall("{*}Security"):
        header.remove(security)  # the key of the inner one is gone
    arrived_ = again(nested(root))
    prove(arrived_, inbound(), NOW)
    assert arrived_.find(".//{http://www.w3.org/2001/04/xmlenc#}EncryptedData") is not None
    assert arrived_.find(f".//{AMOUNT}") is None


def test_a_list_that_names_what_is_inside_another():
    """Two references, one into the other's plaintext: the second names nothing when the ids are read."""
    root = envelope()
    secure(root, outbound(signer=None, encrypted=(AMOUNT,)), NOW)
    inside = root.find(".//{http://www.w3.org/2001/04/xmlenc#}EncryptedData").get("Id")
    secure(root, outbound(signer=None), NOW)
    first = root.find(".//{http://www.w3.org/2001/04/xmlenc#}ReferenceList")
    etree.SubElement(first, "{http://www.w3.org/2001/04/xmlenc#}DataReference").set("URI", f"#{inside}")
    with pytest.raises(Refusal):
        prove(again(root), inbound(), NOW)
