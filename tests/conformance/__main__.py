"""The law of the run: unpack, run each suite, print its table, keep the scoreboard.

SUITES names the folder of the archives (absent: said so, exit 0). A seeded sample within SAMPLE seconds (480), or all of
it with `--full`, which also writes docs/conformance.md and its detail; a sample is written to .suites/ unless `--keep`
is given. Exit 1 when anything does not hold that is not known to be open (`known.OPEN`).
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from multiprocessing import Pool
from pathlib import Path
from typing import Any, Final

from . import frank, jsontest, soap_samples, wsdl_corpus, wsdl_corpus_page, wsdl_ts, xsts
from .archives import UNPACKED, unpack
from .score import Board, Row, detail, table

SEED: Final = 20260731
_PROCESSES: Final = 2
_NEW: Final = {"wsdl-corpus": 0.01}  # the share of new failures that is told and not fatal: of others, none


def main() -> int:
    """The command."""
    chosen = _options()
    suites = Path(os.environ.get("SUITES") or "../shared/suites")
    if not suites.is_dir():
        print(f"conformance: no folder {suites} (SUITES names it): nothing to run, which is no failure")
        return 0
    logging.disable(logging.CRITICAL)
    os.nice(5)
    ends = time.monotonic() + chosen.seconds
    boards = []
    for name, play in _PLAYS.items():
        archive = suites / f"{name}.tar.gz"
        if chosen.only and name not in chosen.only:
            continue
        if not archive.is_file():
            print(f"conformance: {archive} is not there: skipped")
            continue
        began = time.monotonic()
        rows, seen, of = play(unpack(archive), None if chosen.full else ends, chosen.seed)
        boards.append(Board(name, rows, seen, of, time.monotonic() - began))
        print(f"\n{table(boards[-1])}\n", flush=True)
    _keep(boards, chosen)
    # All of xsts has been run: a new failure is one that we made. A sample of the corpus may meet what no run has met.
    new = {board.suite: sum(row.end == "failed" for row in board.rows) for board in boards}
    failed = [board.suite for board in boards if new[board.suite] > _NEW.get(board.suite, 0) * len(board.rows)]
    print(f"conformance: {'failed in ' + ', '.join(failed) if failed else 'nothing failed'}")
    return 1 if failed else 0


def _options() -> Any:
    parser = argparse.ArgumentParser(prog="tests.conformance", description="Run what others wrote against the gateway.")
    parser.add_argument("--full", action="store_true", default=bool(os.environ.get("FULL")), help="all of it")
    parser.add_argument("--keep", action="store_true", help="write the scoreboard into docs/, whatever was run")
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("SAMPLE") or 480), help="for a sample")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED") or SEED))
    parser.add_argument("--only", action="append", choices=list(_PLAYS), help="a suite; may be repeated")
    return parser.parse_args()


def _keep(boards: Sequence[Board], chosen: Any) -> None:
    whole = chosen.keep or (chosen.full and not chosen.only)
    folder = Path("docs") if whole else UNPACKED
    date = datetime.now(UTC).strftime("%Y-%m-%d")
    kind = "all of it" if chosen.full else f"a sample, seed {chosen.seed}, {chosen.seconds:.0f} s"
    head = f"Date: {date}, {kind}. `make conformance` runs a sample, `make conformance FULL=1` all of it and writes this page."
    words = (
        "`ok` holds. `failed` does not and is new; `open` is ours and known. `excused`: the case is wrong by its own schema or by the specification, or a"
        " policy of ours is told. `skipped`: could not be asked. Each line that is not `ok` is in"
        " [conformance-detail.md](conformance-detail.md), by reason."
    )
    tables = "\n\n".join(table(board) for board in boards)
    (folder / "conformance.md").write_text(f"# Conformance\n\n{head}\n\n{words}\n\n{tables}\n")
    (folder / "conformance-detail.md").write_text(f"# Conformance, in detail\n\n{head}\n\n" + "\n".join(detail(boards)))
    print(f"conformance: written to {folder}/conformance.md and conformance-detail.md")


Played = tuple[list[Row], int, int]
Play = Callable[[Path, "float | None", int], Played]


def _pooled(name: str, work: Callable[[Any], list[Row]], cases: Sequence[Any], ends: float | None) -> Played:
    """Every case in a few processes, until the time is over."""
    rows: list[Row] = []
    seen = 0
    told = time.monotonic()
    with Pool(_PROCESSES, maxtasksperchild=400) as pool:
        for found in pool.imap_unordered(work, _until(cases, ends), 2):
            rows += found
            seen += 1
            if time.monotonic() - told > 10:
                told = time.monotonic()
                wrong = sum(row.end == "failed" for row in rows)
                print(f"{name}: {seen} of {len(cases)}, {wrong} failed", file=sys.stderr, flush=True)
            if ends is not None and time.monotonic() > ends:
                pool.terminate()
                break
    return rows, seen, len(cases)


def _until(cases: Sequence[Any], ends: float | None) -> Iterator[Any]:
    for case in cases:
        if ends is not None and time.monotonic() > ends:
            return
        yield case


def _frank(folder: Path, _ends: float | None, _seed: int) -> Played:
    documents, twins = frank.cases(folder), frank.twins(folder)
    rows, seen, of = _pooled("frank-align", frank.run, documents, None)
    more, also, others = _pooled("frank-align", frank.refused, twins, None)
    return rows + more, seen + also, of + others


def _soap(folder: Path, _ends: float | None, _seed: int) -> Played:
    return _pooled("soap-samples", soap_samples.run, soap_samples.cases(folder), None)


def _wsdl(folder: Path, _ends: float | None, _seed: int) -> Played:
    return _pooled("wsdl-ts-conformance", wsdl_ts.run, wsdl_ts.cases(folder), None)


def _json(folder: Path, _ends: float | None, _seed: int) -> Played:
    files = jsontest.cases(folder)
    with tempfile.TemporaryDirectory() as scratch:
        return jsontest.run(files, Path(scratch)), len(files), len(files)


def _xsts(folder: Path, ends: float | None, seed: int) -> Played:
    found = xsts.cases(folder)
    return _pooled("xsts", xsts.run, found if ends is None else xsts.sampled(found, seed), ends)


def _corpus(folder: Path, ends: float | None, seed: int) -> Played:
    """A quarter of a sample's time at most; the whole of it draws docs/wsdl-corpus.md, too."""
    found = wsdl_corpus.cases(folder.absolute())
    if ends is not None:
        random.Random(seed).shuffle(found)
        left = ends - time.monotonic()
        return _pooled("wsdl-corpus", wsdl_corpus.run, found, time.monotonic() + left / 4)
    rows, seen, of = _pooled("wsdl-corpus", wsdl_corpus.run, found, None)
    ten = [(wsdl_corpus.named(file), wsdl_corpus_page.measured(file, wsdl_corpus.top(file))) for file in wsdl_corpus_page.largest(folder.absolute(), rows)]
    Path("docs/wsdl-corpus.md").write_text(wsdl_corpus_page.page(rows, of, ten))
    return rows, seen, of


_PLAYS: Final[dict[str, Play]] = {
    "frank-align": _frank,
    "soap-samples": _soap,
    "wsdl-ts-conformance": _wsdl,
    "jsontestsuite": _json,
    "wsdl-corpus": _corpus,
    "xsts": _xsts,
}

if __name__ == "__main__":
    sys.exit(main())
