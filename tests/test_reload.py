"""A reload over real sockets: the new configuration serves whole, or the old one goes on."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway.app import Gateway
from gateway.build.book import build
from gateway.demo import portal
from gateway.observe.log import Log
from gateway.settings import load

ROOT = Path(__file__).resolve().parents[1]
CONFIG = """\
listen: 127.0.0.1:0
admin: 127.0.0.1:0
reload: {every: 0.05, watch: WATCH}
logging: {level: info, access: false}
services:
  portal:
    wsdl: portal.wsdl
    path: /portal
    default_routes: false
    upstream: {url: "URL"}
    dangerous_allow_clear_text: true
    routes:
      - {route: POST /one, operation: CreateTask, unwrap: {request: [Info]}}
"""
TWO = "      - {route: POST /two, operation: CreateTask, unwrap: {request: [Info]}}\n"


class Run:
    """A gateway before a portal, with its file and what it logged."""

    def __init__(self, gateway: Gateway, file: Path, log: io.StringIO) -> None:
        self.gateway, self.file, self.log = gateway, file, log

    @property
    def data(self) -> str:
        return f"http://{self.gateway.addresses['data']}"

    @property
    def admin(self) -> str:
        return f"http://{self.gateway.addresses['admin']}"

    def add(self, text: str = TWO) -> None:
        self.file.write_text(self.file.read_text() + text)

    def events(self) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return [line for line in lines if line["stream"] != "access"]

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds():  # noqa: ASYNC110  # what is waited for is a line of a log
                await asyncio.sleep(0.02)


@asynccontextmanager
async def running(folder: Path, *, watch: bool = False, delay: float = 0.0) -> AsyncIterator[Run]:
    shutil.copytree(ROOT / "schemas/netid", folder, dirs_exist_ok=True)
    file = folder / "gateway.yaml"
    behind = await portal.start("127.0.0.1", 0)
    file.write_text(CONFIG.replace("URL", behind.url).replace("WATCH", str(watch).lower()))
    log = io.StringIO()
    gateway = Gateway(build(load(file)), log=Log(log, "info"), again=lambda: load(file))
    await gateway.start()
    try:
        yield Run(gateway, file, log)
    finally:
        await gateway.stop(1.0)
        await behind.stop()


async def status(url: str, method: str = "POST", **more: Any) -> int:
    async with aiohttp.ClientSession() as session, session.request(method, url, **more) as reply:
        await reply.read()
        return reply.status


async def text(url: str, method: str = "GET", **more: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.request(method, url, **more) as reply:
        return reply.status, await reply.text()


async def test_a_new_route_serves_and_is_told(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        assert await status(f"{run.data}/two", json={}) == 404
        run.add()
        code, told = await text(f"{run.admin}/reload", "POST")
        assert (code, json.loads(told)["result"]) == (200, "ok")
        assert "door added: POST /two (portal.CreateTask)" in json.loads(told)["lines"]
        assert await status(f"{run.data}/two", json={}) != 404
        _, metrics = await text(f"{run.admin}/metrics")
        assert 'soapgw_reloads_total{result="ok"} 1.0' in metrics
        assert "soapgw_config_last_reload_successful 1.0" in metrics
        assert [event["event"] for event in run.events()] == ["reload-ok"]


async def test_what_was_built_is_set_aside_again_once_the_old_one_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: list[bool] = []
    monkeypatch.setattr("gateway.app.settle", lambda: settled.append(True))
    async with running(tmp_path) as run:
        run.add()
        await text(f"{run.admin}/reload", "POST")
        assert settled == []  # a process that is not the gateway's alone is left as it is
        run.gateway.settle()
        run.add(TWO.replace("two", "three"))
        await text(f"{run.admin}/reload", "POST")
        await run.until(lambda: len(settled) == 2)


async def test_what_is_refused_changes_nothing_and_tells_every_mistake(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        run.add("      - {route: POST /three, operation: Nothing}\n      - {route: POST /four, operation: Nor}\n")
        before = run.gateway.serving
        code, told = await text(f"{run.admin}/reload", "POST")
        assert code == 422
        assert [("Nothing" in line, "Nor" in line) for line in json.loads(told)["lines"]] == [(True, False), (False, True)]
        assert run.gateway.serving is before
        assert await status(f"{run.data}/one", json={}) != 404
        _, metrics = await text(f"{run.admin}/metrics")
        assert 'soapgw_reloads_total{result="refused"} 1.0' in metrics
        assert "soapgw_config_last_reload_successful 0.0" in metrics


async def test_nothing_new_is_nothing_done(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        before = run.gateway.serving
        assert run.gateway.reload is not None
        assert (await run.gateway.reload.now("test")).result == "unchanged"
        assert run.gateway.serving is before


async def test_a_changed_file_is_taken_by_itself_and_a_touched_one_is_not(tmp_path: Path) -> None:
    async with running(tmp_path, watch=True) as run:
        run.file.touch()
        await asyncio.sleep(0.3)
        assert run.events() == []
        run.add()
        await run.until(lambda: bool(run.events()))
        assert run.events()[0]["event"] == "reload-ok"
        assert str(run.file) in run.events()[0]["why"]


async def test_a_refused_file_is_told_once_and_its_correction_is_taken(tmp_path: Path) -> None:
    async with running(tmp_path, watch=True) as run:
        good = run.file.read_text()
        run.file.write_text("services: [")
        await run.until(lambda: bool(run.events()))
        await asyncio.sleep(0.3)
        assert [event["event"] for event in run.events()] == ["reload-refused"]
        run.file.write_text(good + TWO)
        await run.until(lambda: len(run.events()) > 1)
        assert run.events()[1]["event"] == "reload-ok"


async def test_a_contract_behind_swapped_links_is_taken(tmp_path: Path) -> None:
    """As a ConfigMap's volume does it: files are links to ..data/, and ..data itself is replaced."""
    async with running(tmp_path, watch=False) as run:
        for version in ("v1", "v2"):
            shutil.copytree(ROOT / "schemas/netid", tmp_path / version)
            shutil.copy(run.file, tmp_path / version / "gateway.yaml")
        (tmp_path / "v2/gateway.yaml").write_text(run.file.read_text() + TWO)
        (tmp_path / "..data").symlink_to("v1")
        run.file.unlink()
        run.file.symlink_to("..data/gateway.yaml")
        assert run.gateway.reload is not None
        await run.gateway.reload.now("test")
        watching = asyncio.create_task(run.gateway.reload.watch(0.05))
        await asyncio.sleep(0.2)
        (tmp_path / "..new").symlink_to("v2")
        (tmp_path / "..new").rename(tmp_path / "..data")
        await run.until(lambda: any("door added: POST /two" in event.get("cause", "") for event in run.events()))
        (tmp_path / "v2/portal.wsdl").write_bytes(b" ")  # a contract alone
        await run.until(lambda: run.events()[-1]["event"] == "reload-refused")
        watching.cancel()


