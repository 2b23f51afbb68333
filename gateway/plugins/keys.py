"""The law of keys: material has an id, comes from a file or the environment, and never shows itself.

PEM, PKCS#12, JWK and JWK Sets (also by URL, through `fetch`), or a bare secret. A file that others can read is
refused. `poll` looks whether files have changed (mtime, then hash) and takes the new material without a restart; the
old one stays for an overlap as `<id>.previous`, so that what is under way still opens. A change that cannot be
read keeps the old key and is told. No plug-in opens a key file itself.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import orjson
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, load_pem_public_key, pkcs12
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from pydantic import Field, SecretStr, model_validator

from gateway.core.ports import Clock

from .api import PluginSettings

AGAIN: Final = 30.0  # seconds between two questions for a set that is missing, or may have a new key
KEPT: Final = 86400.0  # seconds that a set is kept while its address does not answer
_SET_BYTES: Final = 256 * 1024
_SET_KEYS: Final = 100
WARN_BEFORE: Final = 30 * 86400.0  # seconds before a certificate ends


class KeyRefused(ValueError):
    """Key material that cannot be used: says which id and why, never what."""


class KeySettings(PluginSettings):
    """One key: exactly one of `pem`, `pkcs12`, `jwk`, `secret` and `env`."""

    id: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")
    pem: Path | None = Field(default=None, description="private key, public key or certificates, in one file")
    certificate: Path | None = Field(default=None, description="certificate chain beside `pem`, leaf first")
    pkcs12: Path | None = None
    jwk: Path | None = Field(default=None, description="a JWK, or a JWK Set: each key is `<id>.<kid>`")
    secret: Path | None = Field(default=None, description="a symmetric key, in the form of `form`")
    env: str | None = Field(default=None, description="environment variable that holds PEM, a JWK or a secret")
    url: str | None = Field(default=None, description="https address of a JWK Set of public keys: each is `<id>.<kid>`")
    refresh: float = Field(default=300.0, ge=30, le=86400, description="seconds after which `url` is asked again")
    ca: Path | None = Field(default=None, description="trust only these certificates (PEM) at `url`")
    form: Literal["base64", "hex", "raw"] = "base64"
    password: SecretStr | None = None
    group_readable: bool = Field(default=False, description="a mount that the gateway's group may read (0440)")

    @model_validator(mode="after")
    def _one_source(self) -> KeySettings:
        given = [name for name in ("pem", "pkcs12", "jwk", "secret", "env", "url") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of pem, pkcs12, jwk, secret, env, url")
        if self.url is not None and not _is_safe(self.url):
            raise ValueError("`url` is https, or http to this machine itself, without credentials")
        return self


def _is_safe(url: str) -> bool:
    """An address whose answer nobody on the way can change."""
    parts = urlsplit(url)
    here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    safe = parts.scheme == "https" or (parts.scheme == "http" and here)
    return safe and bool(parts.hostname) and parts.username is None


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """Material under one id: what is absent is None. `repr` shows the id alone."""

    id: str
    private: Any = None  # a private key of `cryptography`
    public: Any = None  # the public key, of the private key or of the certificate
    certificates: tuple[x509.Certificate, ...] = ()  # leaf first
    symmetric: bytes | None = None

    def __repr__(self) -> str:
        return f"Key({self.id!r})"

    @property
    def certificate(self) -> x509.Certificate:
        """The leaf. Raises KeyError without one."""
        if not self.certificates:
            raise KeyError(f"{self.id} has no certificate")
        return self.certificates[0]

    @property
    def certificate_der(self) -> bytes:
        """The leaf, DER. Raises KeyError without one."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def not_after(self) -> float | None:
        """When the leaf ends, seconds since the epoch."""
        return self.certificates[0].not_valid_after_utc.timestamp() if self.certificates else None


@dataclass(slots=True)
class _Watched:
    settings: KeySettings
    keys: dict[str, Key]
    stamp: tuple[tuple[float, int], ...] = ()
    digest: bytes = b""
    previous: dict[str, tuple[Key, float]] = field(default_factory=dict)


