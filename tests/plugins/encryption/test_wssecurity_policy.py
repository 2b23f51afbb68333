"""The contract's policy fills what settings leave open; what they contradict is told with its place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.core.operation import Operation
from gateway.core.security import Demand, Parts, Security
from gateway.plugins.encryption.wssecurity_names import OAEP_MGF1P, XENC, XENC11
from gateway.plugins.encryption.wssecurity_policy import asked, objections, sent
from gateway.plugins.encryption.wssecurity_settings import ReceiveSettings, SendSettings, WsSecuritySettings
from gateway.schema.suites import suite_of

DEMANDS = tuple(
    Demand(name, f"bank.wsdl:{line}")
    for line, name in enumerate(
        "AsymmetricBinding AlgorithmSuite IncludeTimestamp SignedParts EncryptedParts UsernameToken".split(), start=1
    )
)
BOTH = Parts(("body", "timestamp"), ("body",))
FULL = Security(
    "asymmetric", suite_of("Basic256GCMSha256"), "thumbprint", "issuer-serial", True, "encrypt-sign",
    username="digest", request=BOTH, reply=BOTH, confirm=True, demands=DEMANDS,
)  # fmt: skip
SEND: dict[str, Any] = {
    "sign": {"key": "us"}, "encrypt": {"certificate": "them"}, "username": {"name": "anna", "password": "p"},
}  # fmt: skip
RECEIVE: dict[str, Any] = {"trust": ["them"], "decrypt": ["us"]}


def operation(security: Security | None, **more: Any) -> Operation:
    required = {"signature": "required", "encryption": "required"}
    return Operation("Pay", "bank", "", "1.1", "", {}, security=security, **{**required, **more})


def told(security: Security, send: Any = SEND, receive: Any = RECEIVE, *, more: Any = None, **settings: Any) -> list[str]:
    given = {name: value for name, value in {"send": send, "receive": receive, **settings}.items() if value is not None}
    return list(objections(WsSecuritySettings.model_validate(given), operation(security, **(more or {}))))


def test_what_is_left_open_is_as_the_contract_says() -> None:
    plan = sent(SendSettings.model_validate(SEND), FULL)
    assert plan.sign is not None
    assert plan.encrypt is not None
    assert (plan.order, plan.timestamp) == ("encrypt-sign", 300.0)
    assert (plan.sign.parts, plan.sign.reference) == (("body", "timestamp"), "thumbprint")
    assert (plan.encrypt.parts, plan.encrypt.reference) == (("body",), "issuer-serial")
    assert (plan.encrypt.block, plan.encrypt.transport) == (f"{XENC11}aes256-gcm", OAEP_MGF1P)
    reply = asked(ReceiveSettings.model_validate(RECEIVE), FULL)
    assert (reply.demand, reply.signed) == (("signature", "encryption", "timestamp"), ("body", "timestamp"))
    assert reply.confirmed


def test_what_is_written_wins() -> None:
    own = {"sign": {"key": "us", "parts": ["body"], "reference": "token"}, "timestamp": 60, "order": "sign-encrypt"}
    plan = sent(SendSettings.model_validate(own), FULL)
    assert plan.sign is not None
    assert (plan.sign.parts, plan.sign.reference, plan.timestamp, plan.order) == (("body",), "token", 60, "sign-encrypt")
    assert asked(ReceiveSettings(demand=(), signed=("body",)), FULL).demand == ()


def test_without_a_policy_nothing_changes() -> None:
    send, receive = SendSettings.model_validate(SEND), ReceiveSettings.model_validate(RECEIVE)
    assert sent(send, None) is send
    assert asked(receive, None) is receive


def test_a_timestamp_that_the_contract_does_not_have_is_not_sent() -> None:
    assert sent(SendSettings(), replace(FULL, timestamp=False)).timestamp == 0


def test_settings_that_fit_are_not_spoken_of() -> None:
    assert told(FULL) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"send": {**SEND, "sign": None}}, "bank.wsdl:4: the contract demands that requests are signed (body, timestamp)"),
        ({"send": {**SEND, "encrypt": None}}, "bank.wsdl:5: the contract demands that requests are encrypted (body)"),
        ({"send": {**SEND, "username": None}}, "bank.wsdl:6: the contract demands a UsernameToken"),
        ({"send": {**SEND, "sign": {"key": "us", "parts": ["body"]}}}, "bank.wsdl:4: the contract demands timestamp signed"),
        ({"send": {**SEND, "encrypt": {"certificate": "them", "parts": ["username"]}}},
         "bank.wsdl:5: the contract demands body encrypted"),
        ({"send": {**SEND, "order": "sign-encrypt"}}, "bank.wsdl:1: the contract's order is encrypt-sign"),
        ({"send": {**SEND, "timestamp": 0}}, "bank.wsdl:3: the contract demands a Timestamp"),
        ({"send": {**SEND, "username": {"name": "a", "password": "p", "digest": False}}},
         "bank.wsdl:6: the contract demands a digest in the UsernameToken"),
        ({"receive": {"trust": ["them"]}}, "bank.wsdl:5: the contract says that replies are encrypted"),
        ({"receive": {"decrypt": ["us"]}}, "bank.wsdl:4: the contract says that replies are signed"),
    ],
)  # fmt: skip
def test_a_contradiction_is_told_with_its_place(changes: Any, words: str) -> None:
    changes = {name: {k: v for k, v in value.items() if v is not None} for name, value in changes.items()}
    (line,) = told(FULL, **changes)
    assert line.startswith(words)


@pytest.mark.parametrize("suite", ["Basic256", "Basic256Sha256", "TripleDesRsa15"])
def test_a_weak_suite_is_refused_until_a_better_one_is_written(suite: str) -> None:
    weak = replace(FULL, suite=suite_of(suite))
    (line,) = told(weak)
    assert line.startswith(f"bank.wsdl:2: the contract's suite {suite} is weak (it encrypts with ")
    better = {**SEND, "encrypt": {"certificate": "them", "block": f"{XENC11}aes128-gcm"},
              "sign": {"key": "us", "digest": f"{XENC}sha256"}}  # fmt: skip
    assert told(weak, better) == []


def test_what_cannot_be_met_is_told_unless_the_policy_is_ignored() -> None:
    more = replace(FULL, demands=(*DEMANDS, Demand("KerberosToken", "bank.wsdl:9", "is not known here")))
    (line,) = told(more)
    assert line.startswith("bank.wsdl:9: the contract demands KerberosToken: is not known here")
    assert told(more, policy="ignore") == []
    assert told(more, edges=["client"]) == []
    assert told(more, operations=["Other"]) == []


def test_an_operation_whose_settings_say_none_is_not_held_to_it() -> None:
    plain = {"username": SEND["username"]}
    assert told(FULL, plain, more={"signature": "none", "encryption": "none"}) == []


def test_a_saml_token_is_the_callers_passed_on() -> None:
    saml = replace(FULL, saml=True, demands=(*DEMANDS, Demand("SamlToken", "bank.wsdl:7")))
    (line,) = told(saml)
    assert line.startswith("bank.wsdl:7: the contract demands a SAML token: pass on the callers' by `send.saml`")
    assert told(saml, {**SEND, "saml": "required"}) == []


def test_an_endorsing_token_wants_a_key() -> None:
    demand = (*DEMANDS, Demand("EndorsingX509Token", "bank.wsdl:9"))
    security = replace(FULL, endorse=True, endorse_reference="thumbprint", demands=demand)
    (words,) = told(security)
    assert words.startswith("bank.wsdl:9: the contract demands that the signature is endorsed: name your key in `send.endorse`")
    given = {**SEND, "endorse": {"key": "own"}}
    assert told(security, given) == []
    plan = sent(SendSettings.model_validate(given), security)
    assert plan.endorse is not None
    assert plan.endorse.reference == "thumbprint"
