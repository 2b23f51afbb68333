"""The law of the demo's contracts: the delivered WSDL and XSD files, and how `?wsdl` gives them out.

`?wsdl` is the WSDL with the caller's address in it, `?xsd=NAME` a schema beside it.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs

from gateway.demo.server import Answer, Call
from gateway.demo.shipped import shipped


def folder() -> Path:
    """Where the delivered schemas are."""
    return shipped() / "schemas"


def describe(wsdl: str, call: Call) -> Answer:
    """The answer to a GET: the contract when the query asks for it, else 404."""
    path = folder() / wsdl
    asked = parse_qs(call.query, keep_blank_values=True)
    names = {name.lower(): values[0] for name, values in asked.items()}
    if "wsdl" in names:
        address = f"{call.base}{call.path}"
        text = re.sub(r'(<soap:address\s+location=")[^"]*', lambda found: found[1] + address, path.read_text("utf-8"))
        text = re.sub(r'(schemaLocation=")([^"/:]+\.xsd)', lambda found: f"{found[1]}{address}?xsd={found[2]}", text)
        return Answer(200, text.encode(), "text/xml; charset=utf-8")
    wanted = path.parent / Path(names.get("xsd", "")).name
    if "xsd" in names and wanted.suffix == ".xsd" and wanted.is_file():
        text = re.sub(
            r'(schemaLocation=")([^"/:]+\.xsd)',
            lambda found: f"{found[1]}{call.base}{call.path}?xsd={found[2]}",
            wanted.read_text("utf-8"),
        )
        return Answer(200, text.encode(), "text/xml; charset=utf-8")
    return Answer(404, b"Ask with ?wsdl\n", "text/plain; charset=utf-8")