class Keyring:
    """All key material of one configuration (the port `Keys`). Raises KeyRefused with the first that is unusable."""

    def __init__(
        self, sources: Sequence[KeySettings], clock: Clock, *, overlap: float = 86400.0, fetch: Fetch | None = None
    ) -> None:
        self._clock = clock
        self._overlap = overlap
        self._watched = [self._watch(source) for source in sources if source.url is None]
        self._remote = [RemoteSet(source, clock, fetch) for source in sources if source.url is not None]
        self._keys: dict[str, Key] = {}
        self._merge()

    def __repr__(self) -> str:
        return f"Keyring({', '.join(sorted(self._keys))})"

    def get(self, key_id: str) -> Key:
        """The key of this id as it is now. Raises KeyError."""
        return self._keys[key_id]

    def named(self, prefix: str) -> Sequence[Key]:
        """All keys whose id is `prefix` or begins with `prefix.`; the present one before the previous."""
        found = [key for name, key in self._keys.items() if name == prefix or name.startswith(prefix + ".")]
        return sorted(found, key=lambda key: (key.id.endswith(".previous"), key.id))

    def expects(self, prefix: str) -> bool:
        """Whether keys of this id are fetched, though they may not be here yet."""
        return any(each.settings.id == prefix for each in self._remote)

    def unknown(self, prefix: str) -> None:
        """A key of this id was looked for in vain: a set that is fetched is asked again soon, as its key may be new."""
        for each in self._remote:
            if each.settings.id == prefix:
                each.wanted = True

    def poll(self) -> tuple[list[str], list[str]]:
        """Read again what has changed: (ids with new material, reasons for what could not be taken)."""
        changed: list[str] = []
        refused: list[str] = []
        for index, old in enumerate(self._watched):
            stamp = _stamp(old.settings)
            if stamp == old.stamp:
                continue
            try:
                new = self._watch(old.settings)
            except KeyRefused as error:
                refused.append(str(error))
                continue
            if new.digest != old.digest:
                until = self._clock.now() + self._overlap
                new.previous = {name: (replace(key, id=f"{name}.previous"), until) for name, key in old.keys.items()}
                changed += new.keys
            else:
                new.previous = old.previous
            self._watched[index] = new
        for remote in self._remote:
            try:
                changed += remote.poll()
            except KeyRefused as error:
                refused.append(str(error))
        self._merge()
        return changed, refused

    def expiries(self) -> Mapping[str, float]:
        """When each certificate ends, seconds since the epoch, by id."""
        return {name: key.not_after for name, key in self._keys.items() if key.not_after is not None}

    def warnings(self) -> list[str]:
        """A line for each certificate that ends within thirty days or has ended."""
        now = self._clock.now()
        lines = []
        for name, until in sorted(self.expiries().items()):
            if until - now <= WARN_BEFORE and not name.endswith(".previous"):
                day = datetime.fromtimestamp(until, UTC).date().isoformat()
                lines.append(f"the certificate of key {name} {'ended' if until <= now else 'ends'} on {day}")
        return lines

    def _watch(self, source: KeySettings) -> _Watched:
        stamp = _stamp(source)
        blobs = _read(source)
        digest = hashlib.sha256(b"\0".join(blobs)).digest()
        try:
            keys = _load(source, blobs)
        except KeyRefused:
            raise
        except (ValueError, TypeError, KeyError, binascii.Error, orjson.JSONDecodeError) as error:
            # the parser's own words may quote the material
            raise KeyRefused(f"key {source.id}: {_words(source, error)}") from None
        return _Watched(source, keys, stamp, digest)

    def _merge(self) -> None:
        now = self._clock.now()
        merged: dict[str, Key] = {}
        for watched in self._watched:
            merged.update(watched.keys)
            merged.update({key.id: key for key, until in watched.previous.values() if until > now})
        for remote in self._remote:
            merged.update(remote.keys)
        self._keys = merged


Fetch = Callable[[KeySettings], bytes]


class RemoteSet:
    """A JWK Set by URL: public keys only, kept while its address does not answer, for a day at most.

    A key that the set no longer holds counts no longer: taking one away is how its owner withdraws it.
    """

    def __init__(self, settings: KeySettings, clock: Clock, fetch: Fetch | None) -> None:
        self.settings = settings
        self.keys: dict[str, Key] = {}
        self.wanted = False
        self._clock = clock
        self._fetch = fetch
        self._asked = -math.inf
        self._fetched = -math.inf

    def poll(self) -> list[str]:
        """Fetch it when it is due: the ids that are new. Blocks. Raises KeyRefused, then what was known stays."""
        now = self._clock.now()
        due = self.settings.refresh if self.keys and not self.wanted else AGAIN
        if self._fetch is None or now - self._asked < due:
            return []
        self._asked, self.wanted = now, False
        try:
            found = _remote_keys(self.settings.id, self._fetch(self.settings))
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            if now - self._fetched > KEPT:
                self.keys = {}
            words = error if isinstance(error, OSError | KeyRefused) else type(error).__name__
            raise KeyRefused(f"key {self.settings.id}: the set at its url cannot be had: {words}") from None
        new = [name for name in found if name not in self.keys]
        self.keys, self._fetched = found, now
        return new


def _remote_keys(name: str, data: bytes) -> dict[str, Key]:
    """The keys of a set that others publish: what is not known or not public is passed over."""
    if len(data) > _SET_BYTES:
        raise KeyRefused("it is too long")
    members = orjson.loads(data)["keys"]
    found: dict[str, Key] = {}
    for index, document in enumerate(members[:_SET_KEYS]):
        if not isinstance(document, dict) or document.get("kty") not in ("RSA", "EC") or "d" in document:
            continue
        kid = document.get("kid", index)
        try:
            found.setdefault(f"{name}.{str(kid)[:128]}", _one_jwk(f"{name}.{kid}", document))
        except (ValueError, TypeError, KeyError, JoseError):
            continue
    if not found:
        raise KeyRefused("it holds no public key of kind RSA or EC")
    return found


