"""The law of endings: the certificates that TLS is configured with end, too, and that is told beside the keyring's.

By the place of their setting: `tls`, `services.portal.upstream.tls`, an authority's with `.ca` behind, of which the
first to end counts. A file is read when it changes; one that cannot be read is told where it is used.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from cryptography import x509

from ..plugins.keys import WARN_BEFORE
from ..settings.loader import Loaded

AGAIN: Final = 86400.0  # seconds after which an ending is warned of again


class Endings:
    """When the certificates of some files end. `files`: the place of each setting, and its file."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files
        self._known: dict[str, tuple[tuple[int, int], float | None]] = {}

    def expiries(self) -> dict[str, float]:
        """The end of each, seconds since the epoch, by the place of its setting."""
        found: dict[str, float] = {}
        for place, file in self.files.items():
            until = self._of(place, file)
            if until is not None:
                found[place] = until
        return found

    def _of(self, place: str, file: str) -> float | None:
        try:
            seen = os.stat(file)
            mark = (seen.st_mtime_ns, seen.st_ino)
            known = self._known.get(place)
            if known is None or known[0] != mark:
                with open(file, "rb") as opened:
                    text = opened.read()
                known = self._known[place] = (mark, _first_end(text, every=place.endswith(".ca")))
        except OSError:
            return None
        return known[1]


def _first_end(text: bytes, *, every: bool) -> float | None:
    """When the leaf of a chain ends; of `every` certificate of a file the first to end."""
    try:
        chain = x509.load_pem_x509_certificates(text)
    except ValueError:
        return None
    return min(each.not_valid_after_utc.timestamp() for each in (chain if every else chain[:1]))


def endings(loaded: Loaded) -> Endings:
    """Those of a configuration."""
    return Endings(dict(_files(loaded)))


def _files(loaded: Loaded) -> Iterator[tuple[str, str]]:
    settings = loaded.settings
    if settings.tls is not None:
        yield "tls", settings.tls.certificate
        if settings.tls.clients is not None:
            yield "tls.clients.ca", settings.tls.clients.ca
    for name, service in settings.services.items():
        tls = service.upstream.tls
        if tls.certificate is not None:
            yield f"services.{name}.upstream.tls", tls.certificate
        if tls.ca is not None:
            yield f"services.{name}.upstream.tls.ca", tls.ca


def soon(expiries: Iterable[tuple[str, float]], now: float) -> list[tuple[str, str]]:
    """The places whose certificate ends within thirty days or has ended, each with its words."""
    found = []
    for place, until in sorted(expiries):
        if until - now <= WARN_BEFORE:
            day = datetime.fromtimestamp(until, UTC).date().isoformat()
            found.append((place, f"the certificate of {place} {'ended' if until <= now else 'ends'} on {day}"))
    return found
