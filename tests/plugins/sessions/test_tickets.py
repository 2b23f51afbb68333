"""Where a ticket comes from and goes to; what a place cannot hold is none."""

from __future__ import annotations

import pytest
from lxml import etree
from pydantic import ValidationError

from gateway.core.message import HeaderBlock, Message
from gateway.plugins.sessions.settings import Login, SessionSettings
from gateway.plugins.sessions.tickets import Shown, ticket_in

LOGIN = {"operation": "Login", "request": {}}
BLOCK = '<h:S xmlns:h="urn:s" Kind="a"><h:Id>{ticket}</h:Id></h:S>'


def reply(block="", **fields):
    headers = ()
    if block:
        node = etree.fromstring(block)
        headers = (HeaderBlock("{urn:o}Other"), HeaderBlock(node.tag, element=node))
    made = Message(None, value={"Ticket": "T"}, headers=headers)
    made.fields = {name.replace("_", "-"): value for name, value in fields.items()}
    return made


@pytest.mark.parametrize(
    ("login", "answer", "ticket"),
    [
        ({"ticket": "/Ticket"}, reply(), "T"),
        ({"ticket": "/None"}, reply(), None),
        ({"block": "{urn:s}S"}, reply('<S xmlns="urn:s"> T </S>'), "T"),
        ({"block": "{urn:s}S/Id"}, reply('<S xmlns="urn:s"><No>1</No><Id>T<!--x-->2</Id></S>'), "T2"),
        ({"block": "{urn:s}S/Id"}, reply('<S xmlns="urn:s"/>'), None),
        ({"block": "{urn:s}S/Id"}, reply('<S xmlns="urn:t"><Id>T</Id></S>'), None),
        ({"field": "X-Ticket"}, reply(x_ticket="T"), "T"),
        ({"field": "X-Ticket"}, reply(), None),
        ({"cookie": "SID"}, reply(set_cookie="SID=T; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT"), "T"),
        ({"cookie": "SID"}, reply(set_cookie='a=b; Expires=Wed, 21 Oct 2026 07:28:00 GMT, SID="T"; Secure'), "T"),
        ({"cookie": "SID"}, reply(set_cookie="XSID=1; SID=2"), None),
        ({"cookie": "SID"}, reply(set_cookie="SID=1, SID=2"), "2"),
        ({"cookie": "SID"}, reply(set_cookie="SID=; Max-Age=0"), None),
        ({"cookie": "SID"}, reply(set_cookie="SID=a b"), None),
        ({"cookie": "S.D"}, reply(set_cookie="SID=1"), None),
    ],
)
def test_where_it_comes_from(login, answer, ticket):
    assert ticket_in(Login(**LOGIN, **login), answer) == ticket


def shown(**more):
    return Shown(SessionSettings(login={**LOGIN, "ticket": "/T"}, **more))


def test_a_block_says_it_as_xml_in_the_place_of_a_callers():
    made = shown(block=BLOCK)
    other, theirs = HeaderBlock("{urn:o}Other"), HeaderBlock("{urn:s}S")
    blocks = made.blocks("<&>", (other, theirs))
    assert blocks[0] is other
    assert [each.name for each in blocks] == ["{urn:o}Other", "{urn:s}S"]
    assert etree.fromstring(blocks[1].value)[0].text == "<&>"
    assert made.carried(Message(None, value={}, headers=(theirs,)))
    assert not made.carried(Message(None, value={}, headers=(other,)))
    assert shown(place="/T").blocks("T", (theirs,)) == (theirs,)


def test_a_field_says_it_as_it_is_or_not_at_all():
    made = shown(fields={"Cookie": "a=1; SID={ticket}", "X-T": "{ticket}"})
    assert made.fields("T") == {"cookie": "a=1; SID=T", "x-t": "T"}
    assert made.fits("T t")
    for wrong in ("a\r\nb: c", "", " T", "T ", "ä", "\x00"):
        assert not made.fits(wrong)
    assert shown(place="/T").fits("a\nb")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "somewhere"),
        ({"login": {**LOGIN}}, "one place"),
        ({"login": {**LOGIN, "ticket": "/T", "cookie": "SID"}}, "one place"),
        ({"block": "<S>{ticket}</S>"}, "namespace"),
        ({"block": '<S xmlns="urn:s">'}, "once"),
        ({"block": '<S xmlns="urn:s">{ticket}'}, "no XML"),
        ({"block": '<!DOCTYPE S><S xmlns="urn:s">{ticket}</S>'}, "no XML"),
        ({"fields": {"X T": "{ticket}"}}, "X T"),
        ({"fields": {"X-T": "ticket"}}, "X-T"),
        ({"fields": {"X-T": "{ticket}\r\n"}}, "X-T"),
        ({"fields": {"X-T": "{ticket}"}, "counter": {"place": "/N", "whose": "client"}}, "whose: client"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings, words):
    with pytest.raises(ValidationError, match=words):
        SessionSettings(**{"login": {**LOGIN, "ticket": "/T"}, **settings})
