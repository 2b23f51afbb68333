"""The law of drawing: `import` of OpenAPI or JSON Schemas; what the SOAP side cannot say is told, line by line.

With -o a folder with the XSD, the WSDL, the shapes of the service's JSON and a configuration. 0 when something is
served, 1 when the document is refused. A configuration that is there already is its owner's.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gateway.cli import OK
from gateway.commands.contract import put, say
from gateway.commands.folder import CONTRACT, configuration_file, folder_of, write_documents


def is_json(location: str) -> bool:
    """Whether an import is of JSON: a folder, or a file that neither begins with markup nor is called so."""
    path = Path(location)
    if path.is_dir():
        return True
    if not path.is_file() or path.suffix.lower() in (".wsdl", ".xsd", ".xml"):
        return False
    with path.open("rb") as file:
        head = file.read(512).removeprefix(b"\xef\xbb\xbf").lstrip()
    return not head.startswith((b"<", b"\xff\xfe", b"\xfe\xff"))


def draw(chosen: argparse.Namespace) -> int:
    """The command, for JSON. Raises ContractError, Misuse."""
    folder = folder_of(chosen)
    drawn = _drawn(chosen)
    told = report(drawn, chosen.contract)
    written = _write(drawn, folder, told, chosen.contract) if folder is not None else ()
    put(json.dumps(told, indent=2, ensure_ascii=False) if chosen.report == "json" else text(told))
    for name in written:
        say(f"wrote {name}")
    return OK


def _drawn(chosen: argparse.Namespace) -> Any:
    from gateway.schema.drawn.draw import draw_text
    from gateway.schema.drawn.roots import of_schemas
    from gateway.schema.drawn.texts import Library

    library = Library()
    named = {"name": chosen.name or "", "namespace": chosen.namespace or ""}
    given = Path(chosen.contract)
    main = None if given.is_dir() or chosen.operation else library.named(chosen.contract)
    if main is None or not (isinstance(main.value, dict) and {"openapi", "swagger"} & main.value.keys()):
        main = of_schemas(library, given, chosen.operation or ())
    return draw_text(library, main, **named)


def report(drawn: Any, source: str) -> dict[str, Any]:
    """What was drawn, as plain data."""
    return {
        "source": source,
        "service": drawn.name,
        "namespace": drawn.namespace,
        "operations": [
            {
                "name": each.name,
                "call": f"{each.method} {each.path}",
                "faults": [fault.element for fault in each.faults],
            }
            for each in drawn.operations
        ],
        "left_out": [_told(each) for each in drawn.left],
        "remarks": [_told(each) for each in drawn.remarks],
    }


def _told(remark: Any) -> dict[str, Any]:
    where = remark.where
    place = {"file": where.file, "line": where.line, "pointer": where.pointer}
    return {**place, "what": remark.what, "then": remark.then}


def text(told: dict[str, Any]) -> str:
    """The report for a person."""
    lines = [f"{told['service']} ({told['namespace']}): {len(told['operations'])} operations"]
    for each in told["operations"]:
        faults = f"  faults: {', '.join(each['faults'])}" if each["faults"] else ""
        lines.append(f"  {each['name']}  {each['call']}{faults}")
    for title, key in (("left out", "left_out"), ("said otherwise than in the document", "remarks")):
        if told[key]:
            lines.append(f"{title}:")
            for each in told[key]:
                line = f"{each['file']}:{each['line']}" if each["line"] else each["file"]
                lines.append(f"  {line}: #{each['pointer']}: {each['what']}: {each['then']}")
    return "\n".join(lines)


def _write(drawn: Any, folder: Path, told: dict[str, Any], source: str) -> Sequence[str]:
    from gateway.build.drawn_text import configuration

    name = drawn.name.lower()
    documents = {
        f"{name}.wsdl": drawn.wsdl,
        f"{name}.xsd": drawn.xsd,
        f"{name}.json": json.dumps(drawn.shapes, indent=1, ensure_ascii=False) + "\n",
    }
    verdict = write_documents(folder, {file: text.encode() for file, text in documents.items()}, told)
    written = [str(folder / CONTRACT / file) for file in documents] + [verdict]
    own = configuration_file(folder)
    own.write_text(configuration(drawn, CONTRACT, Path(source).name, own.name), encoding="utf-8")
    return [*written, str(own)]