def _words(source: KeySettings, error: Exception) -> str:
    """What is likely wrong with the material, without a word of the parser's."""
    if source.password is None and isinstance(error, TypeError) and source.pem is not None:
        return "the private key is encrypted; give its `password`"
    if source.pkcs12 is not None or source.password is not None:
        return f"the password is wrong, or the material cannot be read ({type(error).__name__})"
    return f"the material cannot be read ({type(error).__name__})"


# -- files


def _files(source: KeySettings) -> list[tuple[Path, bool]]:
    """The files of a source; whether each holds something secret."""
    main = source.pem or source.pkcs12 or source.jwk or source.secret
    files = [(main, True)] if main else []
    return files + ([(source.certificate, False)] if source.certificate else [])


def _stamp(source: KeySettings) -> tuple[tuple[float, int], ...]:
    stamps = []
    for path, _ in _files(source):
        try:
            status = path.stat()
            stamps.append((status.st_mtime, status.st_ino))
        except OSError:
            stamps.append((0.0, 0))
    return tuple(stamps)


def _read(source: KeySettings) -> list[bytes]:
    if source.env is not None:
        value = os.environ.get(source.env)
        if not value:
            raise KeyRefused(f"key {source.id}: the environment variable {source.env} is not set")
        return [value.encode()]
    return [_read_file(source, path, secret) for path, secret in _files(source)]


def _read_file(source: KeySettings, path: Path, secret: bool) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise KeyRefused(f"key {source.id}: {path}: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise KeyRefused(f"key {source.id}: {path} is no file")
        data = file.read(1 << 20)
    public = not secret or (b"PRIVATE KEY" not in data and data.lstrip().startswith(b"-----BEGIN"))
    allowed = 0o037 if source.group_readable else 0o077
    if not public and status.st_mode & allowed:
        mode = stat.S_IMODE(status.st_mode)
        raise KeyRefused(f"key {source.id}: {path} can be read by others (mode {mode:04o}); make it 0600")
    return data


# -- forms


def _load(source: KeySettings, blobs: list[bytes]) -> dict[str, Key]:
    data = blobs[0]
    if source.pkcs12 is not None:
        return _pkcs12(source, data)
    if source.jwk is not None or (source.env is not None and data.lstrip().startswith(b"{")):
        return _jwk(source, data)
    if source.pem is not None or (source.env is not None and b"-----BEGIN" in data):
        return {source.id: _pem(source, b"\n".join(blobs))}
    return {source.id: Key(source.id, symmetric=_secret(source, data))}


def _password(source: KeySettings) -> bytes | None:
    return source.password.get_secret_value().encode() if source.password else None


def _pem(source: KeySettings, data: bytes) -> Key:
    certificates = tuple(x509.load_pem_x509_certificates(data)) if b"BEGIN CERTIFICATE" in data else ()
    private = load_pem_private_key(data, _password(source)) if b"PRIVATE KEY" in data else None
    if private is not None:
        public: Any = private.public_key()
    elif certificates:
        public = certificates[0].public_key()
    else:
        public = load_pem_public_key(data)
    return _agreeing(Key(source.id, private, public, certificates))


def _pkcs12(source: KeySettings, data: bytes) -> dict[str, Key]:
    private, leaf, more = pkcs12.load_key_and_certificates(data, _password(source))
    if leaf is None:
        raise KeyRefused(f"key {source.id}: the PKCS#12 file holds no certificate")
    return {source.id: _agreeing(Key(source.id, private, leaf.public_key(), (leaf, *more)))}


def _agreeing(key: Key) -> Key:
    if key.private is not None and key.certificates and key.private.public_key() != key.certificate.public_key():
        raise KeyRefused(f"key {key.id}: the certificate is not that of the private key")
    return key


def _jwk(source: KeySettings, data: bytes) -> dict[str, Key]:
    document = orjson.loads(data)
    if "keys" not in document:
        return {source.id: _one_jwk(source.id, document)}
    keys = KeySet.import_key_set(document).keys
    found: dict[str, Key] = {}
    for index, (member, raw) in enumerate(zip(keys, document["keys"], strict=True)):
        name = f"{source.id}.{member.kid or index}"
        if name in found:
            raise KeyRefused(f"key {source.id}: two keys of the set have the same kid")
        found[name] = _one_jwk(name, raw)
    return found


def _one_jwk(name: str, document: Any) -> Key:
    types: dict[str, type[RSAKey | ECKey | OctKey]] = {"RSA": RSAKey, "EC": ECKey, "oct": OctKey}
    kind = types.get(document.get("kty", ""))
    if kind is None:
        raise KeyRefused(f"key {name}: kty must be RSA, EC or oct")
    key = kind.import_key(document)
    if isinstance(key, OctKey):
        return Key(name, symmetric=key.raw_value)
    return Key(name, key.private_key if key.is_private else None, key.public_key)


def _secret(source: KeySettings, data: bytes) -> bytes:
    if source.form == "raw":
        secret = data
    elif source.form == "hex":
        secret = bytes.fromhex(data.decode().strip())
    else:
        text = data.decode().strip().replace("-", "+").replace("_", "/")
        secret = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    if len(secret) < 16:
        raise KeyRefused(f"key {source.id}: a symmetric key has at least 16 bytes")
    return secret
