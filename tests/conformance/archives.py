"""The law of the archives: unpacked once into a folder that git ignores, again when the archive has changed."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
from pathlib import Path
from typing import Final

UNPACKED: Final = Path(".suites")


def unpack(archive: Path, into: Path = UNPACKED) -> Path:
    """The folder with the archive's content. Raises OSError, tarfile.TarError."""
    name = archive.name.removesuffix(".tar.gz")
    folder, mark = into / name, into / f"{name}.sha256"
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if folder.is_dir() and mark.is_file() and mark.read_text() == digest:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    into.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as tar:
        tar.extractall(into, filter="data")  # no links out, no devices, no owners
    mark.write_text(digest)
    return folder
