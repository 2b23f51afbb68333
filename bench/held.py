"""How long the interpreter is held in one piece while a large reply is converted: CPU, so a busy machine hardly shows.

`python -m bench.held`: a reply of 8 MB (60,000 objects) is parsed, judged, written as JSON and released in a thread, as the
gateway does it; another thread wakes up all the time and looks how far the first has come since it ran last.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import threading
import time
from pathlib import Path

from gateway.build.workbench import Workbench
from gateway.core.limits import LARGE
from gateway.dialect.soap import SoapCodec
from gateway.layers.offload import Courtesy
from gateway.schema.ir import Settings
from gateway.schema.wsdl import load_wsdl

from .large import WSDL, reply

_NAP = 0.0003  # seconds; shorter than the thread is allowed to run on
_courtesy = Courtesy()


def codec() -> tuple[SoapCodec, object]:
    """The reply's codec, and the body's own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "s.wsdl"
        file.write_text(WSDL, encoding="utf-8")
        bench = Workbench(load_wsdl(str(file)))
        body = bench.body("{urn:bench}orders", Settings())
        return SoapCodec("1.1", "{urn:bench}orders", body, limits=LARGE, valid=bench.verdict(), response=True), body


def pieces(raw: bytes, soap: SoapCodec, body: object) -> list[float]:
    """Milliseconds of CPU that the converting thread had between two looks of another, the longest first."""
    done = threading.Event()
    gaps: list[float] = []

    def convert() -> None:
        with _courtesy():
            envelope = soap.parse(raw)
            soap.json_by(body, envelope)  # type: ignore[arg-type]
            soap.release(envelope)
        done.set()
        time.sleep(0.01)  # the clock of a thread ends with it

    thread = threading.Thread(target=convert)
    thread.start()
    clock = time.pthread_getcpuclockid(thread.ident or 0)
    last = 0.0
    while not done.is_set():
        time.sleep(_NAP)
        now = time.clock_gettime(clock)
        gaps.append((now - last) * 1000)
        last = now
    thread.join()
    return sorted(gaps, reverse=True)


def told(rounds: int = 6, most: int = 60_000) -> str:
    """One line, measured: the best of some rounds, since a look that comes late blames the other thread."""
    raw = reply(most)
    soap, body = codec()
    pieces(raw, soap, body)
    gc.collect()
    gc.freeze()  # as the gateway does it once it stands
    found = min((pieces(raw, soap, body) for _ in range(rounds)), key=lambda gaps: gaps[0])
    return (
        f"a reply of {len(raw) / 1e6:.0f} MB holds the interpreter for {found[0]:.1f} ms at the longest, "
        f"{sum(gap > 2 for gap in found)} times for more than 2 ms, of {sum(found):.0f} ms of CPU in all\n"
    )


def main() -> int:
    """Print the line."""
    sys.stdout.write(told())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
