"""gateway.build.masking: the shape stays, the secrets go."""

from __future__ import annotations

import json

import pytest

from gateway.build.masking import MASK, body, fields, json_value, query, secret, xml_text


@pytest.mark.parametrize("name", ["Password", "{urn:t}SessionTicket", "X-Api-Key", "authorization", "SessionId", "Blob"])
def test_a_secret_is_told_by_its_name(name: str) -> None:
    assert secret(name)


@pytest.mark.parametrize("name", ["Id", "ProcessorId", "Tokenizer", "Name", "PinCode"])
def test_what_is_none(name: str) -> None:
    assert not secret(name)


def test_members_and_all_within_lists() -> None:
    shown = json_value({"Id": 1, "Tokens": ["a", "b"], "User": {"password": "x", "Pin": ""}})
    assert shown == {"Id": 1, "Tokens": [MASK, MASK], "User": {"password": MASK, "Pin": ""}}


def test_digits_are_shown_as_they_are() -> None:
    shown = body(b'{"Price": 12.50, "Pin": 5, "Long": 12345678901234567890123, "None": {}}', "application/json")
    assert shown == f'{{\n  "Price": 12.50,\n  "Pin": "{MASK}",\n  "Long": 12345678901234567890123,\n  "None": {{}}\n}}'


def test_elements_attributes_fields_and_parameters() -> None:
    text = xml_text(b'<a token="t" id="1"><Password>hush</Password><Name>x</Name></a>')
    assert text == f'<a token="{MASK}" id="1"><Password>{MASK}</Password><Name>x</Name></a>'
    told = fields({"authorization": "Bearer x", "accept": "y", "x-own": "z"}, frozenset({"x-own"}))
    assert told == {"authorization": MASK, "accept": "y", "x-own": MASK}
    assert query("a=1&token=x&b") == f"a=1&token={MASK}&b"


def test_what_cannot_be_read_is_not_shown() -> None:
    assert "hush" not in body(b"<Password>hush", "text/xml")
    assert "hush" not in body(b'{"Password": "hush"', "application/json")
    assert json.loads(body(b'{"Password": "hush"}', "application/json")) == {"Password": MASK}
    assert body(b"", "text/xml") == ""
