"""The law of key settings: each entry of `keyring` is read, every one that cannot be used told at its place.

Relative paths start at the configuration's folder. Nothing of a key's content may stand in a mistake.
"""

from __future__ import annotations

import asyncio
import math
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import ValidationError

from ..core.ports import Clock
from ..net.fetch import Fetcher
from ..net.tls import trust
from ..observe.log import Log
from ..observe.metrics import Metrics
from ..plugins.keys import KeyRefused, Keyring, KeySettings
from ..settings.loader import Loaded
from ..settings.mistakes import Mistake, Refused
from .book import Built
from .endings import AGAIN, Endings, endings, soon

_PATHS: Final = ("pem", "certificate", "pkcs12", "jwk", "secret", "ca")


def keyring(built: Built, clock: Clock) -> Keyring:
    """All keys of the configuration. Raises Refused with every mistake."""
    sources, mistakes = _sources(built.loaded, clock)
    if mistakes:
        raise Refused(each for each, _ in mistakes)
    return Keyring(sources, clock, fetch=_fetched)


def _fetched(source: KeySettings) -> bytes:
    """A JWK Set by URL. To name an address is the allowance for its host, and for no other (`gateway.net.fetch`).

    Raises OSError.
    """
    url = source.url or ""
    context = trust(str(source.ca), None, None) if source.ca is not None else None
    return Fetcher([urlsplit(url).netloc], context=context() if context is not None else None)(url)


def looked_at(built: Built, clock: Clock) -> list[str]:
    """What `check` warns of: certificates that end, and files that the environment names and that are not here.

    A file named by `${…}` belongs to another machine than the one that checks. Raises Refused with every mistake.
    """
    sources, mistakes = _sources(built.loaded, clock)
    if wrong := [each for each, elsewhere in mistakes if not elsewhere]:
        raise Refused(wrong)
    loaded = built.loaded
    ended = soon(endings(loaded).expiries().items(), clock.now())
    return [
        *(str(each) for each, _ in mistakes),
        *ending(loaded, Keyring(sources, clock)),
        *(str(loaded.mistake(tuple(place.split(".")), words)) for place, words in ended),
    ]


def _sources(loaded: Loaded, clock: Clock) -> tuple[list[KeySettings], list[tuple[Mistake, bool]]]:
    """The sources that can be used, and the mistakes: whether each is but a file that is not on this machine."""
    sources: list[KeySettings] = []
    mistakes: list[tuple[Mistake, bool]] = []
    for name, given in loaded.settings.keyring.items():
        try:
            source = KeySettings.model_validate({"id": name, **_absolute(given, Path(loaded.base))})
            Keyring([source], clock)  # one by one first, so that every mistake is told
            sources.append(source)
        except ValidationError as error:
            mistakes += [(_mistake(loaded, name, *map(str, e["loc"]), words=e["msg"]), False) for e in error.errors()]
        except KeyRefused as error:
            absent = [each for each in _PATHS if each in given and not (Path(loaded.base) / str(given[each])).exists()]
            elsewhere = bool(absent) and all(loaded.filled("keyring", name, each) for each in absent)
            mistakes.append((_mistake(loaded, name, words=str(error)), elsewhere))
    return sources, mistakes


def ending(loaded: Loaded, keys: Keyring) -> list[str]:
    """A line for each certificate that ends within thirty days or has ended, at the place of its setting."""
    found = []
    for line in keys.warnings():
        named = [each for each in loaded.settings.keyring if f" key {each} " in line or f" key {each}." in line]
        name = max(named, key=len, default="")
        found.append(str(loaded.mistake(("keyring", name), line)))
    return found


async def watch(
    keys: Keyring, log: Log, metrics: Metrics, clock: Clock, tls: Endings, *, every: float = 5.0
) -> None:
    """Take changed key files while serving; tell what changed, what could not be taken, and once a day which
    certificates end within thirty days. Until cancelled."""
    first, told = True, -math.inf
    while True:
        ends = tls.expiries()
        metrics.certificates({**keys.expiries(), **ends})
        if clock.now() - told >= AGAIN:
            told = clock.now()
            for line in (*keys.warnings(), *(words for _, words in soon(ends.items(), told))):
                log.write("error", "warning", "certificate-ends", cause=line)
        await asyncio.sleep(0.0 if first else every)  # sets by URL are fetched at once
        first = False
        changed, refused = await asyncio.to_thread(keys.poll)
        for name in changed:
            log.audit("key-changed", key=name)
        for words in refused:
            log.write("error", "warning", "key-refused", cause=words)


def _absolute(given: dict[str, Any], base: Path) -> dict[str, Any]:
    return {name: str(base / str(value)) if name in _PATHS else value for name, value in given.items()}


def _mistake(loaded: Loaded, name: str, *path: str, words: str) -> Mistake:
    return loaded.mistake(("keyring", name, *path), words)
