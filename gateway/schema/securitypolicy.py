"""The law of security policies: WS-SecurityPolicy 1.1 to 1.3 read into demands, one table row an assertion.

Of several alternatives the first is taken in which everything can be met. An assertion that is not in the tables
is kept as a demand that is not met, with its place; nothing is passed over in silence. What meets a demand is
not known here: only its words (`gateway.core.security`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from lxml import etree

from gateway.core.limits import DEFAULT
from gateway.core.security import Demand, Parts, Security
from gateway.schema.contract import Assertion
from gateway.schema.policies import POLICY
from gateway.schema.suites import suite_of
from gateway.xml import parse

NAMESPACES: Final = (
    "http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702",
    "http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200802",
    "http://schemas.xmlsoap.org/ws/2005/07/securitypolicy",
)
_REFERENCES: Final = {
    "RequireThumbprintReference": "thumbprint",
    "RequireKeyIdentifierReference": "key-identifier",
    "RequireIssuerSerialReference": "issuer-serial",
    "RequireEmbeddedTokenReference": "token",
}
# whose presence asks nothing of messages: capabilities of the service, and what a layout leaves open
_SILENT: Final = frozenset(
    "Wss10 Wss11 Trust10 Trust13 MustSupportRefKeyIdentifier MustSupportRefIssuerSerial MustSupportRefExternalURI "
    "MustSupportRefEmbeddedToken MustSupportRefThumbprint MustSupportRefEncryptedKey OnlySignEntireHeadersAndBody "
    "MustSupportIssuedTokens RequireClientEntropy RequireServerEntropy MustNotSendCancel MustNotSendRenew "
    "MustNotSendAmend RequireAppliesTo MustSupportClientChallenge MustSupportServerChallenge RequireElements "
    "SignBeforeEncrypting Nonce Created".split()
)
_TOKENS: Final = frozenset(
    "InitiatorToken RecipientToken InitiatorSignatureToken InitiatorEncryptionToken RecipientSignatureToken "
    "RecipientEncryptionToken ProtectionToken SignatureToken EncryptionToken TransportToken".split()
)
_SUPPORTING: Final = frozenset(
    f"{kind}SupportingTokens"
    for kind in ("", "Signed", "Encrypted", "SignedEncrypted", "Endorsing", "SignedEndorsing", "EndorsingEncrypted",
                 "SignedEndorsingEncrypted")
)  # fmt: skip
_BINDINGS: Final[Mapping[str, Literal["transport", "asymmetric", "symmetric"]]] = {
    "TransportBinding": "transport",
    "AsymmetricBinding": "asymmetric",
    "SymmetricBinding": "symmetric",
}


@dataclass(slots=True)
class _Read:
    """The state of one reading: what has been understood so far."""

    found: Security = field(default_factory=Security)
    place: str = ""
    direction: Literal["both", "request", "reply"] = "both"

    def demand(self, name: str, unmet: str = "") -> None:
        self.found = replace(self.found, demands=(*self.found.demands, Demand(name, self.place, unmet)))

    def say(self, **changes: Any) -> None:
        self.found = replace(self.found, **changes)

    def parts(self, what: Literal["signed", "encrypted"], names: Iterable[str]) -> None:
        for side in ("request", "reply") if self.direction == "both" else (self.direction,):
            old: Parts = getattr(self.found, side)
            merged = tuple(dict.fromkeys([*getattr(old, what), *names]))
            self.say(**{side: replace(old, **{what: merged})})


def security_of(
    both: Iterable[Assertion], request: Iterable[Assertion] = (), reply: Iterable[Assertion] = ()
) -> Security:
    """What the assertions in force ask of an operation: those on port and operation, on its input, on its output."""
    scopes = [(direction, each) for direction, several in (("both", both), ("request", request), ("reply", reply))
              for each in several]  # fmt: skip
    mine = [(direction, each) for direction, each in scopes if _is_security(each)]
    choices = sorted({each.alternative for _, each in mine if each.alternative}) or [0]
    readings = [_alternative([(d, each) for d, each in mine if each.alternative in (0, chosen)]) for chosen in choices]
    return next((each for each in readings if not each.unmet and not _weak(each)), readings[0])


def kept(assertions: Iterable[Assertion]) -> Iterator[tuple[Assertion, str]]:
    """The security assertions that are kept but not met by anything here, each with its words."""
    for each in assertions:
        if _is_security(each) and not each.optional:
            for demand in _alternative([("both", each)]).unmet:
                yield each, f"the policy demands {demand.name}: {demand.unmet}"


def _weak(security: Security) -> bool:
    return security.suite is not None and bool(security.suite.weak)


def _is_security(assertion: Assertion) -> bool:
    return etree.QName(assertion.name).namespace in NAMESPACES


def _alternative(scoped: list[tuple[str, Assertion]]) -> Security:
    read = _Read()
    for direction, assertion in scoped:
        read.direction = direction  # type: ignore[assignment]  # the words of security_of
        read.place = str(assertion.place)
        if assertion.optional:
            continue  # WS-Policy §4.3.1: an alternative without it is as good
        _assertion(read, parse(assertion.text.encode(), DEFAULT, response=True))
    return _settled(read)


def _settled(read: _Read) -> Security:
    """What follows from several assertions together."""
    found = read.found
    if found.timestamp and found.binding in ("asymmetric", "symmetric"):
        for side in ("request", "reply"):  # WS-SecurityPolicy 1.3 §6.2: a timestamp is signed with the message
            parts: Parts = getattr(found, side)
            found = replace(found, **{side: replace(parts, signed=(*parts.signed, "timestamp"))})  # type: ignore[arg-type]
    return found


# -- one assertion


def _assertion(read: _Read, node: Any) -> None:
    name = _local(node)
    if name in _SILENT:
        for child in _nested(node):
            if _local(child) == "RequireSignatureConfirmation":
                read.demand("RequireSignatureConfirmation")
                read.say(confirm=True)
        return
    if name in _BINDINGS:
        read.demand(name)
        read.say(binding=_BINDINGS[name])
        for child in _nested(node):
            _property(read, child)
    elif name in _SUPPORTING:
        for child in _nested(node):
            _supporting(read, name.removesuffix("SupportingTokens"), child)
    elif name in _PARTS:
        read.demand(name)
        _PARTS[name](read, node)
    else:
        read.demand(name, "is not known here")


def _property(read: _Read, node: Any) -> None:
    """A property of a binding (§6)."""
    name = _local(node)
    if name == "AlgorithmSuite":
        for child in _nested(node):
            suite = suite_of(_local(child))
            read.demand(name, "" if suite else f"the suite {_local(child)} is not known here")
            if suite is not None:
                read.say(suite=suite)
    elif name == "Layout":
        read.say(layout=next((_local(child) for child in _nested(node)), "Lax"))
    elif name == "IncludeTimestamp":
        read.demand(name)
        read.say(timestamp=True)
    elif name == "EncryptBeforeSigning":
        read.demand(name)
        read.say(order="encrypt-sign")
    elif name == "EncryptSignature":
        read.demand(name)
        read.parts("encrypted", ["signature"])
    elif name in _TOKENS:
        for child in _nested(node):
            _token(read, name, child)
    elif name not in _SILENT:
        read.demand(name, "is not known here")


def _token(read: _Read, place: str, node: Any) -> None:
    """The token of a binding (§5.4): whose key, and how messages name it."""
    kind = _local(node)
    inner = [_local(child) for child in _nested(node)]
    if "RequireDerivedKeys" in inner or "RequireExplicitDerivedKeys" in inner or "RequireImpliedDerivedKeys" in inner:
        read.demand(kind, "derived keys are not made here (§5.3.1)")
        read.say(derived=True)
    if kind == "HttpsToken" and place == "TransportToken":
        read.demand(kind)
        return
    if kind != "X509Token":
        read.demand(kind, f"a {kind} as {place} is not known here (§5.4)")
        return
    read.demand(place)
    include = next((value for attribute, value in node.attrib.items() if attribute.endswith("IncludeToken")), "")
    said = next((_REFERENCES[name] for name in inner if name in _REFERENCES), "")
    if place in ("InitiatorToken", "InitiatorSignatureToken", "SignatureToken"):
        carried = include.rpartition("/")[2] in ("AlwaysToRecipient", "Always", "Once")
        read.say(sign_reference="token" if carried else said or "issuer-serial")
    elif place in ("RecipientToken", "RecipientEncryptionToken", "ProtectionToken", "EncryptionToken"):
        read.say(encrypt_reference=said)


_SAML: Final = frozenset({"WssSamlV20Token11", "RequireKeyIdentifierReference"})


def _supporting(read: _Read, kind: str, node: Any) -> None:
    """A supporting token (§8)."""
    name = _local(node)
    if name == "X509Token" and kind == "Endorsing":
        _endorsing(read, node)
        return
    if name not in ("UsernameToken", "SamlToken"):
        if name in ("AlgorithmSuite", "SignedParts", "EncryptedParts"):
            return
        read.demand(name, f"a {name} as {kind}SupportingToken is not known here (§8)")
        return
    if "Endorsing" in kind:
        read.demand(name, "such endorsing tokens are not made here (§8.3)")
        return
    inner = {_local(child) for child in _nested(node)}
    if name == "SamlToken" and not inner <= _SAML:
        read.demand(name, f"only SAML 2.0 assertions are passed on here, not {', '.join(sorted(inner - _SAML))}")
        return
    read.demand(name)
    request_only = replace(read, direction="request")
    part = "username" if name == "UsernameToken" else "saml"
    if "Signed" in kind and read.found.binding != "transport":
        request_only.parts("signed", [part])
    if "Encrypted" in kind:
        request_only.parts("encrypted", [part])
    read.found = request_only.found
    if name == "SamlToken":
        read.say(saml=True)
        return
    read.say(username="digest" if "HashPassword" in inner else "name" if "NoPassword" in inner else "text")


def _endorsing(read: _Read, node: Any) -> None:
    """An X.509 token that endorses (§8.3): over TLS it signs the Timestamp, else the message's signature."""
    inner = [_local(child) for child in _nested(node)]
    if any("DerivedKeys" in each for each in inner):
        read.demand("X509Token", "derived keys are not made here (§5.3.1)")
        return
    include = next((value for attribute, value in node.attrib.items() if attribute.endswith("IncludeToken")), "")
    said = next((_REFERENCES[name] for name in inner if name in _REFERENCES), "")
    carried = include.rpartition("/")[2] in ("AlwaysToRecipient", "Always", "Once")
    reference = "token" if carried else said or "issuer-serial"
    read.demand("EndorsingX509Token")
    if read.found.binding == "transport":
        request_only = replace(read, direction="request")
        request_only.parts("signed", ["timestamp"])
        read.found = request_only.found
        read.say(sign_reference=reference)
    else:
        read.say(endorse=True, endorse_reference=reference)


