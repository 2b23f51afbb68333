"""Real gateways on real sockets for the tests over the wire."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.app import Gateway
from gateway.build.book import build
from gateway.settings import load, parse

ROOT = Path(__file__).resolve().parents[2]


@asynccontextmanager
async def gateway_of(text: str, base: Path = ROOT) -> AsyncIterator[Gateway]:
    """A gateway on free ports, from a configuration's text."""
    loaded = parse(text, base=base, env={})
    async with _started(Gateway(build(loaded.changed(listen="127.0.0.1:0", admin="127.0.0.1:0")))) as gateway:
        yield gateway


@asynccontextmanager
async def gateway_of_file(file: Path, env: dict[str, str]) -> AsyncIterator[Gateway]:
    """A gateway on free ports, from a configuration file."""
    loaded = load(file, env)
    async with _started(Gateway(build(loaded.changed(listen="127.0.0.1:0", admin="127.0.0.1:0")))) as gateway:
        yield gateway


@asynccontextmanager
async def _started(gateway: Gateway) -> AsyncIterator[Gateway]:
    await gateway.start()
    try:
        yield gateway
    finally:
        await gateway.stop(1.0)


@contextmanager
def in_thread(make: Callable[[], Any]) -> Iterator[Any]:
    """An async context manager entered in a thread with a loop of its own: for blocking clients."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(work: Awaitable[Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(_await(work), loop).result(30)

    manager = make()
    try:
        yield run(manager.__aenter__())
    finally:
        run(manager.__aexit__(None, None, None))
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


async def _await(work: Awaitable[Any]) -> Any:
    return await work


@pytest.fixture
def root() -> Path:
    """The checkout."""
    return ROOT
