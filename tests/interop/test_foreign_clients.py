"""Foreign SOAP clients, made of the WSDL that the gateway serves, call foreign services through it.

Each client places an order and one that is refused, sends an empty message, and tells one line of JSON of what it got.
"""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import zeep
import zeep.exceptions

from tests.interop.conftest import Behind, lacking
from tests.interop.stages import (
    HERE,
    JVM,
    STACKS,
    Lacking,
    class_path,
    gsoap_program,
    java_client,
    need,
    node_modules,
    run,
)

pytestmark = pytest.mark.interop

CUSTOMER = "Łukasz 東京 😀 <&>"
TOLD = {
    "id": "1152921504607351596",
    "text": f"Hej, {CUSTOMER}",
    "total": Decimal("25.1"),
    "due": "2026-11-30",
    "comment": None,
    "note": None,
    "sku": ["A-1", "B"],
    "priority": "high",
    "fault": {"reason": "Slut på lager", "code": 42},
}
PLAIN = [(stack.name, path) for stack in STACKS.values() for path in stack.paths if path.startswith("desk")]
ENCODED = [("php", "encoded11"), ("php", "encoded12")]
OTHER = {"1.1": "1.2", "1.2": "1.1"}

Gateways = Callable[[str, str], Behind]


def ids(rows: list[Any]) -> list[str]:
    """Names of rows in the test's id."""
    return ["-".join(row).replace("/", "") for row in rows]


def version(path: str) -> str:
    """The SOAP version of an address."""
    return "1.2" if path.strip("/").endswith("12") else "1.1"


def told(line: str, stack: str = "", path: str = "") -> None:
    """Hold one line of a client to what it must have got."""
    found = json.loads(line, parse_float=Decimal)
    found["total"] = Decimal(found["total"])
    loose = stack and (STACKS[stack].fault == "loose" or path.startswith("encoded"))  # a detail that no WSDL declares
    if loose:
        assert found["fault"].pop("reason") == TOLD["fault"]["reason"]  # type: ignore[index]
        found["fault"] = TOLD["fault"]
    assert found == TOLD


def script(*words: Any, env: str = "") -> str:
    """What a client script says; its language's absence is told as a stack's."""
    try:
        return run(*words)
    except FileNotFoundError:
        lacking(f"{words[0]} is not installed")
        raise


def served(gateway: Behind) -> tuple[str, str]:
    """The WSDL as the gateway gives it, and the same without the port, by which what is made of it is kept."""
    with urllib.request.urlopen(gateway.wsdl, timeout=30) as answer:
        text = answer.read().decode()
    return text, re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:80", text)


@pytest.mark.parametrize(("stack", "path"), PLAIN, ids=ids(PLAIN))
def test_zeep(stack: str, path: str, behind: Gateways) -> None:
    service = zeep.Client(behind(stack, path).wsdl).service
    lines = [{"sku": "A-1", "qty": 2, "price": Decimal("12.50")}, {"sku": "B", "qty": 1, "price": Decimal("0.10")}]
    order = {
        "customer": CUSTOMER,
        "due": "2026-11-30",
        "express": True,
        "priority": "high",
        "budget": 1152921504607351596,
        "comment": zeep.xsd.Nil,
        "lines": {"line": lines},
        "tag": ["å"],
    }
    got = service.Place(order=order)
    with pytest.raises(zeep.exceptions.Fault) as caught:
        service.Place(order={**order, "lines": {"line": [{**lines[0], "sku": "boom"}]}})
    service.Ping()
    code = caught.value.detail.find(".//{*}code")
    fields = {name: getattr(got, name) for name in ("text", "comment", "note", "priority", "sku")}
    rest = {"id": str(got.id), "total": str(got.total), "due": str(got.due)}
    fault = {"reason": caught.value.message, "code": int(code.text)}
    told(json.dumps({**fields, **rest, "fault": fault}), stack, path)


@pytest.mark.parametrize("crossed", [False, True], ids=["own", "other-version"])
@pytest.mark.parametrize(("stack", "path"), [*PLAIN, *ENCODED], ids=ids([*PLAIN, *ENCODED]))
def test_php(stack: str, path: str, crossed: bool, behind: Gateways) -> None:
    speaks = OTHER[version(path)] if crossed else version(path)
    told(script("php", HERE / "php" / "client.php", speaks, behind(stack, path).wsdl), stack, path)


@pytest.mark.parametrize(("stack", "path"), PLAIN, ids=ids(PLAIN))
def test_node_soap(stack: str, path: str, behind: Gateways) -> None:
    try:
        folder = node_modules()
    except Lacking as missing:
        lacking(f"node-soap: {missing}")
    client = folder / "client.js"  # beside its modules: that is where node looks for them
    client.write_bytes((HERE / "node" / "client.js").read_bytes())
    told(script("node", client, version(path), behind(stack, path).wsdl), stack, path)


# (the stubs' WSDL, the provider they run on, the services they call)
JAVA = [
    (("php", "desk11"), "jaxws", [("php", "desk11"), ("php", "desk12"), ("node", "desk11"), ("gsoap", "desk11")]),
    (("jaxws", "desk11"), "jaxws", [("jaxws", "desk11"), ("jaxws", "desk12")]),
    (("cxf", "desk11"), "cxf", [("cxf", "desk11"), ("cxf", "desk12")]),
    (("php", "desk11"), "cxf", [("php", "desk11"), ("node", "desk12"), ("gsoap", "desk12")]),
]


@pytest.mark.parametrize(("made_of", "runs_on", "called"), JAVA, ids=[f"{row[0][0]}-on-{row[1]}" for row in JAVA])
def test_wsimport(made_of: tuple[str, str], runs_on: str, called: list[tuple[str, str]], behind: Gateways) -> None:
    try:
        tools, path = class_path("jaxws"), class_path(runs_on)
    except Lacking as missing:
        lacking(f"JAX-WS: {missing}")
    _, pinned = served(behind(*made_of))
    classes = java_client(tools, behind(*made_of).wsdl, pinned)
    out = run("java", *JVM, "-cp", f"{classes}:{path}", "desk.Client", *(behind(*each).wsdl for each in called))
    lines = out.splitlines()
    assert len(lines) == len(called)
    for line, each in zip(lines, called, strict=True):
        told(line, *each)


GSOAP = [("desk11", ["php", "node", "gsoap"]), ("desk12", ["php", "node", "gsoap"])]


@pytest.mark.parametrize(("path", "called"), GSOAP, ids=[row[0] for row in GSOAP])
def test_gsoap(path: str, called: list[str], behind: Gateways) -> None:
    try:
        need("wsdl2h", "soapcpp2", package="gsoap")
        _, pinned = served(behind(called[0], path))
        client = gsoap_program(HERE / "gsoap" / "client.cpp", pinned, "Proxy")
    except Lacking as missing:
        lacking(f"gSOAP: {missing}")
    out = run(client, *(f"{behind(stack, path).address}/Desk" for stack in called))
    lines = out.splitlines()
    assert len(lines) == len(called)
    for line in lines:
        told(line)
