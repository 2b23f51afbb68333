"""What the interop tests of WS-Security share: a contract with a policy, keys in files, a proxy that looks and tampers."""

from __future__ import annotations

import base64
import datetime
import http.client
import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

SP = "http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702"
PASSWORD = "changeit"

CONTRACT = """<wsdl:definitions targetNamespace="urn:bank" xmlns:tns="urn:bank"
    xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:wsp="http://www.w3.org/ns/ws-policy" xmlns:sp="{sp}"
    xmlns:cxf="http://cxf.apache.org/custom/security-policy"
    xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">
  <wsp:Policy wsu:Id="Secured"><wsp:ExactlyOne><wsp:All>{policy}</wsp:All></wsp:ExactlyOne></wsp:Policy>
  <wsdl:types><xs:schema targetNamespace="urn:bank" elementFormDefault="qualified">
    <xs:element name="Pay"><xs:complexType><xs:sequence>
      <xs:element name="amount" type="xs:int"/><xs:element name="to" type="xs:string"/>
    </xs:sequence></xs:complexType></xs:element>
    <xs:element name="PayResponse"><xs:complexType><xs:sequence>
      <xs:element name="receipt" type="xs:string"/>
    </xs:sequence></xs:complexType></xs:element>
  </xs:schema></wsdl:types>
  <wsdl:message name="PayIn"><wsdl:part name="parameters" element="tns:Pay"/></wsdl:message>
  <wsdl:message name="PayOut"><wsdl:part name="parameters" element="tns:PayResponse"/></wsdl:message>
  <wsdl:portType name="Bank">
    <wsdl:operation name="Pay"><wsdl:input message="tns:PayIn"/><wsdl:output message="tns:PayOut"/></wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="BankSoap" type="tns:Bank">
    {reference}
    <soap:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>
    <wsdl:operation name="Pay"><soap:operation soapAction="pay"/>
      <wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>
    </wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="Bank">
    <wsdl:port name="BankSoap" binding="tns:BankSoap"><soap:address location="http://127.0.0.1:1/"/></wsdl:port>
  </wsdl:service>
</wsdl:definitions>
"""


def contract(policy: str = "") -> str:
    """The bank's WSDL with these assertions on its binding."""
    reference = '<wsp:PolicyReference URI="#Secured"/>' if policy else ""
    return CONTRACT.format(sp=SP, policy=policy, reference=reference)


def within(name: str, *inner: str) -> str:
    """An assertion with a policy inside."""
    return f"<sp:{name}><wsp:Policy>{''.join(inner)}</wsp:Policy></sp:{name}>"


def x509_token(include: str, *how: str) -> str:
    """An X.509 token; `how`: which reference it requires."""
    inner = "".join(f"<sp:{each}/>" for each in (*how, "WssX509V3Token10"))
    return f'<sp:X509Token sp:IncludeToken="{SP}/IncludeToken/{include}"><wsp:Policy>{inner}</wsp:Policy></sp:X509Token>'


def asymmetric(*more: str, initiator: str = "AlwaysToRecipient", suite: str = "<cxf:CustomAlgorithmSuite/>") -> str:
    """An asymmetric binding with a signed timestamp."""
    return within(
        "AsymmetricBinding",
        within("InitiatorToken", x509_token(initiator)),
        within("RecipientToken", x509_token("Never", "RequireIssuerSerialReference")),
        within("AlgorithmSuite", suite),
        within("Layout", "<sp:Strict/>"),
        "<sp:IncludeTimestamp/>",
        *more,
        "<sp:OnlySignEntireHeadersAndBody/>",
    )


def symmetric(*more: str, how: str = "") -> str:
    """A symmetric binding: a key wrapped for the server's certificate signs and encrypts."""
    return within(
        "SymmetricBinding",
        within("ProtectionToken", x509_token("Never", "RequireIssuerSerialReference", *([how] if how else []))),
        within("AlgorithmSuite", "<cxf:CustomAlgorithmSuite/>"),
        within("Layout", "<sp:Strict/>"),
        "<sp:IncludeTimestamp/>",
        *more,
        "<sp:OnlySignEntireHeadersAndBody/>",
    )


SIGNED = "<sp:SignedParts><sp:Body/></sp:SignedParts>"
ENCRYPTED = "<sp:EncryptedParts><sp:Body/></sp:EncryptedParts>"
USERNAME = within("UsernameToken", "<sp:HashPassword/>", "<sp:WssUsernameToken10/>")


# -- keys