# -- parts


def _named_parts(what: Literal["signed", "encrypted"]) -> Callable[[_Read, Any], None]:
    def parts(read: _Read, node: Any) -> None:
        children = [child for child in node if isinstance(child.tag, str)]
        if not children:
            read.parts(what, ["body"])  # §4.1.1: an empty assertion means the body and every header block
        for child in children:
            if _local(child) == "Body":
                read.parts(what, ["body"])
            elif _local(child) == "Header" and child.get("Name"):
                read.parts(what, [f"{{{child.get('Namespace', '')}}}{child.get('Name')}"])
            elif _local(child) == "Header":
                read.demand("Header", "a whole namespace of header blocks is not told apart here (§4.1.1)")
            else:
                read.demand(_local(child), "attachments are not protected here (§4.1.1)")

    return parts


def _elements(what: Literal["signed", "encrypted"]) -> Callable[[_Read, Any], None]:
    def elements(read: _Read, node: Any) -> None:
        for child in node:
            if not isinstance(child.tag, str):
                continue
            name = _clark(child) if _local(child) == "XPath" else None
            if name is None:
                read.demand(_local(child), f"the path {(child.text or '').strip()[:80]!r} is not read here (§4.1.2)")
            else:
                read.parts(what, [name])

    return elements


def _clark(xpath: Any) -> str | None:
    """The element that a path of plain steps means, by its last step: `//p:A` or `/s:Envelope/s:Body/p:A`."""
    steps = [step for step in (xpath.text or "").strip().split("/") if step]
    prefix, colon, local = (steps[-1] if steps else "").partition(":")
    if not colon or not all(step.replace(":", "").replace("_", "").replace("-", "").isalnum() for step in steps):
        return None
    namespace = xpath.nsmap.get(prefix)
    return f"{{{namespace}}}{local}" if namespace else None


