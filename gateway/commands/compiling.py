"""The law of `compile`: what `serve` would build of the schemas is written beside the WSDL, so that a pod starts warm.

Compiles what the configuration asks for (its mappings), always from the documents themselves. `serve` and the other
commands use the file while it fits the documents; there is nothing to clean up when it does not.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from gateway.cli import OK, Misuse
from gateway.commands.contract import refusals, say, settings
from gateway.commands.progress import Progress


@refusals
def compile_(chosen: argparse.Namespace) -> int:
    """The command."""
    with Progress() as progress:
        progress.at("compiling")
        from gateway.build.book import build
        from gateway.build.store import beside

        loaded = settings(chosen)
        for each in loaded.settings.services.values():
            _forget(each.wsdl)
        benches = {id(service.bench): service.bench for service in build(loaded).services}
        written = []
        for bench in benches.values():
            path = beside(bench.contract)
            if path is None:
                raise Misuse("a contract of the network is not compiled; vendor it first: gateway import URL -o FOLDER")
            if str(path) not in written:
                _replace(path, bench.compiled())
                written.append(str(path))
    for name in written:
        say(f"wrote {name}")
    return OK


def _forget(wsdl: str) -> None:
    from gateway.build.store import SUFFIX

    if "://" not in wsdl:
        Path(wsdl + SUFFIX).unlink(missing_ok=True)


def _replace(path: Path, raw: bytes) -> None:
    """The whole file or none of it: a pod may be reading it."""
    new = path.with_name(path.name + ".new")
    new.write_bytes(raw)
    os.replace(new, path)