async def test_a_request_under_way_ends_by_the_configuration_it_came_in_by(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        old = run.gateway.serving
        held = asyncio.Event()
        entered = asyncio.Event()
        inner = old._enter

        async def slow(wire: Any) -> Any:
            entered.set()
            await held.wait()
            return await inner(wire)

        old._enter = slow
        asked = asyncio.create_task(status(f"{run.data}/one", json={}))
        await entered.wait()
        run.add()
        assert run.gateway.reload is not None
        assert (await run.gateway.reload.now("test")).result == "ok"
        assert run.gateway.serving is not old
        assert not asked.done()
        held.set()
        assert await asked not in (404, 502, 503)


@pytest.mark.parametrize("headers", [{"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}])
async def test_another_sites_page_cannot_act(tmp_path: Path, headers: dict[str, str]) -> None:
    async with running(tmp_path) as run:
        assert await status(f"{run.admin}/reload", headers=headers) == 403
        assert await status(f"{run.admin}/drain", "GET", headers=headers) == 403
        assert run.gateway.health.ready


async def test_the_level_changes_while_serving_and_a_reload_leaves_it(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        assert await text(f"{run.admin}/log-level", "PUT", data="debug") == (200, "debug\n")
        assert await status(f"{run.admin}/log-level", "PUT", data="loud") == 400
        run.add()
        assert run.gateway.reload is not None
        await run.gateway.reload.now("test")
        assert await text(f"{run.admin}/log-level") == (200, "debug\n")
