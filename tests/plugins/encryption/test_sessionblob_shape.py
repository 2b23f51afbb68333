from __future__ import annotations

import orjson
import pytest
from lxml import etree

from gateway.core.limits import DEFAULT
from gateway.core.problem import Problem
from gateway.plugins.api import Refusal
from gateway.plugins.encryption import sessionblob_shape as shapes
from gateway.plugins.encryption.sessionblob_shape import Sealed, Shape

NS = "http://www.pointsharp.com/netid/server/portal"
ENVELOPE = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>%s</s:Body></s:Envelope>'
CALL = (
    f'<SaveTask xmlns="{NS}"><Info><SessionId>AAAA</SessionId><Task><Id>1</Id></Task><Count>2</Count></Info></SaveTask>'
)
SHAPE = Shape()
SEALED = Sealed(b"\0\0\0", 2, b"blob")


def container(body):
    return shapes.container_of(shapes.method_of(etree.fromstring(ENVELOPE % body)))


def test_what_goes_into_the_blob_and_what_stays():
    info = container(CALL)
    plain = shapes.xml_take(info, SHAPE)
    assert plain == f'<Task xmlns="{NS}"><Id>1</Id></Task>'.encode()
    shapes.xml_seal(info, SHAPE, SEALED)
    assert [(etree.QName(c).localname, c.text) for c in info] == [
        ("SessionId", "AAAA"),
        ("Blob", "YmxvYg=="),
        ("Count", "2"),
    ]
    assert shapes.xml_sealed(info, SHAPE) == SEALED
    shapes.xml_open(info, SHAPE, plain, DEFAULT, sealed=SEALED, response=False)
    assert etree.tostring(info, method="c14n") == etree.tostring(container(CALL), method="c14n")


def test_the_plaintext_may_be_the_container():
    whole = Shape(whole=True)
    info = container(CALL)
    plain = shapes.xml_take(info, whole)
    assert plain == f'<Info xmlns="{NS}"><Task xmlns="{NS}"><Id>1</Id></Task></Info>'.encode()
    shapes.xml_seal(info, whole, SEALED)
    shapes.xml_open(info, whole, plain, DEFAULT, sealed=SEALED, response=False)
    assert etree.tostring(info, method="c14n") == etree.tostring(container(CALL), method="c14n")
    for wrong in (f'<Task xmlns="{NS}"/>', f'<Other xmlns="{NS}"/>', f'<Info xmlns="{NS}"/><Info xmlns="{NS}"/>', ""):
        shapes.xml_seal(info, whole, SEALED)
        with pytest.raises(Refusal):
            shapes.xml_open(info, whole, wrong.encode(), DEFAULT, sealed=SEALED, response=False)


def test_an_answer_keeps_nothing_of_the_seal():
    result = container(
        f'<R xmlns="{NS}"><RResult><SessionId>AAAA</SessionId><Blob>YmxvYg==</Blob><Count>2</Count></RResult></R>'
    )
    shapes.xml_open(result, SHAPE, f'<p:Task xmlns:p="{NS}"/>'.encode(), DEFAULT, sealed=None, response=True)
    assert [c.tag for c in result] == [f"{{{NS}}}Task"]


@pytest.mark.parametrize(
    "plain",
    [b"</x><x>", b"<!DOCTYPE a []><a/>", b"<?pi x?>", b"<a>" * 100, b"<a", b"\xff\xfe", b"<a/>" * 30_000],
)
def test_the_plaintext_goes_through_the_limits(plain):
    info = container(CALL)
    shapes.xml_seal(info, SHAPE, SEALED)
    with pytest.raises(Problem):
        shapes.xml_open(info, SHAPE, plain, DEFAULT, sealed=SEALED, response=False)


def test_a_plaintext_cannot_bring_a_session_or_count():
    info = container(CALL)
    shapes.xml_seal(info, SHAPE, SEALED)
    with pytest.raises(Refusal):
        shapes.xml_open(info, SHAPE, f'<Count xmlns="{NS}">9</Count>'.encode(), DEFAULT, sealed=SEALED, response=False)


@pytest.mark.parametrize(
    "members",
    [
        "<SessionId>AAAA</SessionId><Blob>YQ==</Blob>",
        "<SessionId>AAAA</SessionId><Blob>YQ==</Blob><Count>1</Count><Id>1</Id>",
        "<SessionId>AAAA</SessionId><Blob>YQ==</Blob><Blob>YQ==</Blob><Count>1</Count>",
        "<SessionId>AAAA</SessionId><Blob>!</Blob><Count>1</Count>",
        "<SessionId>AAAA</SessionId><Blob>YQ==</Blob><Count>-1</Count>",
        "<SessionId>AAAA</SessionId><Blob>YQ==</Blob><Count>\u0661</Count>",
    ],
)
def test_half_sealed_calls_are_refused(members):
    with pytest.raises(Refusal):
        shapes.xml_sealed(container(f'<M xmlns="{NS}"><Info>{members}</Info></M>'), SHAPE)


def test_clear_calls_and_odd_bodies_are_none():
    assert shapes.xml_sealed(container(CALL), SHAPE) is None
    assert container("") is None
    assert container("<s:Fault><faultcode/></s:Fault>") is None
    assert shapes.xml_sealed(None, SHAPE) is None
    assert shapes.method_of(etree.fromstring("<Task/>")) is None


def test_json():
    members = {"SessionId": "AAAA", "Id": "1", "Count": "2"}
    assert orjson.loads(shapes.json_take(members, SHAPE)) == {"Id": "1"}
    made = shapes.json_seal(SHAPE, SEALED, count_as_string=True)
    assert made == {"SessionId": "AAAA", "Blob": "YmxvYg==", "Count": "2"}
    assert shapes.json_sealed(made, SHAPE) == SEALED
    assert shapes.json_sealed(members, SHAPE) is None
    assert shapes.json_sealed([1], SHAPE) is None
    with pytest.raises(Refusal):
        shapes.json_sealed({**made, "Id": "1"}, SHAPE)
