"""The law of the file system at build time: which local file a location may reach.

A document that the operator names may import any local file under the root, `..` included. The root is what
the operator gives; without one it is the working directory where that holds the document, else the
second folder of the document's path. Real paths are compared, so a symbolic link does not lead out.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from gateway.schema.errors import ContractError


@dataclass(frozen=True, slots=True)
class Root:
    """The folder that nothing is read from outside of."""

    folder: Path

    @staticmethod
    def of(document: Path, given: Path | None = None) -> Root:
        """The root for a document that the operator names."""
        if given is not None:
            return Root(given.resolve())
        real, here = document.resolve(), Path.cwd().resolve()
        if real.is_relative_to(here):
            return Root(here)
        return Root(Path(*real.parts[: min(3, len(real.parts) - 1)]))

    def file(self, path: str, *, named_in: str, line: int, location: str) -> Path | None:
        """The file at a path, None when there is none. Raises ContractError when it is outside the root."""
        for spelling in dict.fromkeys((path, unquote(path))):
            candidate = Path(spelling)
            if os.path.lexists(candidate):
                real = candidate.resolve()
                if not real.is_relative_to(self.folder):
                    raise ContractError(
                        f"{location!r} leads outside of {self.folder}, the folder that contracts are read from; "
                        "name a higher folder as root if that is meant",
                        file=named_in,
                        line=line,
                    )
                if real.is_file():
                    return candidate
        return None


def shown(path: Path) -> str:
    """A path as an error names it: relative to the working directory where it lies below."""
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except ValueError:
        return str(path)


def is_remote(url: str) -> bool:
    """Whether this is an http or https address."""
    return urlsplit(url).scheme in ("http", "https")
