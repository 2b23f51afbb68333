"""Foreign SOAP clients of a WSDL that was drawn of an OpenAPI document, before the JSON service that it describes.

Each client reads a book, lists a page and an empty one, adds a book with every member, drops one, and meets the declared
fault; it tells one line of JSON of what its stub held. The service keeps what it was asked, in its own JSON.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import run as command
from gateway.demo.server import Answer, Call, serve
from tests.interop.conftest import lacking
from tests.interop.stages import HERE, JVM, Lacking, class_path, need, node_modules, run, stubs
from tests.wire.conftest import gateway_of_file, in_thread

pytestmark = pytest.mark.interop

SOURCES = HERE / "library"
NUMBER = 1152921504607351596  # more than a double holds
JSON = "application/json"
OLD = (
    '{"id":%d,"title":"Gösta \\"B\\"","subtitle":null,"genre":"novel","published":"1891-12-24","added":"2026-01-31T10:00:00.5+01:00",'
    '"price":0.10,"lent":false,"authors":[{"name":"Selma","born":1858}],"tags":[],"shelf mark":"L 1","counts":{"på":0,"b c":7}}'
)
TOLD = {
    "id": str(NUMBER),
    "title": 'Gösta "B"',
    "subtitle": None,
    "genre": "novel",
    "published": "1891-12-24",
    "added": "2026-01-31T10:00:00.5+01:00",
    "price": "0.10",
    "lent": False,
    "authors": [["Selma", "1858"]],
    "tags": [],
    "shelf": "L 1",
    "counts": {"på": "0", "b c": "7"},
}
NEW = {
    "title": "Łódź <&> 東京 😀",
    "subtitle": None,
    "genre": "non-fiction",
    "published": "1999-02-28",
    "added": "2026-11-22T05:40:00Z",
    "price": Decimal("12.50"),
    "lent": True,
    "authors": [{"name": "Ada", "born": 1815}, {"name": "Bo", "born": None}],
    "tags": ["å", "b c"],
    "shelf mark": "K 7",
    "counts": {"a b": 3},
}
ADDED = {key: value for key, value in NEW.items() if key != "shelf mark"} | {
    "id": "8",
    "price": "12.50",
    "authors": [["Ada", "1815"], ["Bo", None]],
    "shelf": "K 7",
    "counts": {"a b": "3"},
}
FAULT = {
    "reason": "No such book",
    "title": "No such book",
    "status": "404",
    "book": "404",
    "hints": ["look <again>", "ask"],
}
ALL = {"read": TOLD, "total": "12", "ids": [str(NUMBER), "2"], "none": 0, "added": ADDED, "gone": True, "fault": FAULT}
ASKED = [
    ("GET", f"/v1/books/{NUMBER}", "", None),
    ("GET", "/v1/books", "genre=novel&genre=non-fiction&page=2&size=10", None),
    ("GET", "/v1/books", "", None),
    ("POST", "/v1/books", "", NEW),
    ("DELETE", "/v1/books/7", "", None),
    ("GET", "/v1/books/404", "", None),
]


@dataclass
class Library:
    """The JSON service; it keeps what it was asked."""

    asked: list[tuple[str, str, str, Any]] = field(default_factory=list)
    wsdl: str = ""
    contract: str = ""

    async def __call__(self, call: Call) -> Answer:
        body = json.loads(call.body, parse_float=Decimal) if call.body else None
        self.asked.append((call.method, call.path, call.query, body))
        if call.method == "DELETE":
            return Answer(204, b"", JSON)
        if call.method == "POST":
            return Answer(201, b'{"id":8,' + call.body.strip()[1:], JSON)
        if call.path.endswith("/404"):
            problem = {"title": "No such book", "status": 404, "book": 404, "hints": ["look <again>", "ask"]}
            return Answer(404, json.dumps(problem).encode(), "application/problem+json")
        if call.path.endswith("/books"):
            books = f"[{OLD % NUMBER},{OLD % 2}]" if call.query else "[]"
            return Answer(200, f'{{"total":12,"books":{books}}}'.encode(), JSON)
        return Answer(200, (OLD % NUMBER).encode(), JSON)


@asynccontextmanager
async def _chain(folder: Path, library: Library) -> AsyncIterator[str]:
    service = await serve(library)
    try:
        async with gateway_of_file(folder / "gateway.yaml", {"TOWNLIBRARY_URL": f"{service.base}/v1"}) as gateway:
            yield f"http://{gateway.addresses['data']}/townlibrary?wsdl"
    finally:
        await service.stop()


@pytest.fixture(name="library", scope="module")
def _library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The service, with the address of the WSDL that the gateway before it gives."""
    folder = tmp_path_factory.mktemp("library")
    assert command(["import", str(SOURCES / "openapi.yaml"), "-o", str(folder)]) == 0
    drawn = sorted((folder / "contract").glob("*.[wx]s*"))
    library = Library(contract="".join(each.read_text(encoding="utf-8") for each in drawn))
    with in_thread(lambda: _chain(folder, library)) as library.wsdl:
        yield library


@pytest.fixture(autouse=True)
def _unasked(library: Library) -> None:
    library.asked.clear()


def held(line: str, asked: list[tuple[str, str, str, Any]]) -> None:
    """One client's line, and what the service was asked by it."""
    assert json.loads(line) == ALL
    assert [(method, path, query.replace("%2D", "-"), body) for method, path, query, body in asked] == ASKED


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_php(version: str, library: Library) -> None:
    try:
        need("php", package="php-cli")
    except Lacking as missing:
        lacking(str(missing))
    held(run("php", SOURCES / "client.php", version, library.wsdl), library.asked)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_node_soap(version: str, library: Library) -> None:
    try:
        folder = node_modules()
    except Lacking as missing:
        lacking(f"node-soap: {missing}")
    client = folder / "library.js"  # beside its modules: that is where node looks for them
    client.write_bytes((SOURCES / "client.js").read_bytes())
    held(run("node", client, version, library.wsdl), library.asked)


def test_wsimport(library: Library) -> None:
    try:
        path = class_path("jaxws")
    except Lacking as missing:
        lacking(f"JAX-WS: {missing}")
    classes = stubs(SOURCES / "Client.java", path, library.wsdl, library.contract)
    out = run("java", *JVM, "-cp", f"{classes}:{path}", "library.Client", library.wsdl)
    soap11, soap12 = out.splitlines()
    held(soap11, library.asked[:6])
    held(soap12, library.asked[6:])
