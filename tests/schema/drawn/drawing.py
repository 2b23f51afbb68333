"""Draws contracts in tests: a document in, the codec of the service's own JSON and libxml2's verdict out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from gateway.build.workbench import Workbench
from gateway.codec import reshaped
from gateway.codec.json import dumps, loads
from gateway.core.limits import DEFAULT
from gateway.schema.contract import Contract
from gateway.schema.drawn.draw import Drawn, draw
from gateway.schema.ir import Settings
from gateway.schema.wsdl import load_wsdl


#: a Decimal is written as its digits
class _Exact(json.JSONEncoder):
    def default(self, o: Any) -> Any:
        return float(o) if isinstance(o, Decimal) else super().default(o)


def document(schemas: Mapping[str, Any], body: Any, version: str = "3.1.0", **more: Any) -> dict[str, Any]:
    """An OpenAPI document with one operation, `put`, that takes and gives `body`."""
    content = {"application/json": {"schema": body}}
    put = {
        "operationId": "put",
        "requestBody": {"required": True, "content": content},
        "responses": {"200": {"description": "ok", "content": content}},
    }
    return {
        "openapi": version,
        "info": {"title": "T", "version": "1"},
        "paths": {"/t": {"post": put}},
        "components": {"schemas": dict(schemas)},
        **more,
    }


class Contract_:
    """A drawn contract, loaded by the gateway's own reader of WSDL."""

    def __init__(self, folder: Path, told: Mapping[str, Any]) -> None:
        (folder / "t.json").write_text(json.dumps(told, cls=_Exact), encoding="utf-8")
        self.drawn: Drawn = draw(str(folder / "t.json"))
        file = self.drawn.name.lower()
        (folder / f"{file}.xsd").write_text(self.drawn.xsd, encoding="utf-8")
        (folder / f"{file}.wsdl").write_text(self.drawn.wsdl, encoding="utf-8")
        self.contract: Contract = load_wsdl(folder / f"{file}.wsdl")
        self.bench = Workbench(self.contract, fresh=True)
        self.schema = etree.XMLSchema(etree.fromstring(self.drawn.xsd.encode()))
        shapes = json.dumps(self.drawn.shapes, cls=_Exact).encode()
        self.messages = reshaped.Drawn(loads(shapes, DEFAULT))

    def body(self, local: str, *unwrap: str) -> reshaped.Reshaped:
        """The codec of a message."""
        element = f"{{{self.drawn.namespace}}}{local}"
        return self.messages.body(element, self.bench.body(element, Settings()), unwrap)

    def there_and_back(self, text: str, local: str = "putResponse", *unwrap: str) -> tuple[str, Any]:
        """JSON to XML, held against libxml2, and back: (the XML, the value). Raises Problem where it is refused."""
        codec = self.body(local, *(unwrap or ("result",)))
        xml = codec.encode(loads(text.encode(), DEFAULT))
        root = etree.fromstring(xml)
        self.schema.assertValid(root)
        return xml, json.loads(dumps(codec.decode(root)), parse_float=Decimal)
