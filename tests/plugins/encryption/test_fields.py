from __future__ import annotations

import pytest
from pydantic import ValidationError

from gateway.core.message import Exchange, Fault, Message
from gateway.core.operation import Operation
from gateway.core.problem import Kind, Problem
from gateway.plugins.api import Refusal
from gateway.plugins.encryption import uses
from gateway.plugins.encryption.fields import Fields, FieldsSettings, mask, seal, unseal
from gateway.plugins.keys import Key
from gateway.testing import FakeHost, started

KEY = Key("k1", symmetric=b"k" * 32)
SAVE = Operation("Save", "S", "", "1.1", "", {})
RULE = {"operation": "Save", "request": ["/Person/Iban", "/Notes/*/Text"], "reply": ["/Person/Iban"], "mask": ["/Card"]}


async def plugin(keys=None, **settings):
    host = FakeHost(keys=keys or {"k1": KEY})
    return await started(Fields, {"key": "k1", "rules": [RULE], **settings}, host)


async def call(plugin, value, answer):
    seen = []

    async def inner(exchange):
        seen.append(exchange.request.value())
        return answer(seen[0]) if callable(answer) else answer

    exchange = Exchange(SAVE, Message(None, value=value))
    reply = await plugin.layer(SAVE)(inner)(exchange)
    return seen[0], reply


async def test_the_service_stores_what_the_client_gets_back():
    one = await plugin()
    value = {"Person": {"Iban": "DE02 1203", "Name": "Åsa"}, "Notes": [{"Text": "a"}, {"Text": "b", "No": 1}]}
    sent, reply = await call(one, value, lambda sent: Message(None, value={**sent, "Card": "4111111111111111"}))
    assert value["Person"]["Iban"] == "DE02 1203"
    assert sent["Person"]["Iban"].startswith("enc:k1:")
    assert sent["Person"]["Name"] == "Åsa"
    assert all(note["Text"].startswith("enc:k1:") for note in sent["Notes"])
    assert reply.value()["Person"]["Iban"] == "DE02 1203"
    assert reply.value()["Card"] == "************1111"
    assert one.host.counts == {"sealed": 3, "opened": 1, "masked": 1}


async def test_faults_and_other_operations_are_left_alone():
    one = await plugin()
    _, reply = await call(one, {}, Message(None, fault=Fault("Sender", "no")))
    assert reply.fault.reason == "no"
    assert one.layer(Operation("Get", "S", "", "1.1", "", {})) is None


async def test_a_value_cannot_be_moved_or_changed():
    stored = seal(KEY, "secret", "/Person/Iban")
    assert unseal([KEY], stored, "/Person/Iban") == "secret"
    assert seal(KEY, "secret", "/Person/Iban") != stored
    changed = stored[:12] + ("A" if stored[12] != "A" else "B") + stored[13:]
    for bad in (changed, stored.replace("k1", "k2"), "enc:", "enc:k1:", "enc:k1:!"):
        with pytest.raises(Refusal):
            unseal([KEY], bad, "/Person/Iban")
    with pytest.raises(Refusal):
        unseal([KEY], stored, "/Person/Name")
    one = await plugin()
    with pytest.raises(Problem) as caught:
        await call(one, {}, Message(None, value={"Person": {"Iban": stored[:-4]}}))
    assert caught.value.kind is Kind.UPSTREAM_PROTECTION


async def test_a_rotated_key_still_opens_what_the_old_one_sealed():
    old = seal(KEY, "old", "/Person/Iban")
    new = Key("k1", symmetric=b"n" * 32)
    one = await plugin({"k1": new, "k1.previous": Key("k1.previous", symmetric=b"k" * 32)})
    _, reply = await call(one, {}, Message(None, value={"Person": {"Iban": old}}))
    assert reply.value()["Person"]["Iban"] == "old"


@pytest.mark.parametrize("clear", ["pass", "refuse"])
async def test_a_stored_value_in_clear(clear):
    one = await plugin(clear=clear)
    answer = Message(None, value={"Person": {"Iban": "plain"}})
    if clear == "pass":
        assert (await call(one, {}, answer))[1].value()["Person"]["Iban"] == "plain"
    else:
        with pytest.raises(Problem):
            await call(one, {}, answer)


async def test_a_key_is_not_used_for_ever(monkeypatch):
    monkeypatch.setattr(uses, "LIMIT", 2)
    one = await plugin()
    for _ in range(2):
        await call(one, {"Person": {"Iban": "x"}}, Message(None, value={}))
    with pytest.raises(Problem):
        await call(one, {"Person": {"Iban": "x"}}, Message(None, value={}))


@pytest.mark.parametrize(
    ("text", "masked"), [("4111111111111111", "************1111"), ("abc", "**c"), ("ab", "**"), ("", "")]
)
def test_masks(text, masked):
    assert mask(text, 4) == masked


async def test_settings_and_keys():
    with pytest.raises(ValidationError):
        FieldsSettings(key="k", rules=[{"operation": "A", "mask": ["Card"]}])
    with pytest.raises(KeyError):
        await plugin({"other": KEY})
    with pytest.raises(Refusal):
        await plugin({"k1": Key("k1", symmetric=b"short")})
