"""`python -m tests.fuzz TARGET [--seconds N]`: bytes that reach new code, by atheris; what fails is kept in .fuzz/TARGET/found.

A finding does not end the run: the first of each place is kept, under the name of its hash, and told at the end.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import traceback
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["gateway"]):
    from tests.fuzz.targets import TARGETS, Target


def main() -> None:
    """Run one target; libFuzzer ends the process when the time is over."""
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz")
    asked.add_argument("target", choices=TARGETS)
    asked.add_argument("--seconds", type=int, default=120)
    given = asked.parse_args()
    home = Path(".fuzz") / given.target
    corpus, found, words = home / "corpus", home / "found", home / "words.dict"
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    target = TARGETS[given.target]
    for seed in target.seeds():
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    words.write_text("".join(f'"{_escaped(token)}"\n' for token in target.tokens))
    options = [f"-max_total_time={given.seconds}", f"-max_len={target.longest}", f"-dict={words}", "-timeout=600"]
    atheris.Setup([sys.argv[0], str(corpus), *options, f"-artifact_prefix={found}/"], keeper(target, found))
    atheris.Fuzz()


def keeper(target: Target, found: Path):  # type: ignore[no-untyped-def]
    """A function for the engine that keeps what fails, once a place."""
    places: set[tuple[str, str]] = set()

    def run(data: bytes) -> None:
        try:
            target.run(data)
        except Exception as error:
            frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/gateway/" in frame.filename]
            last = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else str(error)[:40]
            if (place := (type(error).__name__, last)) not in places:
                places.add(place)
                name = hashlib.sha256(data).hexdigest()[:16]
                (found / name).write_bytes(data)
                (found / f"{name}.txt").write_text(f"{data!r}\n\n{traceback.format_exc()}")
                print(f"found {place[0]} at {place[1]}: {found / name}", flush=True)

    return run


def _escaped(token: str) -> str:
    return "".join(char if char.isalnum() else f"\\x{ord(char):02x}" for char in token)


if __name__ == "__main__":
    main()
