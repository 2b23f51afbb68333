"""The law of TLS to services: certificates are always verified, and read again when their files change.

TLS 1.2 at least. A client's own certificate is never sent but where one is configured.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Trust:
    """The present context for new connections; files are looked at once a connection, not once a request.

    `ca`: trust these alone (PEM), else the system's. `certificate` and `key`: the gateway's own.
    Calling it raises OSError when a file is gone and ssl.SSLError when one is not what it should be; a
    renewal that cannot be read keeps the context that works.
    """

    ca: str | None = None
    certificate: str | None = None
    key: str | None = None
    _seen: tuple[tuple[int, int], ...] = field(default=(), repr=False)
    _context: ssl.SSLContext | None = field(default=None, repr=False)

    def __call__(self) -> ssl.SSLContext:
        try:
            seen = tuple(_mark(name) for name in (self.ca, self.certificate, self.key) if name)
            if self._context is None or seen != self._seen:
                self._context, self._seen = self._made(), seen
        except (OSError, ssl.SSLError):
            if self._context is None:
                raise
        return self._context

    def _made(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.ca)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.certificate:
            context.load_cert_chain(self.certificate, self.key)
        return context


def _mark(name: str) -> tuple[int, int]:
    found = os.stat(name)
    return found.st_mtime_ns, found.st_ino


def trust(ca: str | None, certificate: str | None, key: str | None) -> Callable[[], ssl.SSLContext] | None:
    """The contexts of one service, None where the system's own trust is all. Raises OSError, ssl.SSLError."""
    if not (ca or certificate):
        return None
    found = Trust(ca, certificate, key)
    found()  # a file that cannot be read is a refused start, not a failed call
    return found
