from __future__ import annotations

import ast
import asyncio
from pathlib import Path

import pytest

from gateway.core.message import Exchange, Message
from gateway.core.operation import Face, Operation
from gateway.core.problem import Kind, Problem
from gateway.plugins.api import Cipher, CipherSettings
from gateway.plugins.registry import find
from gateway.testing import FakeClock, FakeHost, FakeStore, FakeTasks, cipher_law, started

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"


def lines_of_classes(path: Path) -> int:
    tree = ast.parse(path.read_text())
    return sum(
        sum(1 for line in ast.unparse(node).splitlines() if line.strip())
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    )


async def test_the_worked_cipher_holds_the_law_and_is_about_twelve_lines():
    await cipher_law(find("cipher.py:Siv", base=EXAMPLES), {"key": b"k" * 64})
    assert lines_of_classes(EXAMPLES / "cipher.py") <= 13


class Careless(Cipher[CipherSettings]):
    name = "careless"
    Settings = CipherSettings

    def seal(self, body, about):
        return body[::-1]

    def open(self, body, about):
        return body[::-1]


async def test_the_law_finds_a_careless_cipher():
    with pytest.raises(AssertionError, match="nonce"):
        await cipher_law(Careless, {})


async def test_the_worked_lock_holds_and_is_about_25_lines():
    assert lines_of_classes(EXAMPLES / "lock.py") <= 25
    host = FakeHost()
    plugin = await started(find("lock.py:OneWriter", base=EXAMPLES), {"operations": ["Save"]}, host)
    operation = Operation("Save", "T", "", "1.1", "", Face(None, None))  # type: ignore[arg-type]
    other = Operation("Get", "T", "", "1.1", "", Face(None, None))  # type: ignore[arg-type]
    assert plugin.layer(other) is None
    gate = asyncio.Event()

    async def slow(exchange):
        await gate.wait()
        return exchange.request

    service = plugin.layer(operation)(slow)
    exchange = Exchange(operation, Message(None, value={"Id": "1"}))  # type: ignore[arg-type]
    first = asyncio.create_task(service(exchange))
    await asyncio.sleep(0)
    with pytest.raises(Problem) as caught:
        await service(exchange)
    assert caught.value.kind is Kind.LOCK_CONFLICT
    gate.set()
    await first
    assert await service(exchange) is exchange.request
    assert host.counts == {"held": 1}
    assert host.state.values == {}


async def test_the_fake_store_compares_and_expires():
    clock = FakeClock()
    store = FakeStore(clock)
    assert await store.put("k", b"1", ttl=5, expect=None)
    assert not await store.put("k", b"2", ttl=5, expect=None)
    assert await store.put("k", b"2", ttl=5, expect=b"1")
    assert not await store.delete("k", expect=b"1")
    clock.advance(6)
    assert await store.get("k") is None


async def test_fake_tasks_are_cancelled():
    tasks = FakeTasks()
    tasks.start(asyncio.sleep(60), name="t")
    await tasks.close()
    assert tasks.running[0].cancelled()
