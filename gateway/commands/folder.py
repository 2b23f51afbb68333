"""The law of an import's folder: what `-o` names holds the contract, the verdict and a configuration to start with.

Contract and verdict are written anew by each import; a configuration that is there already is its owner's, and the
new proposal is put beside it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from gateway.cli import Misuse
from gateway.commands.contract import say

CONTRACT: Final = "contract"  # the folder of documents
_VERDICT: Final = "verdict.json"
_CONFIGURATION: Final = "gateway.yaml"
_PROPOSED: Final = "gateway.proposed.yaml"


def folder_of(chosen: argparse.Namespace) -> Path | None:
    """The folder that `-o` names, None without it. Raises Misuse: it is there and no folder."""
    folder = Path(chosen.output) if chosen.output else None
    if folder is not None and folder.exists() and not folder.is_dir():
        raise Misuse(f"{folder} is no folder")
    return folder


def write_documents(folder: Path, documents: Mapping[str, bytes], told: Mapping[str, Any]) -> str:
    """Write the contract's documents and the verdict; the verdict's file."""
    (folder / CONTRACT).mkdir(parents=True, exist_ok=True)
    for name, raw in documents.items():
        (folder / CONTRACT / name).write_bytes(raw)
    verdict = folder / _VERDICT
    verdict.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return str(verdict)


def configuration_file(folder: Path) -> Path:
    """Where a configuration may be written; says so where that is beside the owner's."""
    own = folder / _CONFIGURATION
    if not own.exists():
        return own
    say(f"{own} is there already and is left as it is; the proposal is beside it")
    return folder / _PROPOSED
