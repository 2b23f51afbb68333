"""The law of passing on: of a service's header callers get what is named, and only what a client could act upon.

Everything else ends here: what belongs to a connection, to the gateway's own credentials, or to an address that
callers do not know. A field whose text is not what the field must be is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from .conditions import is_tag

PASSED: Final = (
    "etag",
    "last-modified",
    "retry-after",
    "ratelimit",
    "ratelimit-policy",
    "content-language",
    "deprecation",
    "sunset",
)
PAUSE: Final = ("retry-after",)
# Fields that no setting passes on: framing, cookies, credentials, and what the gateway says itself.
OWNED: Final = frozenset(
    "connection content-length content-type content-encoding transfer-encoding trailer upgrade te keep-alive host date "
    "server via set-cookie www-authenticate proxy-authenticate location allow accept-post accept-patch age vary "
    "x-request-id preference-applied idempotency-replayed".split()
)
_PAUSE: Final = re.compile(r"[0-9]{1,9}|[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT").fullmatch


def _is_pause(text: str) -> bool:
    """Seconds or a date (RFC 9110 §10.2.3, §5.6.7)."""
    return _PAUSE(text) is not None


_FORMS: Final[Mapping[str, Callable[[str], bool]]] = {"retry-after": _is_pause, "etag": is_tag}


def passed(named: Sequence[str] | None) -> tuple[str, ...]:
    """The fields that a JSON service's callers get, in lower case; `named`: those of the configuration."""
    return PASSED if named is None else tuple(name.lower() for name in named)


def told(headers: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The fields that are named (in lower case) and are what they must be."""
    found = {name: headers[name] for name in names if name in headers}
    return {name: text for name, text in found.items() if text.isascii() and _FORMS.get(name, str.isprintable)(text)}
