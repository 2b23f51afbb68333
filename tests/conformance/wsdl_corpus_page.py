"""The law of docs/wsdl-corpus.md: drawn from the rows of a whole run and from measurements in fresh processes.

`python -m tests.conformance --full` writes it. A largest file is the largest of its folder, so that variants of one WSDL
are not ten rows of ten.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from .score import Row

_TEN: Final = 10
_OURS: Final = """
import sys, json, time
from pathlib import Path
from gateway.schema.wsdl import load_wsdl
from gateway.build.workbench import Workbench
from gateway.build.verdict import Judge
import xmlschema
def peak(): return int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) / 1024
t, c = time.monotonic(), time.process_time()
bench = Workbench(load_wsdl(sys.argv[1], root=Path(sys.argv[2])), fresh=True); bench.validator
out = {"load": time.monotonic() - t, "load_cpu": time.process_time() - c, "rss": peak()}
t = time.monotonic(); n = sum(1 for _ in Judge(bench).operations())
out |= {"verdict": time.monotonic() - t, "verdict_rss": peak(), "operations": n, "types": len(bench.model.types)}
print(json.dumps(out))
"""
_ZEEP: Final = """
import sys, json, time, logging
logging.disable(50)
import zeep
class Offline(zeep.Transport):
    def _load_remote_data(self, url):
        if url.startswith("http"): raise OSError("no network")
        return super()._load_remote_data(url)
t = time.monotonic()
try:
    zeep.Client("file://" + sys.argv[1], transport=Offline()); words = ""
