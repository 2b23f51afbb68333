"""The docs page in a browser: the routes stand in their groups, and the examples work when one presses the button."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.interop.conftest import lacking

pytestmark = pytest.mark.interop
# Opens one operation, presses Execute, waits for what the service said.
PRESS = """(async () => {
  const wait = async (found) => {
    for (let i = 0; i < 300; i++) { const x = found(); if (x) return x; await new Promise(r => setTimeout(r, 100)); }
    return null;
  };
  const block = await wait(() => document.getElementById(%s));
  if (!block) return "no such operation";
  block.querySelector(".opblock-summary-control").click();
  const button = await wait(() => block.querySelector("button.execute"));
  if (!button) return "no button";
  button.click();
  const said = await wait(() => block.querySelector(".live-responses-table tr.response .response-col_status"));
  return said ? said.textContent.trim().slice(0, 3) : "no answer";
})()"""
OPERATIONS = {
    "operations-Tasks-get_tasks_id": "200",
    "operations-Tasks-post_tasks": "201",
    "operations-Holds-put_tasks_id_hold": "200",
    "operations-The_portal-get_application": "200",
    "operations-Portal-post_api_task_get": "200",
}


@pytest.fixture
def browser(tmp_path: Path, demos: dict[str, str]) -> Iterator[Path]:
    """The file in which a browser that shows the page tells its port."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        lacking("chromium is missing")
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--no-first-run"]
    process = subprocess.Popen(
        [str(program), *options, f"--user-data-dir={tmp_path}", f"{demos['netid']}/docs"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    yield tmp_path / "DevToolsActivePort"
    process.terminate()
    process.wait(20)


async def _ask(tools: aiohttp.ClientWebSocketResponse, method: str, **parameters: Any) -> Any:
    """What the browser says; asked again while the page is still being loaded."""
    async with asyncio.timeout(90):
        while True:
            await tools.send_json({"id": 1, "method": method, "params": parameters})
            async for message in tools:
                told = json.loads(message.data)
                if told.get("id") == 1:
                    break
            if "result" in told:
                return told["result"]
            await asyncio.sleep(0.5)


async def test_the_examples_work_when_one_presses_the_button(browser: Path) -> None:
    async with asyncio.timeout(60):
        while not (browser.is_file() and browser.read_text().count("\n")):  # noqa: ASYNC110  # chromium tells by a file
            await asyncio.sleep(0.1)
    port = browser.read_text().split("\n")[0]
    async with aiohttp.ClientSession() as client:
        async with client.get(f"http://127.0.0.1:{port}/json") as reply:
            page = next(each for each in await reply.json() if each["type"] == "page")
        async with client.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as tools:
            loaded = """new Promise(done => document.readyState == "complete" ? done(true) : addEventListener("load", () => done(true)))"""
            await _ask(tools, "Runtime.evaluate", expression=loaded, awaitPromise=True)
            said = {}
            for operation in OPERATIONS:
                told = await _ask(
                    tools, "Runtime.evaluate", expression=PRESS % json.dumps(operation), awaitPromise=True
                )
                said[operation] = told["result"].get("value", told)
            groups = await _ask(
                tools, "Runtime.evaluate", returnByValue=True,
                expression='[...document.querySelectorAll(".opblock-tag")].map(x => x.dataset.tag)',
            )  # fmt: skip
    assert said == OPERATIONS
    assert {"Portal", "Tasks", "Holds", "Actions", "The portal"} <= set(groups["result"]["value"])
