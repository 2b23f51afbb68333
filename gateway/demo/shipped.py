"""The law of what is shipped: where `schemas` and `config` are, in an installed package and in a clone alike."""

from __future__ import annotations

from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).resolve().parent.parent


def shipped(package: Path = PACKAGE) -> Path:
    """What holds `schemas` and `config`: a folder of an installed package, or the root of a clone."""
    inside = package / "_shipped"
    return inside if inside.is_dir() else package.parent