def _nothing(_: _Read, __: Any) -> None:
    """Required parts are the contract's own: the messages have them."""


_PARTS: Final[Mapping[str, Callable[[_Read, Any], None]]] = {
    "SignedParts": _named_parts("signed"),
    "EncryptedParts": _named_parts("encrypted"),
    "SignedElements": _elements("signed"),
    "EncryptedElements": _elements("encrypted"),
    "ContentEncryptedElements": _elements("encrypted"),
    "RequiredParts": _nothing,
    "RequiredElements": _nothing,
}


def _nested(node: Any) -> Iterator[Any]:
    """The assertions in the policy that an assertion holds; the first of nested alternatives."""
    for child in node:
        if isinstance(child.tag, str) and etree.QName(child).namespace in POLICY:
            if _local(child) == "ExactlyOne":
                first = next((each for each in child if isinstance(each.tag, str)), None)
                yield from () if first is None else _nested_in(first)
            else:
                yield from _nested_in(child)


def _nested_in(policy: Any) -> Iterator[Any]:
    for child in policy:
        if not isinstance(child.tag, str):
            continue
        if etree.QName(child).namespace not in POLICY:
            if not any(child.get(f"{{{namespace}}}Optional") in ("true", "1") for namespace in POLICY):
                yield child
        elif _local(child) == "ExactlyOne":
            first = next((each for each in child if isinstance(each.tag, str)), None)
            if first is not None:
                yield from _nested_in(first) if etree.QName(first).namespace in POLICY else iter([first])
        else:
            yield from _nested_in(child)


def _local(node: Any) -> str:
    return etree.QName(node).localname
