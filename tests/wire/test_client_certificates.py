"""Mutual TLS from YAML to identity: curl calls the data port with certificates; who is not known is refused."""

from __future__ import annotations

import asyncio
import json
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from gateway.settings import parse
from gateway.settings.mistakes import Refused
from tests.interop.secured import Plain, contract
from tests.net.test_presented import private
from tests.net.test_tls import Authority
from tests.wire.conftest import gateway_of, in_thread

BODY = '{"amount": 5, "to": "Ann"}'


def curl(address: str, ca: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """POST a payment."""
    base = ["curl", "-s", "--cacert", str(ca), "-w", "\n%{http_code}", "-H", "content-type: application/json", "-d", BODY]
    command = [*base, *more, f"https://{address}/bank/Pay"]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_who_calls_is_whom_the_certificate_names(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    ca, other = Authority(tmp_path), Authority(tmp_path, "other")
    server, desk, eve = private(ca.issue("server")), ca.issue("desk"), ca.issue("eve")
    foreign = other.issue("foreign")
    (tmp_path / "bank.wsdl").write_text(contract())
    bank = Plain()
    config = {
        "tls": {"certificate": str(server), "clients": {"ca": str(ca.path), "identity": "name", "known": {"desk": "anna"}}},
        "services": {"bank": {"wsdl": str(tmp_path / "bank.wsdl"), "path": "/bank", "upstream": {"url": bank.address}}},
    }
    text = "\n".join(json.dumps({name: value})[1:-1] for name, value in config.items()) + "\n"
    try:
        with in_thread(lambda: gateway_of(text, tmp_path)) as gateway:
            address = gateway.addresses["data"]
            good = curl(address, ca.path, "--cert", str(desk))
            assert good.stdout.endswith("200"), good
            assert len(bank.seen) == 1
            stranger = curl(address, ca.path, "--cert", str(eve))
            assert stranger.stdout.endswith("401")
            assert "unauthenticated" in stranger.stdout
            assert "eve" not in stranger.stdout
            for more in ((), ("--cert", str(foreign))):
                assert curl(address, ca.path, *more).stdout.endswith("000")
            assert len(bank.seen) == 1
    finally:
        bank.close()
    assert "Traceback" not in "".join(capfd.readouterr())


async def test_a_certificate_in_a_mounted_secret_is_renewed_by_its_link(tmp_path: Path) -> None:
    authorities = [Authority(tmp_path), Authority(tmp_path, "other")]
    for at, ca in enumerate(authorities):
        (tmp_path / f"..{at}").mkdir()
        private(ca.issue("server")).rename(tmp_path / f"..{at}" / "tls.pem")
    data = tmp_path / "..data"
    data.symlink_to("..0")
    (tmp_path / "tls.pem").symlink_to("..data/tls.pem")
    (tmp_path / "bank.wsdl").write_text(contract())
    text = "tls: {certificate: tls.pem}\nservices: {bank: {wsdl: bank.wsdl, upstream: {url: 'http://127.0.0.1:1/'}}}\n"
    async with gateway_of(text, tmp_path) as gateway:

        async def proven(ca: Authority) -> bool:
            host, _, port = gateway.addresses["data"].rpartition(":")
            try:
                _, writer = await asyncio.open_connection(host, int(port), ssl=ssl.create_default_context(cafile=ca.path))
            except ssl.SSLError:
                return False
            writer.close()
            return True

        assert [await proven(each) for each in authorities] == [True, False]
        (tmp_path / "..next").symlink_to("..1")
        (tmp_path / "..next").replace(data)
        shutil.rmtree(tmp_path / "..0")
        assert [await proven(each) for each in authorities] == [False, True]


def test_what_is_missing_is_told_at_its_place(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"tls\.certificate"):
        parse("tls: {certificate: none.pem}\nservices: {}\n", base=tmp_path, env={})
