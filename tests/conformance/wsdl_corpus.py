"""The law of wsdl-corpus: WSDLs that others wrote load or are refused for a fault of their own, and survive the verdict.

A file whose imports are not in the archive cannot be asked. A refusal stands in `wsdl_corpus_known` with its reason, read
by a person, or it is ours. zeep reads the same files in the same run. The page is `wsdl_corpus_page`'s.
"""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any, Final

from gateway.build.verdict import Judge
from gateway.build.workbench import Workbench
from gateway.schema.errors import ContractError
from gateway.schema.wsdl import load_wsdl

from .score import End, Row
from .wsdl_corpus_known import REFUSED

LOAD: Final = 15  # seconds
JUDGE: Final = 60  # seconds more
_GONE: Final = ("is not found", "finds no document", "nothing is fetched from the network", "cannot be fetched")
_ENDS: Final[dict[str, End]] = {"yes": "ok", "no": "failed", "not tried": "skipped"}


class _TooLong(Exception):
    pass


def cases(folder: Path) -> list[Path]:
    """The WSDLs of the archive."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".wsdl", ".wsdl20", ".wsdl11"))


def named(file: Path) -> str:
    """A file as the tables name it: its path within the archive."""
    parts = file.parts
    return "/".join(parts[parts.index("wsdl-corpus") + 1 :])


def run(file: Path) -> list[Row]:
    """The rows of one file."""
    return [*_ours(file), *_zeep(file)]


def top(file: Path) -> Path:
    """The project that the file is of: its imports may lead anywhere in it."""
    at = file.parts.index("wsdl-corpus")
    return Path(*file.parts[: at + 2])


def _ours(file: Path) -> Iterator[Row]:
    name = named(file)
    began = time.monotonic()
    try:
        with _within(LOAD):
            bench = Workbench(load_wsdl(file, root=top(file)))
            _ = bench.validator
    except ContractError as error:
        yield _refused(name, error)
        return
    except _TooLong:
        yield Row("loads", name, "failed", f"more than {LOAD} s")
        return
    except Exception as error:
        yield Row("loads", name, "failed", f"{type(error).__name__}: {error}")
        return
    size = sum(len(document.text) for document in bench.contract.documents)
    yield Row("loads", name, "ok", f"{time.monotonic() - began:.1f} s, {size} bytes")
    yield from _judged(name, bench)


def _refused(name: str, error: ContractError) -> Row:
    words = re.sub(r"\S*wsdl-corpus/", "", str(error))
    if any(gone in error.message for gone in _GONE):
        return Row("loads", name, "skipped", "an import is not in the archive")
    known = REFUSED.get(name)
    if known is not None and known[0] in error.message:
        return Row("loads", name, "excused", f"{known[1]}: {words}" if known[1] else words)
    return Row("loads", name, "failed", words)


def _judged(name: str, bench: Workbench) -> Iterator[Row]:
    seen = set()
    try:
        with _within(JUDGE):
            for verdict in Judge(bench).operations():
                for message in verdict.messages:
                    if message.element in seen:
                        continue
                    seen.add(message.element)
                    case = f"{name} {verdict.operation} {message.role}"
                    if message.refused:
                        yield Row("messages compile", case, "failed", message.refused)
                        continue
                    yield Row("messages compile", case, "ok")
                    yield Row("XML-JSON-XML", case, _ENDS[message.xml.end], message.xml.words)
                    yield Row("JSON-XML-JSON", case, _ENDS[message.json.end], message.json.words)
    except _TooLong:
        yield Row("verdict", name, "failed", f"more than {JUDGE} s")
        return
    except Exception as error:
        yield Row("verdict", name, "failed", f"{type(error).__name__}: {error}")
        return
    yield Row("verdict", name, "ok")


def _zeep(file: Path) -> Iterator[Row]:
    """Whether zeep loads the file; what it does not is no fault of ours, and is counted as skipped."""
    import zeep

    name = named(file)
    began = time.monotonic()
    try:
        with _within(LOAD):
            zeep.Client(file.as_uri(), transport=_offline())
    except _TooLong:
        yield Row("zeep loads", name, "skipped", f"more than {LOAD} s")
    except Exception as error:
        yield Row("zeep loads", name, "skipped", type(error).__name__)
    else:
        yield Row("zeep loads", name, "ok", f"{time.monotonic() - began:.1f} s")


def _offline() -> Any:
    import zeep

    class Offline(zeep.Transport):  # type: ignore[misc]
        def _load_remote_data(self, url: str) -> bytes:
            if url.startswith("http"):
                raise OSError("no network")
            return bytes(super()._load_remote_data(url))

    return Offline()


class _within:
    """An alarm: raises _TooLong in the block after so many seconds."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        signal.signal(signal.SIGALRM, _ring)
        signal.alarm(self._seconds)

    def __exit__(self, *_: object) -> None:
        signal.alarm(0)


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise _TooLong
