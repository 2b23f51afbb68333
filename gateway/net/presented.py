"""The law of TLS towards clients: the certificate that is presented, those that are asked for, and whom one names.

TLS 1.2 at least, no renegotiation. Files are looked at with each handshake: a renewed certificate or authority holds
for the next connection, one that cannot be read changes nothing. A certificate that was proven becomes an identity by
one place in it, and only where that place says one thing.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Place = Literal["subject", "name", "dns", "uri", "email"]
_SHORT: Final[Mapping[str, str]] = {
    "commonName": "CN", "organizationName": "O", "organizationalUnitName": "OU", "countryName": "C",
    "localityName": "L", "stateOrProvinceName": "ST", "domainComponent": "DC", "userId": "UID",
}  # fmt: skip
_KINDS: Final[Mapping[str, str]] = {"dns": "DNS", "uri": "URI", "email": "email"}
_MARKS: Final = ',+"\\<>;='


@dataclass(slots=True)
class Presented:
    """The server's side of TLS. `key`: of the certificate, in its file when empty; `clients`: who vouches for them."""

    certificate: str
    key: str | None = None
    clients: str | None = None
    required: bool = True
    _seen: tuple[tuple[int, int], ...] = field(default=(), repr=False)
    _present: ssl.SSLContext | None = field(default=None, repr=False)

    def context(self) -> ssl.SSLContext:
        """For a listening socket; each handshake takes the present files. Raises OSError, ssl.SSLError."""
        self._present, self._seen = self._made(), self._marks()
        first = self._made()
        first.sni_callback = self._greeted
        return first

    def _greeted(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        try:
            marks = self._marks()
            if marks != self._seen:
                self._present, self._seen = self._made(), marks
        except (OSError, ssl.SSLError):
            pass  # the one that works goes on
        if self._present is not None:
            connection.context = self._present

    def _marks(self) -> tuple[tuple[int, int], ...]:
        found = [os.stat(name) for name in (self.certificate, self.key, self.clients) if name]
        return tuple((each.st_mtime_ns, each.st_ino) for each in found)

    def _made(self) -> ssl.SSLContext:
        secret = self.key or self.certificate
        mode = os.stat(secret).st_mode & 0o777
        if mode & 0o037:
            raise OSError(f"{secret} can be read by others (mode {mode:04o}); make it 0600")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
        context.set_alpn_protocols(["http/1.1"])
        context.load_cert_chain(self.certificate, self.key, password=_nobody)
        if self.clients is not None:
            context.load_verify_locations(self.clients)
            context.verify_mode = ssl.CERT_REQUIRED if self.required else ssl.CERT_OPTIONAL
        return context


def _nobody() -> str:
    """Of an encrypted key: nobody is asked at a terminal."""
    return ""


@dataclass(frozen=True, slots=True)
class Identities:
    """Whom a client's certificate names: what stands at a place, or what `known` calls it; others are strangers."""

    place: Place = "subject"
    known: Mapping[str, str] = field(default_factory=dict)

    def of(self, certificate: Mapping[str, Any]) -> str:
        """The identity, empty for a stranger. The certificate is as `ssl` gives it."""
        said = _at(certificate, self.place)
        return self.known.get(said, "") if self.known else said


def _at(certificate: Mapping[str, Any], place: Place) -> str:
    """What stands at a place; nothing where nothing stands or several things do."""
    if place == "subject":
        return distinguished(certificate.get("subject", ()))
    if place == "name":
        found = [value for part in certificate.get("subject", ()) for name, value in part if name == "commonName"]
    else:
        found = [value for kind, value in certificate.get("subjectAltName", ()) if kind == _KINDS[place]]
    return str(found[0]) if len(found) == 1 else ""


def distinguished(subject: Any) -> str:
    """A subject as RFC 4514 writes it, the last part first; what a value holds cannot look like another part."""
    parts = ["+".join(f"{_SHORT.get(name, name)}={_escaped(value)}" for name, value in part) for part in subject]
    return ",".join(reversed(parts))


def _escaped(value: str) -> str:
    text = "".join(f"\\{mark}" if mark in _MARKS else mark for mark in value)
    text = f"{text[:-1]}\\ " if text.endswith(" ") else text
    return f"\\{text}" if text[:1] in (" ", "#") else text
