"""The law of JSONTestSuite: every file as the body of a POST to a real route of a running gateway, over a socket.

`y_` is parsed (then it may break the schema: 422), `n_` is refused as malformed, `i_` is either; nothing is a 500.
"""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import aiohttp

from gateway.app import Gateway
from gateway.build.book import build
from gateway.observe.log import Log
from gateway.settings import parse

from .score import Row

_POLICY: Final = "by policy: a key given twice is refused (RFC 8259 §4 leaves it open)"
_WSDL: Final = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:t" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" targetNamespace="urn:t"><types><xs:schema targetNamespace="urn:t">
<xs:element name="Ask"><xs:complexType><xs:sequence><xs:element name="a" type="xs:anyType" minOccurs="0" maxOccurs="unbounded"/>
</xs:sequence></xs:complexType></xs:element><xs:element name="Reply"><xs:complexType/></xs:element></xs:schema></types>
<message name="i"><part name="p" element="t:Ask"/></message><message name="o"><part name="p" element="t:Reply"/></message>
<portType name="P"><operation name="Ask"><input message="t:i"/><output message="t:o"/></operation></portType>
<binding name="B" type="t:P"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/><operation name="Ask">
<s:operation soapAction="a"/><input><s:body use="literal"/></input><output><s:body use="literal"/></output></operation></binding>
<service name="s"><port name="p" binding="t:B"><s:address location="http://127.0.0.1:9/"/></port></service></definitions>"""


def cases(folder: Path) -> list[Path]:
    """The files."""
    return sorted((folder / "test_parsing").glob("*.json"))


def run(files: list[Path], scratch: Path) -> list[Row]:
    """A row each."""
    return asyncio.run(_run(files, scratch))


async def _run(files: list[Path], scratch: Path) -> list[Row]:
    (scratch / "json.wsdl").write_text(_WSDL)
    text = json.dumps({"listen": "127.0.0.1:0", "admin": "127.0.0.1:0", "services": {"s": {"wsdl": "json.wsdl"}}})
    gateway = Gateway(build(parse(text, base=scratch, env={})), log=Log(io.StringIO(), "error"))
    await gateway.start()
    try:
        async with aiohttp.ClientSession() as session:
            rows = []
            for file in files:
                rows += await _one(session, f"http://{gateway.addresses['data'].removeprefix('http://')}/s/Ask", file)
            return rows
    finally:
        await gateway.stop(1.0)


async def _one(session: aiohttp.ClientSession, url: str, file: Path) -> list[Row]:
    async with session.post(url, data=file.read_bytes(), headers={"Content-Type": "application/json"}) as answer:
        body = await answer.read()
    try:
        kind = json.loads(body)["type"].rpartition("/")[2]
    except (ValueError, KeyError):
        kind = "no problem document"
    return list(_rows(file.name, answer.status, kind))


def _rows(name: str, status: int, kind: str) -> Iterator[Row]:
    yield Row("no 500", name, "failed" if status == 500 else "ok", f"{status} {kind}" if status == 500 else "")
    refused = status in (400, 413, 415) or kind == "xml-illegal-character"
    malformed = status in (400, 413)
    if name.startswith("y_"):
        if kind == "json-duplicate-key":
            yield Row("y_ is parsed", name, "excused", _POLICY)
        else:
            yield Row("y_ is parsed", name, "failed" if malformed else "ok", f"{status} {kind}" if malformed else "")
    elif name.startswith("n_"):
        if name == "n_structure_no_data.json":
            yield Row("n_ is refused", name, "excused", "by policy: a POST without a body is one with an empty object")
        else:
            yield Row("n_ is refused", name, "ok" if refused else "failed", "" if refused else f"{status} {kind}")
