"""The cost of translation by size and shape, as ratios to lxml parsing the same bytes, in one run.

`python -m bench.codec [--write FILE] [--largest BYTES]`: reading (tree to JSON bytes), writing (value to XML), the whole way
(XML bytes, parsed under the limits, validated by libxml2, read, JSON bytes); closures beside generated source;
xmlschema and zeep on the small documents. Each figure is the least CPU time of several rounds, in turns.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from gateway.build.workbench import Workbench
from gateway.codec.closures import compile_element
from gateway.codec.emit import emit_element
from gateway.codec.json import dumps
from gateway.core.limits import LARGE
from gateway.layers.offload import VERY, Courtesy
from gateway.schema.ir import Settings
from gateway.schema.wsdl import load_xsd
from gateway.xml import parse

from .bounds import missed
from .chart import chart

HEAD = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:bench" targetNamespace="urn:bench" '
    'elementFormDefault="qualified">'
)
ORDER = (
    '<xs:complexType name="Order"><xs:sequence><xs:element name="id" type="xs:int"/><xs:element name="name" type="xs:string"/>'
    '<xs:element name="price" type="xs:decimal"/><xs:element name="when" type="xs:dateTime"/><xs:element name="ok" type="xs:boolean"/>'
    '<xs:element name="note" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType>'
)
SCHEMA = (
    f"{HEAD}{ORDER}"
    '<xs:element name="flat"><xs:complexType><xs:sequence><xs:element name="text" type="xs:string" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>'
    '<xs:complexType name="Node"><xs:sequence><xs:element name="name" type="xs:string"/><xs:element name="node" type="Node" minOccurs="0"/></xs:sequence></xs:complexType>'
    '<xs:element name="deep"><xs:complexType><xs:sequence><xs:element name="node" type="Node" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>'
    '<xs:element name="structs"><xs:complexType><xs:sequence><xs:element name="order" type="Order" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>'
    '<xs:element name="text"><xs:complexType><xs:sequence><xs:element name="body" type="xs:string"/></xs:sequence></xs:complexType></xs:element>'
    "</xs:schema>"
)
_courtesy = Courtesy()
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)


def value(shape: str, size: int) -> dict[str, Any]:
    """A value whose XML is about so many bytes."""
    if shape == "flat":
        return {"text": ["some words of text"] * max(1, size // 40)}
    if shape == "deep":
        return {"node": [_nested(20) for _ in range(max(1, size // 1100))]}
    if shape == "structs":
        return {"order": [_order(at) for at in range(max(1, size // 170))]}
    return {"body": "A line of text & more. " * max(1, size // 27)}


def _nested(levels: int) -> dict[str, Any]:
    node: dict[str, Any] = {"name": "leaf"}
    for _ in range(levels - 1):
        node = {"name": "branch", "node": node}
    return node


def _order(at: int) -> dict[str, Any]:
    return {"id": at, "name": f"Name {at} & co", "price": Decimal("12.50"), "when": "2024-05-17T09:30:00Z", "ok": True}


def least(work: Callable[[], object], seconds: float = 0.25) -> float:
    """The least time of a call, measured for about so long."""
    return leasts([work], seconds)[0]


def leasts(works: Sequence[Callable[[], object]], seconds: float = 1.5) -> list[float]:
    """The least time of each call, in turns, so that what else the machine does meets all; three rounds at least.

    A turn begins with a call that is not timed: it finds the caches as the others left them, where in the gateway a
    tree is read just after it was made. What is timed takes half a millisecond at least, for the clock jumps now and then.
    """
    best = [float("inf")] * len(works)
    many = [1] * len(works)
    began, rounds = time.perf_counter(), 0
    while rounds < 3 or time.perf_counter() - began < seconds:
        rounds += 1
        for at, work in enumerate(works):
            work()
            spent = _spent(work, many[at])
            while spent < _BATCH:
                many[at] *= 2 if spent <= 0 else min(100, int(_BATCH / spent) + 2)
                spent = _spent(work, many[at])
            best[at] = min(best[at], spent / many[at])
    return best


_BATCH = 0.0005  # seconds


def _spent(work: Callable[[], object], calls: int) -> float:
    """CPU seconds of so many calls, so that what else the machine does counts for less."""
    start = time.thread_time()
    for _ in range(calls):
        work()
    return time.thread_time() - start


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of one shape and size: seconds of one parse, ratios to it, and how many times slower others are."""

    shape: str
    size: int
    parsing: float
    read: float
    write: float
    whole: float
    closures_read: float
    closures_write: float
    slower: dict[str, float]

    def missed(self) -> list[str]:
        """The figures beyond their bound."""
        bounded = {name: (getattr(self, name), most, None) for name, most in _BOUNDS.items()}
        return missed(bounded | {name: (times, None, _SLOWER[name]) for name, times in self.slower.items()})

    def line(self) -> str:
        """The row of the table."""
        ratios = (self.read, self.write, self.whole, self.closures_read, self.closures_write)
        told = " | ".join(f"{ratio:.2f}" for ratio in ratios)
        others = ", ".join(f"{name} {times:.0f}" for name, times in self.slower.items())
        beyond = "; ".join(self.missed())
        verdict = f"**missed: {beyond}**" if beyond else "met"
        return f"| {self.shape} | {self.size:,} | {self.parsing * 1e6:,.0f} | {told} | {others} | {verdict} |"


