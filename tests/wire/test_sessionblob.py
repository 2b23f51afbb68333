"""A REST client's ReleaseTask travels encrypted between gateway and portal: real sockets, both halves."""

from __future__ import annotations

import datetime
import json
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import zeep
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.demo import portal
from gateway.demo.portal_blob import BlobHalf
from gateway.demo.portal_state import Rules, User, seeded
from gateway.settings.mistakes import Refused
from tests.wire.conftest import gateway_of, in_thread

CONFIG = """
keyring:
  gateway: {pem: KEYS/gateway.pem}
  portal: {pem: KEYS/portal.pem}
plugins:
  sessionblob: {key: gateway, service_certificate: portal}
services:
  portal:
    wsdl: schemas/netid/portal.wsdl
    path: /portal
    upstream: {url: "URL", soap: "1.1"}
    mapping: {scalars: string, empties: null}
    operations:
      ReleaseTask: {encryption: required}
      SaveTask: {encryption: required}
      GetLoginStatus: {encryption: required}
      GetObject: {encryption: required}
      Search: {encryption: required}
    routes:
      - {route: POST /api/task/get, operation: GetTask, unwrap: {request: [Info], response: [GetTaskResult]}}
      - {route: POST /api/task/release, operation: ReleaseTask, unwrap: {request: [Info], response: [ReleaseTaskResult]}}
      - {route: POST /api/object/get, operation: GetObject, unwrap: {request: [Info], response: [GetObjectResult]}}
"""


def key_file(folder: Path) -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "gateway")])
    now = datetime.datetime.now(datetime.UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), 1)
    certificate = (
        built.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=90)).sign(key, hashes.SHA256())
    )
    path = folder / "gateway.pem"
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    )
    return certificate.public_bytes(Encoding.DER)


@asynccontextmanager
async def encrypted(folder: Path, root: Path, config: str = CONFIG):
    """The portal that demands encryption, the gateway before it: (gateway's address, portal)."""
    half = BlobHalf()
    state = seeded(Rules(sessions="checked", counts="by-one"))
    state.users[21] = User(21, "Anna Lind", key_file(folder))
    pem = x509.load_der_x509_certificate(half.certificate).public_bytes(Encoding.PEM)
    (folder / "portal.pem").write_bytes(pem)
    service = portal.Portal(state, cipher=half)
    running = await portal.start("127.0.0.1", 0, portal=service)
    text = config.replace("KEYS", str(folder)).replace("URL", running.url)
    try:
        async with gateway_of(text, root) as gateway:
            yield f"http://{gateway.addresses['data']}", service, gateway
    finally:
        await running.stop()


async def post(session, url, body):
    async with session.post(url, json=body) as answer:
        return answer.status, await answer.json()


async def test_release_task_in_rest_is_a_blob_on_the_wire(tmp_path, root):
    async with encrypted(tmp_path, root) as (address, service, gateway), aiohttp.ClientSession() as session:
        assert (await post(session, f"{address}/api/task/get", {"Id": "51001"}))[0] == 200
        status, body = await post(session, f"{address}/api/task/release", {"Id": "51001"})
        assert status == 200, body
        assert body["Task"]["Id"] == "51001"
        assert body["Task"]["Message"]["Code"] == "NPR_TASK_RELEASED"
        crossed = service.log[-1]
        assert b"Blob>" in crossed
        assert b"51001" not in crossed
        assert b"<Id" not in crossed
        status, body = await post(session, f"{address}/api/object/get", {"Type": "ApplicationInfo"})
        assert body["ApplicationInfo"]["SecurityMode"]["IsEnabled"] == "true", body
        assert b"Blob" not in service.log[-1]
        metrics = gateway.parts.metrics.plugin_events
        assert metrics.labels("sessionblob", "logins")._value.get() == 1


def test_a_soap_client_knows_nothing_of_it_either(tmp_path, root):
    with in_thread(lambda: encrypted(tmp_path, root)) as (address, service, _):
        client = zeep.Client(f"{address}/portal?wsdl")
        client.service.GetTask(Info={"SessionId": b"", "Id": 51002, "Count": 0})
        released = client.service.ReleaseTask(Info={"SessionId": b"", "Id": 51002, "Count": 0})
        assert released.Task.Message.Code == "NPR_TASK_RELEASED"
        assert b"51002" not in service.log[-1]


@pytest.mark.parametrize("allowed", [False, True])
async def test_without_the_plug_in_nothing_leaves_in_clear(tmp_path, root, allowed):
    config = CONFIG.replace("  sessionblob: {key: gateway, service_certificate: portal}\n", "  {}\n")
    if allowed:
        config = config.replace("    path: /portal\n", "    path: /portal\n    dangerous_allow_clear_text: true\n")
    async with encrypted(tmp_path, root, config) as (address, service, _), aiohttp.ClientSession() as session:
        status, body = await post(session, f"{address}/api/task/release", {"SessionId": "", "Id": "51001", "Count": "1"})
        if allowed:
            assert service.log
        else:
            assert (status, body["type"], body["outcome"]) == (403, "/problems/encryption-required", "not-sent")
            assert service.log == []


async def test_a_key_that_is_not_there_is_a_mistake_with_its_place(tmp_path, root):
    for config, words in (
        (CONFIG.replace("key: gateway", "key: nobody"), "nobody"),
        (CONFIG.replace("gateway.pem", "gone.pem"), "No such file"),
        (CONFIG.replace("{key: gateway", "{kay: gateway"), "kay"),
    ):
        with pytest.raises(Refused) as caught:
            async with encrypted(tmp_path, root, config):
                pass
        assert words in str([str(mistake) for mistake in caught.value.mistakes])
        assert json.dumps([mistake.line for mistake in caught.value.mistakes]) != "[0]"
