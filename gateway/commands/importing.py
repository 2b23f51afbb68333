"""The law of `import`: a WSDL in; the verdict out, and with -o the vendored contract and a configuration to start with.

0 when the contract loads, 1 when it is refused. Without -o nothing is written. A configuration that is already there
is its owner's: the new proposal is put beside it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gateway.cli import OK, REFUSED
from gateway.commands.contract import put, refusals, say
from gateway.commands.folder import CONTRACT, configuration_file, folder_of, write_documents
from gateway.commands.progress import Progress
from gateway.schema.errors import ContractError


def bring(chosen: argparse.Namespace) -> int:
    """The command."""
    from gateway.commands.drawing import draw, is_json

    if chosen.operation or is_json(chosen.contract):
        return refusals(draw)(chosen)
    if chosen.report != "json":
        return refusals(_bring)(chosen)
    try:
        return _bring(chosen)
    except ContractError as refused:
        from gateway.commands.verdict_report import refusal

        put(json.dumps(refusal(chosen.contract, refused), indent=2, ensure_ascii=False))
        say(refused)
        return REFUSED


def _bring(chosen: argparse.Namespace) -> int:
    from gateway.build.verdict import Judge
    from gateway.commands.verdict_report import report

    folder = folder_of(chosen)
    with Progress() as progress:
        bench = _bench(chosen, progress)
        total = sum(1 for _ in bench.contract.bound())
        verdicts = []
        for at, verdict in enumerate(Judge(bench).operations(), 1):
            verdicts.append(verdict)
            progress.at(f"judging operation {min(at + 1, total)} of {total}")
        told = report(bench.contract, verdicts)
        written = _write(bench, folder, told, progress) if folder is not None else ()
    if chosen.report == "json":
        put(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        from gateway.commands.verdict_report import text

        put(text(told))
    for name in written:
        say(f"wrote {name}")
    return OK


def _bench(chosen: argparse.Namespace, progress: Progress) -> Any:
    progress.at("starting")
    from gateway.build.workbench import Workbench
    from gateway.net.fetch import Fetcher
    from gateway.schema.wsdl import load_wsdl

    hosts = list(chosen.fetch or ())
    if urlsplit(chosen.contract).scheme in ("http", "https"):
        hosts.append(urlsplit(chosen.contract).netloc)  # to type a URL is the allowance to fetch from that host
    progress.at(f"reading {chosen.contract}")
    contract = load_wsdl(_followed(chosen.contract), fetch=Fetcher(hosts) if hosts else None)
    progress.at(f"reading the types of {len(contract.sources)} schemas")
    bench = Workbench(contract, fresh=True)
    progress.at("compiling the schemas")
    _ = bench.validator
    return bench


def _followed(location: str) -> str:
    """A link is what it leads to, as for `serve`: its imports stand beside that."""
    path = Path(location)
    return str(path.resolve()) if "://" not in location and path.is_symlink() else location


def _write(bench: Any, folder: Path, told: dict[str, Any], progress: Progress) -> Sequence[str]:
    """Everything under the folder; the names of what was written."""
    from gateway.build.proposal import propose
    from gateway.build.proposed_text import configuration
    from gateway.core.limits import DEFAULT
    from gateway.schema.vendor import entry_of, vendored

    documents = vendored(bench.contract)
    progress.at("proposing routes")
    why = "the contract has no port with a SOAP binding that can be served, nor one with an HTTP binding"
    try:
        services = propose(bench, DEFAULT)
    except ContractError as refused:  # an operation that cannot be compiled: the verdict says which
        services, why = [], str(refused)
    verdict = write_documents(folder, documents, told)
    written = [f"{folder / CONTRACT} ({len(documents)} files)", verdict]
    if not services:
        say(f"no configuration is written: {why}")
        return written
    own = configuration_file(folder)
    own.write_text(configuration(services, f"{CONTRACT}/{entry_of(bench.contract)}", own.name), encoding="utf-8")
    return [*written, str(own)]
