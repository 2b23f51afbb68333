"""The cost of translation by size and shape, as ratios to lxml parsing the same bytes, in one run.

`python -m bench.codec [--write FILE] [--largest BYTES]`: reading (tree to JSON bytes), writing (value to XML), the whole way
(XML bytes, parsed under the limits, validated by libxml2, read, JSON bytes); closures beside generated source;
xmlschema and zeep on the small documents. Each figure is the least of several rounds.
"""

from __future__ import annotations

import argparse
import datetime
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from gateway.build.workbench import Workbench
from gateway.codec.closures import compile_element
from gateway.codec.emit import emit_element
from gateway.codec.json import dumps
from gateway.core.limits import LARGE
from gateway.schema.ir import Settings
from gateway.schema.wsdl import load_xsd
from gateway.xml import parse

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
    best, began = float("inf"), time.perf_counter()
    while True:
        start = time.perf_counter()
        work()
        end = time.perf_counter()
        best = min(best, end - start)
        if end - began > seconds:
            return best


def rows(largest: int) -> Iterator[str]:
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
                    yield _row(shape, value(shape, size), fast, slow, bench, file)


def _row(shape: str, message: dict[str, Any], fast: Any, slow: Any, bench: Workbench, file: Path) -> str:
    raw = fast.encode(message).encode()
    huge = etree.XMLParser(huge_tree=True)
    parsing = least(lambda: etree.fromstring(raw, huge))
    root = parse(raw, LARGE, response=True)
    verdict = bench.verdict()
    assert verdict is not None

    def whole() -> bytes:
        tree = parse(raw, LARGE, response=True)
        assert verdict(tree)
        return dumps(fast.decode_valid(tree))

    assert fast.decode_valid(root) == slow.decode(root)
    figures = [
        least(lambda: dumps(fast.decode_valid(root))),
        least(lambda: fast.encode(message)),
        least(whole),
        least(lambda: dumps(slow.decode(root))),
        least(lambda: slow.encode(message)),
    ]
    ratios = " | ".join(f"{figure / parsing:.2f}" for figure in figures)
    return f"| {shape} | {len(raw):,} | {parsing * 1e6:,.0f} | {ratios} | {_others(file, raw, figures) if len(raw) < 20_000 else ''} |"


def _others(file: Path, raw: bytes, figures: list[float]) -> str:
    """How many times slower xmlschema (both ways) and zeep (reading) are."""
    import xmlschema

    schema = xmlschema.XMLSchema(str(file))
    tree = etree.fromstring(raw)
    reading = least(lambda: schema.to_dict(tree), 0.5)
    told = schema.to_dict(tree)
    writing = least(lambda: schema.encode(told, path=tree.tag), 0.5)
    found = f"xmlschema {reading / figures[0]:.0f}, {writing / figures[1]:.0f}"
    try:
        from zeep.xsd import Schema
    except ImportError:
        return found
    element = Schema(etree.fromstring(file.read_bytes())).get_element(tree.tag)
    zeeps = least(lambda: element.parse(tree, None), 0.5)
    return f"{found}; zeep {zeeps / figures[0]:.0f}"


def main() -> int:
    """Print the table; with `--write`, keep it in a file with its date."""
    chosen = argparse.ArgumentParser(prog="python -m bench.codec")
    chosen.add_argument("--write", metavar="FILE")
    chosen.add_argument("--largest", type=int, default=SIZES[-1])
    options = chosen.parse_args()
    head = [
        "| shape | bytes | lxml parse, µs | read | write | whole | closures read | closures write | times slower: read, write |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    told = [*head]
    sys.stdout.write("\n".join(head) + "\n")
    for row in rows(options.largest):
        told.append(row)
        sys.stdout.write(row + "\n")
        sys.stdout.flush()
    if options.write:
        day = datetime.datetime.now(datetime.UTC).date()
        words = (
            "# The cost of translation\n\nDrawn by `python -m bench.codec --write docs/bench.md`. Ratios to lxml parsing the same bytes, in one run;\n"
            "read: valid tree to JSON bytes; write: value to XML; whole: XML bytes, limits, libxml2's verdict, JSON bytes.\n\n"
            f"{day}, CPython {platform.python_version()}, two shared cores.\n\n"
        )
        Path(options.write).write_text(words + "\n".join(told) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
