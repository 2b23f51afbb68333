"""The law of pages: the documents that the gateway itself serves on the data port.

OpenAPI, the WSDL with the gateway's own address, the interactive docs and the page of each problem
kind are made once and kept as bytes; only an address that depends on the request's Host is filled in.
"""

from __future__ import annotations

import html
from collections.abc import Awaitable, Callable, Mapping
from importlib import resources
from typing import Any, Final

from ..codec.json import dumps
from ..core.message import Wire
from ..core.operation import Address
from ..core.problem import BY_SLUG, Kind, Problem

PAGES: Final = ("/", "/openapi.json", "/problems/{slug}")  # beside `/docs` and what belongs to it
_TYPES: Final[Mapping[str, str]] = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
# The docs page runs vendored scripts only and calls only this gateway.
_POLICY: Final = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#1b1f24}"
    "code{background:#f2f4f6;padding:.1em .3em;border-radius:.2em}dt{font-weight:600;margin-top:.6em}"
    "h1{font-size:1.5rem}a{color:#0b57a4}table{border-collapse:collapse}td,th{padding:.3em .8em .3em 0;text-align:left}"
)


def fixed(name: str, body: bytes, content_type: str, headers: Mapping[str, str] | None = None) -> Address:
    """A page whose bytes never change."""
    fields = {"content-type": content_type, "cache-control": "no-cache", **(headers or {})}

    async def send(_: Wire) -> Wire:
        return Wire(dict(fields), body, status=200)

    return Address(name, send)


def openapi_page(document: Callable[[], Mapping[str, Any]]) -> Address:
    """`/openapi.json`, made at the first request and kept."""
    kept: list[bytes] = []

    async def send(_: Wire) -> Wire:
        if not kept:
            kept.append(dumps(dict(document())))
        return Wire(
            {"content-type": "application/json; charset=utf-8", "cache-control": "no-cache"}, kept[0], status=200
        )

    return Address("/openapi.json", send)


def wsdl_page(path: str, documents: Callable[[str], Mapping[str, bytes]], base: Callable[[Wire], str]) -> Address:
    """`GET /<Service>?wsdl` and its `?xsd=N`; `documents` gives them for a base URL."""
    kept: dict[str, Mapping[str, bytes]] = {}

    async def send(wire: Wire) -> Wire:
        address = base(wire) + path
        if address not in kept:
            if len(kept) >= 16:  # bounded: Host is the client's word
                kept.clear()
            kept[address] = documents(address)
        body = kept[address].get(wire.query if "=" in wire.query else wire.query.lower() or "wsdl")
        if body is None:
            raise Problem(Kind.NOT_FOUND, f"Ask for {path}?wsdl.")
        return Wire({"content-type": "text/xml; charset=utf-8", "cache-control": "no-cache"}, body, status=200)

    return Address(f"{path}?wsdl", send)


def problem_page() -> Address:
    """`/problems/{slug}`: what a problem type means and what to do."""

    async def send(wire: Wire) -> Wire:
        kind = BY_SLUG.get(wire.facts["path"].get("slug", ""))
        if kind is None:
            raise Problem(Kind.NOT_FOUND)
        row = kind.row
        facts = {"Status": row.status, "Whose": row.side, "SOAP code": row.soap, "What to do": row.advice}
        facts["Once more as it is"] = "may help, after a pause" if row.retryable else "does not help"
        rows = "".join(
            f"<dt>{key}</dt><dd>{html.escape(str(value)).replace('`', '')}</dd>" for key, value in facts.items()
        )
        body = document(row.title, f"<p><code>{row.slug}</code></p><dl>{rows}</dl>")
        return Wire({"content-type": _TYPES[".html"], "content-security-policy": _POLICY}, body, status=200)

    return Address("/problems/{slug}", send)


def index_page(rows: list[tuple[str, str, str]]) -> Address:
    """`/`: what is served, as links; `rows` are path, title, words."""
    body = "".join(
        f'<tr><td><a href="{html.escape(path)}"><code>{html.escape(path)}</code></a></td>'
        f"<td>{html.escape(title)}</td><td>{html.escape(words)}</td></tr>"
        for path, title, words in rows
    )
    page = document("What is served here", f"<table>{body}</table>")
    return fixed("/", page, _TYPES[".html"], {"content-security-policy": _POLICY})


def document(title: str, body: str) -> bytes:
    """A small page of our own."""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<h1>{html.escape(title)}</h1>{body}</html>"
    ).encode()


def docs_pages() -> dict[str, Address]:
    """`/docs` and its assets, vendored in the package, so that they work offline."""
    folder = resources.files("gateway") / "docs_ui"
    pages: dict[str, Address] = {}
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        suffix = "." + entry.name.rpartition(".")[2]
        if suffix not in _TYPES:
            continue
        path = "/docs" if entry.name == "index.html" else f"/docs/{entry.name}"
        policy = {"content-security-policy": _POLICY} if suffix == ".html" else {}
        pages[path] = _lazy(path, entry, _TYPES[suffix], policy)
    return pages


def _lazy(path: str, entry: Any, content_type: str, headers: Mapping[str, str]) -> Address:
    kept: list[Callable[[Wire], Awaitable[Wire]]] = []

    async def send(wire: Wire) -> Wire:
        if not kept:
            kept.append(fixed(path, entry.read_bytes(), content_type, headers).send)
        return await kept[0](wire)

    return Address(path, send)