except Exception as error: words = type(error).__name__
def peak(): return int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) / 1024
rss = peak()
print(json.dumps({"load": time.monotonic() - t, "rss": rss, "refused": words}))
"""
_WARM: Final = """
import sys, json, time
from gateway.commands.contract import of_wsdl
from gateway.build.book import build
from gateway.cli import run
if sys.argv[2] == "compile": sys.exit(run(["compile", "--wsdl", sys.argv[1]]))
import gateway.app
t, c = time.monotonic(), time.process_time()
warm = build(of_wsdl(sys.argv[1])).services[0].bench.warm
out = {"wall": time.monotonic() - t, "cpu": time.process_time() - c, "warm": warm}
def peak(): return int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) / 1024
print(json.dumps(out | {"rss": peak()}))
"""


def largest(folder: Path, rows: Sequence[Row]) -> list[Path]:
    """The ten largest contracts that load, by the bytes of all their documents; one of each folder."""
    sizes = {row.case: int(row.reason.split()[-2]) for row in rows if row.check == "loads" and row.end == "ok"}
    found: dict[str, str] = {}
    for name in sorted(sizes, key=lambda each: (-sizes[each], each)):
        found.setdefault(name.rpartition("/")[0], name)
    return [folder / name for name in list(found.values())[:_TEN]]


def _asked(code: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=300, check=False)
    lines = done.stdout.strip().splitlines()
    found: dict[str, Any] = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
    return found


def measured(file: Path, top: Path) -> dict[str, Any]:
    """What loading, judging and a warm start take, each in a process of its own."""
    from gateway.schema.vendor import entry_of, vendored
    from gateway.schema.wsdl import load_wsdl

    contract = load_wsdl(file, root=top)
    with tempfile.TemporaryDirectory() as scratch:
        for name, raw in vendored(contract).items():
            (Path(scratch) / name).write_bytes(raw)
        entry = str(Path(scratch) / entry_of(contract))
        _asked(_WARM, entry, "compile")
        warm = _asked(_WARM, entry, "serve")
    size = sum(len(document.text) for document in contract.documents)
    return {"bytes": size, "ours": _asked(_OURS, str(file), str(top)), "zeep": _asked(_ZEEP, str(file)), "warm": warm}


def page(rows: Sequence[Row], files: int, ten: Sequence[tuple[str, dict[str, Any]]]) -> str:
    """The page."""
    return "\n".join(_lines(rows, files, ten)) + "\n"


def _lines(rows: Sequence[Row], files: int, ten: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    ends = {check: Counter(row.end for row in rows if row.check == check) for check in dict.fromkeys(r.check for r in rows)}
    loads = ends["loads"]
    asked = loads["ok"] + loads["excused"] + loads["failed"]
    theirs = {row.case for row in rows if row.check == "zeep loads" and row.end == "ok"}
    gone = {row.case for row in rows if row.check == "loads" and row.end == "skipped"}
    zeep = len(theirs - gone)
    yield "# WSDLs that others wrote"
    yield ""
    yield f"Date: {datetime.now(UTC):%Y-%m-%d}. Written by `make conformance FULL=1` from {files} WSDLs of Axis2, CXF, Membrane, Spring-WS and"
    yield "WSO2 MI (sources of their own tests, many of them broken on purpose). No network, each file with its own project's folder as root."
    yield ""
    yield "| what | files | gateway | zeep, same run |"
    yield "|---|--:|--:|--:|"
    yield f"| imports all in the archive | {asked} | | |"
    yield f"| load | | {loads['ok']} ({100 * loads['ok'] / asked:.1f} %) | {zeep} ({100 * zeep / asked:.1f} %) |"
    yield f"| refused for a fault of their own (below) | | {loads['excused']} | |"
    yield f"| neither | | {loads['failed']} | |"
    yield f"| imports missing: not asked | {loads['skipped']} | | |"
    yield ""
    yield "A file that zeep loads and the gateway refuses is in the list below; zeep does not look at most of what is wrong with them."
    yield ""
    yield "Every message of every operation that loads, by its element (samples generated from the types):"
    yield ""
    yield "| round trip | the same again | another | no valid sample found |"
    yield "|---|--:|--:|--:|"
    for check in ("XML-JSON-XML", "JSON-XML-JSON"):
        found = ends.get(check, Counter())
        yield f"| {check} | {found['ok']} | {found['failed']} | {found['skipped']} |"
    yield ""
    yield from _largest(ten)
    yield from _refused(rows)


def _largest(ten: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    yield "## The ten largest"
    yield ""
    yield "The largest of each folder, in processes of their own; seconds of wall clock after the imports of Python, MB peak (VmHWM, Linux)."
    yield "Warm is the whole build that `serve` does, from `gateway compile`'s file."
    yield ""
    yield "| file | KB | types | operations | load s | MB | verdict s | MB | zeep s | MB | warm s (CPU s) | MB |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    for name, found in ten:
        ours, zeep, warm = found["ours"], found["zeep"], found["warm"]
        cells = [
            f"`{name.rpartition('/')[2]}`",
            f"{found['bytes'] / 1024:.0f}",
            str(ours.get("types", "")),
            str(ours.get("operations", "")),
            f"{ours.get('load', 0):.2f}",
            f"{ours.get('rss', 0):.0f}",
            f"{ours.get('verdict', 0):.2f}",
            f"{ours.get('verdict_rss', 0):.0f}",
            f"refused: {zeep['refused']}" if zeep.get("refused") else f"{zeep.get('load', 0):.2f}",
            f"{zeep.get('rss', 0):.0f}",
            f"{warm['wall']:.2f} ({warm['cpu']:.2f})" if warm.get("warm") else "no SOAP port",
            f"{warm.get('rss', 0):.0f}" if warm else "",
        ]
        yield f"| {' | '.join(cells)} |"
    yield ""


def _refused(rows: Sequence[Row]) -> Iterator[str]:
    theirs = {row.case for row in rows if row.check == "zeep loads" and row.end == "ok"}
    for end, title in (("failed", "Neither loaded nor refused for a fault of its own"), ("excused", "Refused, each for a fault of its own")):
        found = sorted((row for row in rows if row.check == "loads" and row.end == end), key=lambda row: row.case)
        if not found:
            continue
        yield f"## {title}"
        yield ""
        yield "File, then place and reason as the gateway tells them; † zeep loads it."
        yield ""
        for row in found:
            reason = re.sub(r"\s+", " ", row.reason).replace("|", "\\|").replace("<", "&lt;")
            yield f"- `{row.case}`{' †' if row.case in theirs else ''}: {reason}"
        yield ""
