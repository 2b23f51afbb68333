"""Every series of docs/metrics.md moves when it should: one gateway before a service that locks and fails, driven through all of it."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

import aiohttp
import pytest

from gateway.demo.server import Answer, Call
from tests.commands.test_show import pem
from tests.wire.conftest import ROOT, gateway_of
from tests.wire.ledger import service as ledger
from tests.wire.ledger.service import Ledger, holder
from tests.wire.test_own_locks import TEXT

# where the rest is driven
ELSEWHERE = {
    "soapgw_workers": "tests/supervisor/test_run.py",
    "soapgw_workers_ready": "tests/supervisor/test_crew.py",
    "soapgw_worker_restarts_total": "tests/supervisor/test_run.py",
    "soapgw_log_lines_dropped": "tests/test_main.py",
    "soapgw_spans_total": "tests/observe/test_otlp.py",
    "soapgw_reloads_total": "tests/test_reload.py",
    "soapgw_config_last_reload_successful": "tests/test_reload.py",
    "soapgw_faults_total": "tests/layers/test_observe.py",  # a lock's is told as a lock
    "soapgw_very_large_total": "tests/wire/test_very_large.py",
}
MORE = "guard: {wait: 5}, retry: {tries: 3, seconds: 2}, steal: on-request"
Page = dict[str, float]


class Slow(Ledger):
    """Answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, call: Call) -> Answer:
        await self.open.wait()
        return await super().__call__(call)


def read(text: str) -> Page:
    return {key: float(value) for key, value in re.findall(r"^(soapgw_\S+) (\S+)$", text, re.MULTILINE)}


@pytest.mark.slow
async def test_every_series_moves(tmp_path: Path) -> None:
    service = Slow()
    running = await ledger.start(service)
    key = pem(tmp_path / "k.pem")
    text = TEXT.replace("URL", running.url).replace("MORE", MORE).replace("STATUS", "")
    text += f"limits: {{body: 2000, in_flight: 2, queue: 4}}\nkeyring: {{portal: {{pem: {key}}}}}\n"
    pages: list[Page] = []
    moved: set[str] = set()
    began = time.time()

    def at(series: str) -> float:
        """A series, labels and all; 0 where it is not there yet."""
        return pages[-1].get(series, 0.0)

    try:
        async with gateway_of(text) as gateway, aiohttp.ClientSession() as client:
            data, admin = (f"http://{gateway.addresses[name]}" for name in ("data", "admin"))

            async def look() -> None:
                async with client.get(f"{admin}/metrics") as reply:
                    pages.append(read(await reply.text()))
                first = pages[0]
                moved.update(re.split(r"[{ ]", name)[0] for name, value in pages[-1].items() if value != first.get(name))

            async def book(account: str, **headers: str) -> tuple[int, dict[str, object]]:
                async with client.post(f"{data}/book", json={"Account": account, "Amount": 1}, headers=headers) as reply:
                    return reply.status, await reply.json()

            await look()
            first = pages[0]
            assert first["soapgw_certificate_expiry_timestamp_seconds{key=\"portal\"}"] > began + 80 * 86_400
            assert first["soapgw_config_last_reload_success_timestamp_seconds"] >= int(began)
            assert [value for name, value in first.items() if name.startswith("soapgw_build_info{")] == [1.0]

            assert {status for status, _ in await asyncio.gather(*(book("a") for _ in range(3)))} == {200}
            service.holders = [holder("bea", "2026-11-22T10:00:00Z")]
            status, told = await book("b")
            assert status == 423
            assert (await book("b", **{"Steal-Token": str(told["token"])}))[0] == 200
            await look()
            for event in ("conflict", "stolen", "retried"):
                assert at(f'soapgw_plugin_events_total{{event="{event}",plugin="locks"}}') >= 1, event
            assert at('soapgw_plugin_wait_seconds_count{plugin="locks"}') >= 1

            service.holders = []
            async with client.post(f"{data}/book", data=b"x" * 3000, headers={"content-type": "application/json"}) as reply:
                assert reply.status == 413
            async with client.post(f"{data}/book", json={}) as reply:
                assert reply.status == 422
            await look()
            assert at('soapgw_limits_hit_total{limit="body"}') == 1
            assert at('soapgw_problems_total{kind="invalid-message"}') == 1

            service.open.clear()
            under_way = [asyncio.create_task(book(f"q{at}")) for at in range(5)]
            time.sleep(0.7)  # the loop's pulse is late  # noqa: ASYNC251
            async with asyncio.timeout(10):
                while not {"soapgw_queued_requests", "soapgw_event_loop_lag_seconds", "soapgw_backend_connections"} <= moved:
                    await look()
                    await asyncio.sleep(0.02)
            assert at("soapgw_queued_requests") >= 1
            service.open.set()
            await asyncio.gather(*under_way)

            await running.stop()
            for number in range(25):
                status, told = await book(f"down{number}")
                assert status in (502, 503), told
            await look()
            assert at('soapgw_breaker_state{service="ledger"}') == 2
            assert at('soapgw_problems_total{kind="breaker-open"}') >= 1
            async with client.get(f"{admin}/drain?wait=5") as reply:
                assert await reply.text() == "drained\n"
            await look()
            assert at("soapgw_draining") == 1
    finally:
        await running.stop()
    listed = set(re.findall(r"^\| `(soapgw_\w+)`", (ROOT / "docs/metrics.md").read_text(), re.MULTILINE))
    shown = {re.sub(r"_(bucket|sum|count)$", "", name) for name in moved}
    still = {"soapgw_build_info", "soapgw_certificate_expiry_timestamp_seconds", "soapgw_config_last_reload_success_timestamp_seconds"}
    assert listed - shown - still == set(ELSEWHERE), "a series that nothing drives, or one that is driven here, too"
    for name, place in ELSEWHERE.items():
        assert (ROOT / place).exists(), name
