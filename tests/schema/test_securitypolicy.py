"""WS-SecurityPolicy in a WSDL becomes demands by operation and message; nothing is passed over in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.core.limits import DEFAULT
from gateway.core.security import Security
from gateway.schema.contract import Assertion, Place
from gateway.schema.securitypolicy import NAMESPACES, kept, security_of
from gateway.schema.wsdl import load_wsdl
from gateway.xml import canonical, parse

HERE = Path(__file__).parent
WSP = "http://www.w3.org/ns/ws-policy"


def given(
    text: str, *, alternative: int = 0, optional: bool = False, namespace: str = NAMESPACES[0], line: int = 1
) -> Assertion:
    """An assertion as the contract keeps it: `text` with the prefixes sp, wsp and b (urn:bank)."""
    scope = f'<x xmlns:sp="{namespace}" xmlns:wsp="{WSP}" xmlns:b="urn:bank">{text}</x>'
    (node,) = parse(scope.encode(), DEFAULT)
    return Assertion(
        node.tag, canonical(node, prefixes=("b",)).decode(), Place("a.wsdl", line), alternative, optional
    )


def policy(*inner: str) -> str:
    return f"<wsp:Policy>{''.join(inner)}</wsp:Policy>"


def asymmetric(*properties: str) -> str:
    return f"<sp:AsymmetricBinding>{policy(*properties)}</sp:AsymmetricBinding>"


def suite(name: str) -> str:
    return f"<sp:AlgorithmSuite>{policy(f'<sp:{name}/>')}</sp:AlgorithmSuite>"


SIGNED = "<sp:SignedParts><sp:Body/></sp:SignedParts>"


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_every_version_of_the_language_is_read(namespace: str) -> None:
    found = security_of([given(SIGNED, namespace=namespace)])
    assert found.request.signed == found.reply.signed == ("body",)
    assert not found.unmet


def test_a_message_has_its_own_parts() -> None:
    found = security_of([], [given(SIGNED)], [given("<sp:EncryptedParts><sp:Body/></sp:EncryptedParts>")])
    assert (found.request.signed, found.request.encrypted) == (("body",), ())
    assert (found.reply.signed, found.reply.encrypted) == ((), ("body",))


def test_a_binding_says_order_layout_and_timestamp_which_is_signed() -> None:
    layout = f"<sp:Layout>{policy('<sp:Strict/>')}</sp:Layout>"
    read = asymmetric(suite("Basic256GCMSha256"), layout, "<sp:IncludeTimestamp/>", "<sp:EncryptBeforeSigning/>")
    found = security_of([given(read)])
    assert (found.binding, found.order, found.layout, found.timestamp) == ("asymmetric", "encrypt-sign", "Strict", True)
    assert found.request.signed == found.reply.signed == ("timestamp",)
    assert found.suite is not None
    assert found.suite.name == "Basic256GCMSha256"


def test_over_https_nothing_is_signed() -> None:
    https = f"<sp:TransportToken>{policy('<sp:HttpsToken/>')}</sp:TransportToken>"
    read = f"<sp:TransportBinding>{policy(https, suite('Basic256'), '<sp:IncludeTimestamp/>')}</sp:TransportBinding>"
    user = f"<sp:SignedSupportingTokens>{policy('<sp:UsernameToken/>')}</sp:SignedSupportingTokens>"
    found = security_of([given(read), given(user)])
    assert (found.binding, found.username, found.request.signed, found.unmet) == ("transport", "text", (), ())


@pytest.mark.parametrize(
    ("inside", "username"), [("", "text"), ("<sp:HashPassword/>", "digest"), ("<sp:NoPassword/>", "name")]
)
def test_a_username_token_by_its_password(inside: str, username: str) -> None:
    token = f"<sp:UsernameToken>{policy(inside)}</sp:UsernameToken>"
    found = security_of([given(f"<sp:EncryptedSupportingTokens>{policy(token)}</sp:EncryptedSupportingTokens>")])
    assert (found.username, found.request.encrypted, found.reply.encrypted) == (username, ("username",), ())


SAML11 = f"<sp:SamlToken>{policy('<sp:WssSamlV11Token11/>')}</sp:SamlToken>"


def test_a_saml_token_is_of_the_request_alone() -> None:
    token = SAML11.replace("V11Token", "V20Token")
    found = security_of([given(f"<sp:SignedSupportingTokens>{policy(token)}</sp:SignedSupportingTokens>")])
    assert (found.saml, found.request.signed, found.reply.signed, found.unmet) == (True, ("saml",), (), ())


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("//b:amount", "{urn:bank}amount"),
        ("/s:Envelope/s:Body/b:Pay/b:amount", "{urn:bank}amount"),
        ("//b:amount[1]", None),
        ("//*", None),
        ("//c:amount", None),
        ("count(//b:x)", None),
    ],
)
def test_paths_of_plain_steps_are_elements(path: str, name: str | None) -> None:
    found = security_of([given(f"<sp:EncryptedElements><sp:XPath>{path}</sp:XPath></sp:EncryptedElements>")])
    assert found.request.encrypted == ((name,) if name else ())
    assert bool(found.unmet) == (name is None)


DERIVED = f"<sp:X509Token>{policy('<sp:RequireDerivedKeys/>')}</sp:X509Token>"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<sp:Surprise/>", "Surprise"),
        (asymmetric("<sp:ProtectTokens/>"), "ProtectTokens"),
        (asymmetric(suite("Basic512")), "AlgorithmSuite"),
        (asymmetric(f"<sp:InitiatorToken>{policy('<sp:KerberosToken/>')}</sp:InitiatorToken>"), "KerberosToken"),
        (f"<sp:SignedEndorsingSupportingTokens>{policy('<sp:X509Token/>')}</sp:SignedEndorsingSupportingTokens>", "X509Token"),
        (f"<sp:EndorsingSupportingTokens>{policy(DERIVED)}</sp:EndorsingSupportingTokens>", "X509Token"),
        (f"<sp:SupportingTokens>{policy(SAML11)}</sp:SupportingTokens>", "SamlToken"),
        ("<sp:SignedParts><sp:Attachments/></sp:SignedParts>", "Attachments"),
        ("<sp:SignedParts><sp:Header Namespace='urn:x'/></sp:SignedParts>", "Header"),
    ],
)
def test_what_is_not_known_is_kept_with_its_place(text: str, name: str) -> None:
    assertion = given(text, line=7)
    (unmet,) = security_of([assertion]).unmet
    assert (unmet.name, unmet.place) == (name, "a.wsdl:7")
    ((of, words),) = kept([assertion])
    assert of is assertion
    assert words.startswith(f"the policy demands {name}: ")


ENDORSED = f"<sp:EndorsingSupportingTokens>{policy('<sp:X509Token/>')}</sp:EndorsingSupportingTokens>"


def test_an_endorsing_token_signs_the_signature_and_over_tls_the_timestamp() -> None:
    found = security_of([given(asymmetric()), given(ENDORSED)])
    assert (found.endorse, found.endorse_reference, found.unmet) == (True, "issuer-serial", ())
    tls = f"<sp:TransportBinding>{policy('<sp:IncludeTimestamp/>')}</sp:TransportBinding>"
    found = security_of([given(tls), given(ENDORSED)])
    assert (found.endorse, found.request.signed, found.reply.signed, found.unmet) == (False, ("timestamp",), (), ())


def test_an_optional_assertion_asks_nothing() -> None:
    assert security_of([given("<sp:Surprise/>", optional=True)]) == Security()
    assert list(kept([given("<sp:Surprise/>", optional=True)])) == []


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [
        ("<sp:Surprise/>", SIGNED, "SignedParts"),  # the first in which everything can be met
        (asymmetric(suite("Basic256")), asymmetric(suite("Basic256GCMSha256")), "AsymmetricBinding"),
        ("<sp:Surprise/>", "<sp:Other/>", "Surprise"),  # none: the first is told
    ],
)
def test_alternatives(first: str, second: str, taken: str) -> None:
    both = given("<sp:EncryptedParts><sp:Body/></sp:EncryptedParts>")
    found = security_of([both, given(first, alternative=1), given(second, alternative=2)])
    assert [each.name for each in found.demands][:2] == ["EncryptedParts", taken]
    if found.suite is not None:
        assert found.suite.name == "Basic256GCMSha256"


def test_a_whole_contract_by_operation_and_message() -> None:
    contract = load_wsdl(HERE / "wsdl" / "secured.wsdl")
    found = {
        bound.name: security_of(
            (*port.assertions, *bound.assertions), bound.input.assertions, bound.output.assertions if bound.output else ()
        )
        for _, port, bound in contract.bound()
    }
    pay, ping = found["Pay"], found["Ping"]
    assert pay.request.signed == ("username", "body", "{urn:bank}Session", "timestamp")
    assert pay.request.encrypted == ("body", "{urn:bank}amount")
    assert (pay.reply.signed, pay.reply.encrypted) == (("body", "{urn:bank}Session", "timestamp"), ())
    assert (pay.sign_reference, pay.encrypt_reference, pay.username) == ("token", "issuer-serial", "digest")
    assert pay.confirm
    assert ping.request.signed == ("username", "timestamp")
    assert not pay.unmet
    assert pay.place("SignedParts").endswith("secured.wsdl:31")
    assert contract.notes == ()