_BOUNDS = {"read": 2.0, "write": 1.0, "whole": 4.0}
_SLOWER = {"to_dict": 30.0, "encode": 30.0, "zeep": 10.0}


def rows(largest: int) -> Iterator[Row]:
    """The table's rows, as they are measured."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.xsd"
        file.write_text(SCHEMA, encoding="utf-8")
        bench = Workbench(load_xsd([file]))
        model = bench.laid(Settings())
        for shape in ("flat", "deep", "structs", "text"):
            name = f"{{urn:bench}}{shape}"
            fast, slow = emit_element(model, name, Settings()), compile_element(model, name, Settings())
            for size in SIZES:
                if size <= largest:
                    # very large messages are worked on as the gateway does it: without garbage passes
                    with _courtesy() if size >= VERY else contextlib.nullcontext():
                        yield _row(shape, value(shape, size), fast, slow, bench, file)


def _row(
    shape: str, message: dict[str, Any], fast: Any, slow: Any, bench: Workbench, file: Path
) -> Row:
    raw = fast.encode(message).encode()
    huge = etree.XMLParser(huge_tree=True)
    root = parse(raw, LARGE, response=True)
    verdict = bench.verdict()
    assert verdict is not None

    def whole() -> bytes:
        tree = parse(raw, LARGE, response=True)
        assert verdict(tree)
        return bytes(fast.json_valid(tree))

    assert fast.decode_valid(root) == slow.decode(root)
    assert fast.json_valid(root) == dumps(slow.decode(root))
    works: list[Callable[[], object]] = [
        lambda: etree.fromstring(raw, huge),
        lambda: fast.json_valid(root),
        lambda: fast.encode(message),
        whole,
        lambda: dumps(slow.decode(root)),
        lambda: slow.encode(message),
    ]
    parsing, *figures = leasts(works)
    others = _others(file, raw, figures) if len(raw) < 20_000 else {}
    return Row(shape, len(raw), parsing, *(figure / parsing for figure in figures), slower=others)  # type: ignore[misc]


def _others(file: Path, raw: bytes, figures: list[float]) -> dict[str, float]:
    """How many times slower xmlschema (both ways) and zeep (reading) are."""
    import xmlschema

    schema = xmlschema.XMLSchema(str(file))
    tree = etree.fromstring(raw)
    reading = least(lambda: schema.to_dict(tree), 0.5)
    told = schema.to_dict(tree)
    writing = least(lambda: schema.encode(told, path=tree.tag), 0.5)
    found = {"to_dict": reading / figures[0], "encode": writing / figures[1]}
    try:
        from zeep.xsd import Schema
    except ImportError:
        return found
    element = Schema(etree.fromstring(file.read_bytes())).get_element(tree.tag)
    return found | {"zeep": least(lambda: element.parse(tree, None), 0.5) / figures[0]}


def summary(told: Sequence[Row]) -> list[str]:
    """Which bounds are met, and whether the cost of a byte stays the same up to the largest size."""
    checked = sum(len(_BOUNDS) + len(row.slower) for row in told)
    beyond = [f"{row.shape} of {row.size:,} bytes: {', '.join(row.missed())}" for row in told if row.missed()]
    lines = [f"Bounds: {checked - sum(len(row.missed()) for row in told)} of {checked} met."]
    lines += [f"- MISSED: {each}" for each in beyond]
    for shape in dict.fromkeys(row.shape for row in told):
        sizes = [row for row in told if row.shape == shape and row.size > 50_000]
        if len(sizes) > 1:
            small, large = (row.whole * row.parsing / row.size for row in (sizes[0], sizes[-1]))
            times = large / small
            lines.append(
                f"- linear: a byte of {shape} of {sizes[-1].size:,} costs {times:.2f} times one of {sizes[0].size:,} "
                f"(lxml's own parse {sizes[-1].parsing / sizes[-1].size / (sizes[0].parsing / sizes[0].size):.2f})"
            )
    return lines


_HAND = "\n# Requests\n"  # from here on the page is written by hand


def _keep(page: Path, told: list[str], figures: list[Row]) -> None:
    """The drawn half of the page, and its picture beside it."""
    day = datetime.datetime.now(datetime.UTC).date()
    words = (
        "# The cost of translation\n\nDrawn by `python -m bench.codec --write docs/bench.md`. Ratios to lxml parsing the same bytes, in one run;\n"
        "read: valid tree to JSON bytes (at most 2); write: value to XML (1); whole: XML bytes, limits, libxml2's verdict, JSON bytes (4).\n"
        "Others, on small documents: how many times slower xmlschema's to_dict and encode (at least 30) and zeep's parse (10) are.\n\n"
        f"{day}, CPython {platform.python_version()}, two shared cores.\n\n![The same as lines by size]({page.stem}.svg)\n\n"
    )
    hand = page.read_text(encoding="utf-8").partition(_HAND)[2] if page.exists() else ""
    page.write_text(words + "\n".join(told) + "\n" + (_HAND + hand if hand else ""), encoding="utf-8")
    panels = {}
    for title, bound in _BOUNDS.items():
        lines: dict[str, list[tuple[int, float]]] = {}
        for row in figures:
            lines.setdefault(row.shape, []).append((row.size, getattr(row, title)))
        panels[title] = (bound, lines)
    page.with_suffix(".svg").write_text(chart(panels), encoding="utf-8")


def main() -> int:
    """Print the table; with `--write`, keep it in a file with its date."""
    chosen = argparse.ArgumentParser(prog="python -m bench.codec")
    chosen.add_argument("--write", metavar="FILE")
    chosen.add_argument("--largest", type=int, default=SIZES[-1])
    options = chosen.parse_args()
    head = [
        "| shape | bytes | lxml parse, µs | read | write | whole | closures read | closures write | others slower | bounds |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    figures: list[Row] = []
    sys.stdout.write("\n".join(head) + "\n")
    for row in rows(options.largest):
        figures.append(row)
        sys.stdout.write(row.line() + "\n")
        sys.stdout.flush()
    end = summary(figures)
    sys.stdout.write("\n" + "\n".join(end) + "\n")
    if options.write:
        _keep(Path(options.write), [*head, *(row.line() for row in figures), "", *end], figures)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
