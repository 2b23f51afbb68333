"""The law of watched files: which files a configuration was made of, and whether one of them reads differently now.

Judged by content, never by date alone: a ConfigMap's volume swaps a symbolic link, an editor renames a new file
over the old one, `touch` changes nothing. Key files are not here: the keyring takes them by itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from ..settings.loader import Loaded
from .book import Built

_REFERENCE: Final = re.compile(r"\$\{file:([^}]+)\}")
_GONE: Final = "absent"
Stat = tuple[int, int, int]


def files_of(loaded: Loaded, built: Built | None = None) -> frozenset[Path]:
    """The files behind a configuration: itself, what `${file:…}` names, plug-ins, contracts and all they import.

    Without `built` (it was refused) the contracts' own files alone. What is no file is left out.
    """
    base = Path(loaded.base)
    own = Path(loaded.file)
    found = {own} if own.is_file() else set()
    if found:
        found |= {Path(part) for part in loaded.document.parts}
        found |= {base / name.strip() for each in tuple(found) for name in _REFERENCE.findall(_text(each))}
    for plugin in loaded.settings.plugins.values():
        path, _, _ = str(plugin.get("use", "")).rpartition(":")
        if path.endswith(".py"):
            found.add(base / path)
    for service in loaded.settings.services.values():
        found |= _local(base, (service.wsdl, *service.xsd))
    for each in built.services if built else ():
        contract = each.bench.contract
        urls = [document.url for document in contract.documents if document.origin == "file"]
        found |= _local(base, (*urls, *(source.url.partition("#")[0] for source in contract.sources)))
    return frozenset(path.absolute() for path in found)


def _local(base: Path, urls: Iterable[str]) -> set[Path]:
    paths = set()
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme == "file":
            paths.add(Path(unquote(parts.path)))
        elif "://" not in url and (path := base / url).exists():  # a name in memory is no file
            paths.add(path)
    return paths


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


class Digests:
    """What files hold, as digests; a file whose date, size and inode are the same is not read again."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[Stat, str]] = {}

    def of(self, paths: Iterable[Path]) -> dict[Path, str]:
        """The digest of each file, `absent` for one that cannot be read."""
        found = {}
        for path in paths:
            stat = _stat(path)
            known = self._known.get(path)
            if stat is None or known is None or known[0] != stat:
                known = (stat or (0, 0, 0), _digest(path))
                self._known[path] = known
            found[path] = known[1]
        return found


def changed(before: Mapping[Path, str], after: Mapping[Path, str]) -> tuple[str, ...]:
    """The names of the files that read differently."""
    return tuple(sorted(str(path) for path in {*before, *after} if before.get(path) != after.get(path)))


def _stat(path: Path) -> Stat | None:
    try:
        found = path.stat()  # of what the link leads to
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _digest(path: Path) -> str:
    """Content and place: relative paths start where a link leads to, so a swapped volume is another configuration."""
    try:
        return f"{hashlib.sha256(path.read_bytes()).hexdigest()} {path.resolve()}"
    except OSError:
        return _GONE
