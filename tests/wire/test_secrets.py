"""Secrets show nowhere: a gateway at debug level, asked in every way, and all that it says is searched for them (S-11)."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.plugins.encryption import jose_tokens as tokens
from gateway.plugins.keys import Key
from tests.wire.conftest import ROOT
from tests.wire.processes import free
from tests.wire.test_uniform import CERTIFICATE, ENVELOPE, KEY, MUTATIONS, made

PASSWORD, HEADER, USER = "hunter2-of-the-service", "hunter3-of-the-header", "hunter4-of-the-user"
SHARED = b"hunter5-of-the-field-0123456789a"
TICKET = base64.b64encode(b"hunter6-of-the-session").decode()
COOKIE, BASIC = "hunter7-of-the-cookie", base64.b64encode(b"anna:hunter8-of-basic").decode()
BODY = "hunter9-of-the-body"
ENVIRONMENT = b"hunter10-of-the-environment-0123"
LOUD, BLOB = "hunter11-of-a-plug-in", base64.b64encode(b"hunter12-of-a-blob-of-a-session").decode()
CIPHER = """
from pydantic import SecretStr

from gateway.plugins.api import About, Cipher, CipherSettings


class LoudSettings(CipherSettings):
    word: SecretStr


class Loud(Cipher[LoudSettings]):
    name = "loud"
    Settings = LoudSettings

    def seal(self, body: bytes, about: About) -> bytes:
        raise ValueError(f"{self.settings.word.get_secret_value()} of {body!r}")

    open = seal