class Keyfiles:
    """Two parties, `client` and `server`, each a key with its certificate: PEM for us, one PKCS#12 store for Java."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "both.p12"
        self.keys: dict[str, rsa.RSAPrivateKey] = {}
        self.certificates: dict[str, x509.Certificate] = {}
        for name in ("client", "server"):
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            self.keys[name], self.certificates[name] = key, _certificate(key, name)
            own, public = folder / f"{name}.key.pem", self.certificates[name].public_bytes(Encoding.PEM)
            private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            own.write_bytes(private + public)
            own.chmod(0o600)
            (folder / f"{name}.cert.pem").write_bytes(public)
            (folder / f"{name}.p12").write_bytes(
                pkcs12.serialize_key_and_certificates(
                    name.encode(), key, self.certificates[name], None, BestAvailableEncryption(PASSWORD.encode())
                )
            )

    def keyring(self, us: str, them: str) -> str:
        """The keyring of one party: `us` and `them`."""
        folder = self.folder
        return f"keyring: {{us: {{pem: {folder}/{us}.key.pem}}, them: {{pem: {folder}/{them}.cert.pem}}}}\n"


def _certificate(key: rsa.RSAPrivateKey, name: str) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    built = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    built = built.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(1))
    built = built.not_valid_after(now + datetime.timedelta(30))
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return built.add_extension(identifier, critical=False).sign(key, hashes.SHA256())


# -- between the two


class Between:
    """An HTTP proxy to one address: keeps what passes, and changes it where a test says so."""

    def __init__(self, target: str) -> None:
        self.seen: list[tuple[str, bytes]] = []
        self.tamper: Callable[[str, bytes], bytes] = lambda _, body: body
        self._target = target
        between = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                between._pass(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _pass(self, handler: BaseHTTPRequestHandler) -> None:
        body = _body(handler)
        self.seen.append(("request", body))
        connection = http.client.HTTPConnection(self._target, timeout=30)
        headers = {n: v for n, v in handler.headers.items() if n.lower() not in _OWN}
        connection.request("POST", handler.path, self.tamper("request", body), headers)
        reply = connection.getresponse()
        answer = reply.read()
        self.seen.append(("reply", answer))
        answer = self.tamper("reply", answer)
        handler.send_response(reply.status)
        handler.send_header("content-type", reply.headers.get("content-type", "text/xml"))
        handler.send_header("content-length", str(len(answer)))
        handler.end_headers()
        handler.wfile.write(answer)
        connection.close()

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()


_OWN = ("host", "content-length", "connection", "transfer-encoding", "expect")


def _body(handler: BaseHTTPRequestHandler) -> bytes:
    """A request's body, whole, chunked or not."""
    if handler.headers.get("transfer-encoding", "").lower() != "chunked":
        return handler.rfile.read(int(handler.headers.get("content-length") or 0))
    chunks = []
    while size := int(handler.rfile.readline(), 16):
        chunks.append(handler.rfile.read(size))
        handler.rfile.readline()
    handler.rfile.readline()
    return b"".join(chunks)


# what of a protected message is tampered with, by name: the element whose text is changed
PARTS = (
    "amount", "receipt", "Created", "Expires", "DigestValue", "SignatureValue", "Username", "Password", "Nonce",
    "body CipherValue", "key CipherValue", "BinarySecurityToken",
)  # fmt: skip


def tampered(body: bytes, part: str) -> bytes:
    """The message with one part changed; the very same bytes where it has none."""
    where, _, name = part.rpartition(" ")
    text = body.decode()
    found = list(re.finditer(rf"(<(?:[\w.-]+:)?{name}(?:\s[^>]*)?>)([^<]+)(</)", text))
    if where:  # an EncryptedKey comes before what it opens
        key_ends = text.find("EncryptedKey>", text.find("EncryptedKey"))
        found = [each for each in found if (each.start() < text.rfind("EncryptedKey>")) == (where == "key")]
        assert key_ends
    if not found:
        return body
    at = found[0]
    return (text[: at.start(2)] + _other(at[2]) + text[at.end(2) :]).encode()


def _other(text: str) -> str:
    """A text of the same kind that says something else."""
    if re.fullmatch(r"\d{4}-\d\d-\d\dT.*", text):
        return text[:17] + ("01" if text[17:19] != "01" else "02") + text[19:]
    if text.isdigit():
        return str(int(text) + 1)
    try:
        raw = bytearray(base64.b64decode("".join(text.split()), validate=True))
    except ValueError:
        return text + "x"
    if len(raw) < 12:
        return text + "x"
    raw[len(raw) // 2] ^= 1
    return base64.b64encode(bytes(raw)).decode()


class Plain:
    """A service that knows nothing of security: answers each payment with its amount."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        plain = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                plain.seen.append(body)
                amount = re.search(rb"amount[^>]*>(\d+)<", body)
                text = PAID % (amount[1] if amount else b"nothing")
                self.send_response(200)
                self.send_header("content-type", "text/xml; charset=utf-8")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()


PAID = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    b'<PayResponse xmlns="urn:bank"><receipt>paid %s</receipt></PayResponse></s:Body></s:Envelope>'
)


def protecting(keys: Keyfiles, plugin: dict[str, Any], wsdl: Path, upstream: str) -> str:
    """A gateway whose clients must protect their calls: it is the server, before a service that knows nothing of it."""
    given = {"edges": ["client"], "failures_per_minute": 1000, **plugin}
    service = {"wsdl": str(wsdl), "path": "/bank", "upstream": {"url": upstream}}
    lines = [json.dumps({"plugins": {"wssecurity": given}})[1:-1], "services: " + json.dumps({"bank": service})]
    return keys.keyring("server", "client") + "\n".join(lines) + "\n"
