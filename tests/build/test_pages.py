"""The pages of the gateway's own."""

from __future__ import annotations

import json

import pytest

from gateway.build.pages import docs_pages, document, fixed, index_page, openapi_page, problem_page, wsdl_page
from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem


def asked(query: str = "", host: str = "a.example", **path: str) -> Wire:
    return Wire({"host": host}, b"", method="GET", query=query, facts={"path": path})


async def test_a_fixed_page_gives_fresh_header_fields() -> None:
    page = fixed("/x", b"x", "text/plain", {"a": "b"})
    first = await page.send(asked())
    first.headers["a"] = "changed"
    assert (await page.send(asked())).headers["a"] == "b"


async def test_the_description_is_made_once_and_only_when_asked_for() -> None:
    made: list[int] = []
    page = openapi_page(lambda: made.append(1) or {"openapi": "3.1.0"})  # type: ignore[func-returns-value]
    assert made == []
    for _ in range(3):
        assert json.loads((await page.send(asked())).body) == {"openapi": "3.1.0"}
    assert made == [1]


async def test_the_wsdl_has_the_address_that_was_asked() -> None:
    made: list[str] = []

    def documents(address: str) -> dict[str, bytes]:
        made.append(address)
        return {"wsdl": address.encode(), "xsd=1": b"schema"}

    page = wsdl_page("/S", documents, lambda wire: f"http://{wire.headers['host']}")
    for query in ("wsdl", "WSDL", ""):
        assert (await page.send(asked(query))).body == b"http://a.example/S"
    assert (await page.send(asked("xsd=1"))).body == b"schema"
    assert len(made) == 1
    for at in range(40):
        await page.send(asked("wsdl", f"h{at}.example"))
    assert (await page.send(asked("wsdl"))).body == b"http://a.example/S", "made again, the old ones forgotten"
    with pytest.raises(Problem) as caught:
        await page.send(asked("xsd=9"))
    assert caught.value.kind is Kind.NOT_FOUND


@pytest.mark.parametrize("kind", Kind)
async def test_every_problem_type_resolves(kind: Kind) -> None:
    reply = await problem_page().send(asked(slug=kind.slug))
    assert reply.status == 200
    assert kind.slug.encode() in reply.body
    assert reply.headers["content-security-policy"].startswith("default-src 'self'")


@pytest.mark.parametrize("slug", ["", "nothing", "<script>"])
async def test_an_unknown_problem_type_does_not(slug: str) -> None:
    with pytest.raises(Problem):
        await problem_page().send(asked(slug=slug))


async def test_the_docs_are_vendored_and_call_nobody() -> None:
    pages = docs_pages()
    reply = await pages["/docs"].send(asked())
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert "content-security-policy" in reply.headers
    assert b"http://" not in reply.body
    assert b"https://" not in reply.body
    for path, page in pages.items():
        assert (await page.send(asked())).body, path
    assert any(path.endswith(".js") for path in pages)


async def test_words_are_escaped() -> None:
    body = (await index_page([("/a?b&c", "<b>", "x")]).send(asked())).body
    assert b"&lt;b&gt;" in body
    assert b'href="/a?b&amp;c"' in body
    assert b"<title>&lt;x&gt;</title>" in document("<x>", "")