"""


def _configuration(folder: Path) -> Path:
    pem = folder / "us.pem"
    private = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(private + CERTIFICATE.public_bytes(Encoding.PEM))
    field = folder / "field.key"
    field.write_bytes(base64.b64encode(SHARED))
    for each in (pem, field):
        each.chmod(0o600)
    wss = {
        "send": {"username": {"name": "gw", "password": "${WSS_PASSWORD}"}, "sign": {"key": "us"}},
        "receive": {"decrypt": ["us"], "trust": ["us"], "demand": ["signature"]},
        "services": ["soap"],
    }
    clients = {"use": "wssecurity", "edges": ["client"], "failures_per_minute": 1000, "services": ["soap"],
               "receive": {"decrypt": ["us"], "users": {"anna": USER}}}  # fmt: skip
    jwt = {"keys": ["field"], "issuer": "me", "audience": "gw", "algorithms": ["HS256"], "services": ["rest"]}
    (folder / "loud.py").write_text(CIPHER)
    loud = {"use": "loud.py:Loud", "word": LOUD, "services": ["loud"], "failures_per_minute": 1000}
    blob = {"edges": ["client"], "use": "sessionblob", "key": "us", "clients": ["us"], "services": ["blob"],
            "failures_per_minute": 1000}  # fmt: skip
    fields = {"key": "field", "services": ["rest"], "rules": [{"operation": "CreateTask", "request": ["/Info/Type"]}]}
    upstream = {"url": "http://127.0.0.1:1/p", "headers": {"X-Api-Key": HEADER}}
    wsdl = f"{ROOT}/schemas/netid/portal.wsdl"
    text = {
        "logging": {"level": "debug"},
        "keyring": {"us": {"pem": str(pem)}, "field": {"secret": str(field)}, "shared": {"env": "SHARED_KEY"}},
        "plugins": {"wssecurity": wss, "clients": clients, "jwt": jwt, "fields": fields, "loud": loud, "blob": blob},
        "services": {
            "soap": {"wsdl": wsdl, "path": "/soap", "upstream": upstream},
            "rest": {"wsdl": wsdl, "path": "/rest", "upstream": upstream},
            "loud": {"wsdl": wsdl, "path": "/loud", "upstream": upstream},
            "blob": {"wsdl": wsdl, "path": "/blob", "upstream": upstream},
        },
    }
    path = folder / "gateway.yaml"
    path.write_text(json.dumps(text))
    return path


def _token() -> str:
    claims = {"iss": "me", "aud": "gw", "sub": "anna", "iat": time.time(), "exp": time.time() + 600}
    return tokens.sign(json.dumps(claims).encode(), Key("field", symmetric=SHARED), "HS256")


async def _asked(data: str, admin: str, token: str) -> list[str]:
    """Every success and error path that is reached without a service; all answers as text."""
    said: list[str] = []
    xml = {"content-type": "text/xml; charset=utf-8", "soapaction": '""', "cookie": f"sid={COOKIE}"}
    secret = ENVELOPE.replace(b"<SessionId/>", f"<SessionId>{TICKET}</SessionId>".encode())
    user = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><w:Security xmlns:w="http://docs.oasis-'
        'open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"><w:UsernameToken><w:Username>anna</w:Username>'
        f"<w:Password>{USER}x</w:Password></w:UsernameToken></w:Security></s:Header>"
    ).encode() + secret.partition(b">")[2]
    bodies = [secret, user, b"<broken>" + TICKET.encode(), *(_bytes(name) for name in MUTATIONS)]
    task = {"SessionId": TICKET, "Type": BODY, "Id": 1, "Count": 1}
    wrong = {"SessionId": TICKET, "Type": BODY, "Id": BODY, "Count": 1, "Other": BODY}
    async with aiohttp.ClientSession() as client:
        for body in bodies:
            async with client.post(f"{data}/soap", data=body, headers=xml) as reply:
                said.append(repr(reply.headers) + await reply.text())
        for credentials in (f"Bearer {token}", f"Bearer {token}x", f"Basic {BASIC}", "Bearer"):
            for value in ({"Info": task}, {"Info": wrong}, task):
                headers = {"authorization": credentials, "cookie": f"sid={COOKIE}", "idempotency-key": "one"}
                async with client.post(f"{data}/rest/CreateTask", json=value, headers=headers) as reply:
                    said.append(repr(reply.headers) + await reply.text())
        for headers in ({}, {"content-protection": "loud"}):
            async with client.post(f"{data}/loud/CreateTask", json={"Info": task}, headers=headers) as reply:
                said.append(repr(reply.headers) + await reply.text())
        for members in ({"SessionId": TICKET, "Blob": BLOB, "Count": "1"}, {"SessionId": TICKET, "Blob": BLOB + "!", "Count": "x"}):
            async with client.post(f"{data}/blob/ReleaseTask", json=members) as reply:
                said.append(repr(reply.headers) + await reply.text())
        for page in ("/metrics", "/config", "/routes", "/", "/readyz"):
            async with client.get(f"{admin}{page}") as reply:
                said.append(await reply.text())
    return said


def _bytes(name: str) -> bytes:
    from lxml import etree

    return etree.tostring(made(name))


def _corpus(token: str) -> dict[str, str]:
    lines = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().splitlines()
    return {
        "password": PASSWORD, "header": HEADER, "user": USER, "shared": SHARED.decode(), "cookie": COOKIE,
        "shared, base64": base64.b64encode(SHARED).decode(), "session": TICKET, "basic": BASIC, "body": BODY, "environment": ENVIRONMENT.decode(),
        "environment, base64": base64.b64encode(ENVIRONMENT).decode(), "plug-in": LOUD, "blob": BLOB, "user's": USER + "x",
        "token": token.rpartition(".")[2], "private key": lines[3], "private key, end": lines[-3],
        "private number": str(KEY.private_numbers().d), "prime": str(KEY.private_numbers().p),
    }  # fmt: skip


@pytest.mark.slow
async def test_secrets_show_nowhere(tmp_path: Path) -> None:
    config, token = _configuration(tmp_path), _token()
    data, admin = (f"127.0.0.1:{free()}" for _ in range(2))
    env = os.environ | {
        "WSS_PASSWORD": PASSWORD, "SHARED_KEY": base64.b64encode(ENVIRONMENT).decode(), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    log = tmp_path / "log"
    words = [sys.executable, "-X", "dev", "-W", "ignore", "-m", "gateway"]
    serving = await asyncio.create_subprocess_exec(
        *words, "serve", str(config), "--listen", data, "--admin", admin, cwd=tmp_path, env=env,
        stdout=log.open("wb"), stderr=subprocess.STDOUT,
    )  # fmt: skip
    said: dict[str, Any] = {}
    try:
        for _ in range(300):
            if b"ready data=" in log.read_bytes():
                break
            await asyncio.sleep(0.1)
        said["answers"] = "\n".join(await _asked(f"http://{data}", f"http://{admin}", token))
        core = Path(f"/proc/{serving.pid}/limits").read_text() if sys.platform == "linux" else ""
        said["command line"] = Path(f"/proc/{serving.pid}/cmdline").read_text() if core else ""
        assert "Max core file size        0                    0" in core or not core
    finally:
        serving.send_signal(6)  # it dies at once: a core would be written here
        await serving.wait()
    said["log"] = log.read_text()
    for command in ("check", "routes", "openapi", "explain"):
        more = ["POST /rest/CreateTask"] if command == "explain" else []
        done = await asyncio.create_subprocess_exec(
            *words, command, str(config), *more, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        said[command] = (await done.communicate())[0].decode()
    assert "security-processing-failed" in said["answers"] + said["log"]  # the error paths were gone through
    assert said["log"].count("loud: ValueError at ") == 2  # what it says stands nowhere: see below
    assert "the count is no whole number" in said["log"]
    assert "enc:field" not in said["log"]
    assert said["log"].count('"stream":"access"') >= len(MUTATIONS) + 12
    found = [(name, where) for name, secret in _corpus(token).items() for where, text in said.items() if secret in text]
    assert not found
    assert not [each for each in tmp_path.iterdir() if each.name.startswith("core")]
