"""A SOAP service that nobody here wrote (Spyne) stands behind the gateway; JSON reaches it typed, and back."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import aiohttp
import pytest

from tests.wire.conftest import gateway_of

SERVICE = Path(__file__).with_name("spyne_service.py")


@pytest.fixture(scope="module")
def spyne():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-W", "ignore", str(SERVICE), str(port)], env={**os.environ})
    url = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(100):
            if process.poll() is not None:
                pytest.fail("the Spyne service did not start")
            try:
                with urllib.request.urlopen(url + "?wsdl", timeout=1) as answer:
                    wsdl = answer.read()
                    break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail("the Spyne service did not answer")
        yield url, wsdl
    finally:
        process.terminate()
        process.wait(5)


@pytest.fixture
async def address(spyne, tmp_path):
    url, wsdl = spyne
    (tmp_path / "orders.wsdl").write_bytes(wsdl)
    text = f'services: {{orders: {{wsdl: orders.wsdl, upstream: {{url: "{url}"}}}}}}'
    async with gateway_of(text, tmp_path) as gateway:
        yield f"http://{gateway.addresses['data']}"


async def call(address: str, operation: str, body: object) -> tuple[int, object]:
    async with aiohttp.ClientSession() as session, session.post(f"{address}/Orders/{operation}", json=body) as answer:
        return answer.status, await answer.json(content_type=None)


async def test_a_typed_call_and_its_typed_answer(address):
    status, answer = await call(address, "total", {"lines": [{"sku": "A-1", "qty": 2, "price": 12.50}, {"sku": "B", "qty": 1, "price": 0.10}]})
    assert status == 200, answer
    assert answer == {"totalResult": 25.10}


async def test_an_array_of_one_is_an_array(address):
    status, answer = await call(address, "echo", {"order": {"id": 1152921504607351596, "lines": [{"sku": "A", "qty": 1, "price": 1}]}})
    assert status == 200, answer
    assert answer["echoResult"]["id"] == 1152921504607351596
    assert isinstance(answer["echoResult"]["lines"], list)


async def test_a_fault_is_a_problem(address):
    status, problem = await call(address, "fail", {})
    assert status >= 400
    assert problem["type"] == "/problems/fault"
    assert problem["fault"]["reason"] == "It went wrong."
    assert problem["fault"]["subcode"] == "Boom"


async def test_a_wrong_message_never_reaches_it(address):
    status, problem = await call(address, "total", {"lines": [{"sku": "A", "qty": "two", "price": 1}]})
    assert status == 422
    assert problem["errors"][0]["pointer"] == "/lines/0/qty"
