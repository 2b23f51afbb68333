"""Certificates of TLS end, too: in the metrics, in `check`, and in the log once a day from thirty days on."""

from __future__ import annotations

import asyncio
import io
import json
import os
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from prometheus_client import generate_latest

from gateway.build.book import build
from gateway.build.endings import AGAIN, Endings, endings, soon
from gateway.build.keyring import keyring, looked_at, watch
from gateway.observe.log import Log
from gateway.observe.metrics import Metrics
from gateway.settings import parse
from gateway.testing import FakeClock
from tests.plugins.encryption import wss_samples as samples

ROOT = Path(__file__).resolve().parents[2]
DAY = 86400.0


def pem(path: Path, days: float, *more: float, key: bool = False) -> Path:
    """A chain whose certificates end so many days from now."""
    now = time.time()
    chain = [samples.certificate(samples.ALICE_KEY, "a", days=each + 1, start=now - DAY) for each in (days, *more)]
    text = b"".join(each.public_bytes(Encoding.PEM) for each in chain)
    if key:
        text += samples.ALICE_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_bytes(text)
    os.replace(new, path)
    return path


def built(folder: Path):
    pem(folder / "server.pem", 40, 5, key=True)
    pem(folder / "clients.pem", 400, 20)
    pem(folder / "own.pem", 10, key=True)
    text = {
        "tls": {"certificate": "server.pem", "clients": {"ca": "clients.pem"}},
        "services": {
            "portal": {
                "wsdl": f"{ROOT}/schemas/netid/portal.wsdl",
                "upstream": {"url": "https://127.0.0.1:1/", "tls": {"certificate": "own.pem", "key": "own.pem"}},
            }
        },
    }
    return build(parse(json.dumps(text), base=folder, env={}))


def test_each_by_the_place_of_its_setting(tmp_path: Path) -> None:
    """Of a chain the leaf, of authorities the first that ends."""
    found = endings(built(tmp_path).loaded).expiries()
    days = {place: round((until - time.time()) / DAY) for place, until in found.items()}
    assert days == {"tls": 40, "tls.clients.ca": 20, "services.portal.upstream.tls": 10}


@pytest.mark.parametrize(("left", "told"), [(30 * DAY, True), (30 * DAY + 1, False), (0.0, True), (-1.0, True)])
def test_thirty_days(left: float, told: bool) -> None:
    assert bool(soon([("tls", 1e9 + left)], 1e9)) == told


def test_an_ended_one_is_called_so() -> None:
    assert soon([("tls", 1e9)], 1e9) == [("tls", "the certificate of tls ended on 2001-09-09")]


def test_files_that_change_go_or_are_none(tmp_path: Path) -> None:
    file = pem(tmp_path / "a.pem", 10)
    found = Endings({"tls": str(file)})
    first = found.expiries()["tls"]
    pem(file, 20)
    assert round((found.expiries()["tls"] - first) / DAY) == 10
    file.write_text("no certificate")
    assert found.expiries() == {}
    file.unlink()
    assert found.expiries() == {}


def test_check_says_them_at_their_lines(tmp_path: Path) -> None:
    lines = looked_at(built(tmp_path), FakeClock(time.time()))
    assert [line.partition("the certificate of ")[2].partition(" ends on ")[0] for line in lines] == [
        "services.portal.upstream.tls", "tls.clients.ca"
    ]  # fmt: skip
    assert all(":1:" in line for line in lines)


async def test_the_log_once_a_day_and_the_metric(tmp_path: Path) -> None:
    made, clock, out, metrics = built(tmp_path), FakeClock(time.time()), io.StringIO(), Metrics("0")
    keys = keyring(made, clock)
    task = asyncio.create_task(watch(keys, Log(out, "info"), metrics, clock, endings(made.loaded), every=0.01))
    counts = []
    for days in (0.0, 0.9, 0.2, 12.0):  # told, not again within the day, again, and now the server's, too
        clock.time += days * DAY
        await asyncio.sleep(0.1)
        counts.append(out.getvalue().count("certificate-ends"))
    task.cancel()
    assert AGAIN == DAY
    assert counts == [2, 2, 4, 7]
    text = generate_latest(metrics.registry).decode()
    assert 'soapgw_certificate_expiry_timestamp_seconds{key="tls"}' in text
    assert 'key="services.portal.upstream.tls"' in text
