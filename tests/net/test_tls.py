"""TLS on both sides: rows H-22 and F-11, with certificates made on the spot."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway.core.limits import DEFAULT
from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.net.server import Server
from gateway.net.tls import trust
from gateway.net.upstream import Upstream

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


class Authority:
    """A CA and what it issues, as PEM files."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.path = folder / f"{name}.pem"
        certificate = self._build(self.name, self.key, ca=True).sign(self.key, hashes.SHA256())
        self.path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def _build(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        *,
        ca: bool = False,
        start: dt.datetime = NOW - DAY,
        end: dt.datetime = NOW + DAY,
    ) -> x509.CertificateBuilder:
        return x509.CertificateBuilder(
            self.name, subject, key.public_key(), x509.random_serial_number(), start, end
        ).add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)

    def issue(
        self, name: str, *, host: str = "127.0.0.1", start: dt.datetime = NOW - DAY, end: dt.datetime = NOW + DAY
    ) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        alternative: x509.GeneralName
        try:
            alternative = x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            alternative = x509.DNSName(host)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = self._build(subject, key, start=start, end=end).add_extension(
            x509.SubjectAlternativeName([alternative]), critical=False
        )
        path = self.folder / f"{name}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(private + builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        return path


def server_side(chain: Path, *, clients: Path | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients)
    return context


def client_side(ca: Path, chain: Path | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(ca))
    if chain:
        context.load_cert_chain(chain)
    return context


async def echo(wire: Wire) -> Wire:
    certificate = wire.facts.get("certificate")
    return Wire({"x-name": certificate["subject"][0][0][1] if certificate else ""}, wire.body)


async def call(port: int, context: ssl.SSLContext | None, **how: object) -> Wire:
    one = Upstream(f"https://127.0.0.1:{port}/", tls=context, timeout=2, **how)  # type: ignore[arg-type]
    try:
        return await one.send(Wire({}, b"x" * 100_000, method="POST"))
    finally:
        await one.close()


async def test_mutual_tls(tmp_path: Path) -> None:
    ca = Authority(tmp_path)
    server = Server(echo, tls=server_side(ca.issue("server"), clients=ca.path))
    port = int((await server.start("127.0.0.1:0")).rpartition(":")[2])
    reply = await call(port, client_side(ca.path, ca.issue("client")))
    assert (len(reply.body), reply.headers["x-name"]) == (100_000, "client")
    with pytest.raises(Problem) as info:
        await call(port, client_side(ca.path))
    assert info.value.kind in {
        Kind.UPSTREAM_TLS,
        Kind.UPSTREAM_CLOSED,
    }  # TLS 1.3 tells a client only after its first bytes
    await server.stop(0.2)


@pytest.mark.parametrize(
    "wrong", ["expired", "not yet valid", "another host", "unknown authority", "old protocol", "no tls"]
)
async def test_what_is_not_trusted_is_not_sent(tmp_path: Path, wrong: str) -> None:
    ca = Authority(tmp_path)
    times = {
        "expired": {"start": NOW - 2 * DAY, "end": NOW - DAY},
        "not yet valid": {"start": NOW + DAY, "end": NOW + 2 * DAY},
    }
    chain = ca.issue("server", host="other.example" if wrong == "another host" else "127.0.0.1", **times.get(wrong, {}))
    context = server_side(chain)
    if wrong == "old protocol":
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    seen: list[Wire] = []

    async def count(wire: Wire) -> Wire:
        seen.append(wire)
        return Wire({}, b"")

    server = Server(count, tls=None if wrong == "no tls" else context)
    port = int((await server.start("127.0.0.1:0")).rpartition(":")[2])
    trust = Authority(tmp_path, "other").path if wrong == "unknown authority" else ca.path
    with pytest.raises(Problem) as info:
        await call(port, client_side(trust))
    assert (info.value.kind, info.value.outcome) == (Kind.UPSTREAM_TLS, "not-sent")
    assert seen == []
    await server.stop(0.2)


async def test_renewed_certificates_are_used_without_a_restart(tmp_path: Path) -> None:
    ca, other = Authority(tmp_path), Authority(tmp_path, "other")
    server = Server(echo, tls=server_side(ca.issue("server")))
    port = int((await server.start("127.0.0.1:0")).rpartition(":")[2])
    trust = [other.path]
    one = Upstream(f"https://127.0.0.1:{port}/", tls=lambda: client_side(trust[0]))
    with pytest.raises(Problem):
        await one.send(Wire({}, b"", method="POST"))
    trust[0] = ca.path
    assert (await one.send(Wire({}, b"x", method="POST"))).body == b"x"
    await one.close()
    await server.stop(0.2)


async def test_plain_text_on_a_tls_port_is_refused_and_the_server_goes_on(tmp_path: Path) -> None:
    ca = Authority(tmp_path)
    server = Server(echo, tls=server_side(ca.issue("server")))
    port = int((await server.start("127.0.0.1:0")).rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    async with asyncio.timeout(2):
        assert b"HTTP" not in await reader.read()
    writer.close()
    assert (await call(port, client_side(ca.path))).status == 200
    await server.stop(0.2)


# ---------------------------------------------------------------- gateway.net.tls


def test_the_systems_own_trust_needs_no_context_of_ours() -> None:
    assert trust(None, None, None) is None


def test_a_renewed_file_is_read_for_the_next_connection_and_a_broken_one_is_not(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    chain = authority.issue("gateway")
    present = trust(str(authority.path), str(chain), str(chain))
    assert present is not None
    first = present()
    assert present() is first
    assert first.verify_mode is ssl.CERT_REQUIRED
    assert first.check_hostname
    assert first.minimum_version is ssl.TLSVersion.TLSv1_2
    chain.write_bytes(authority.issue("renewed").read_bytes())
    second = present()
    assert second is not first
    chain.write_bytes(b"half a certifi")
    assert present() is second
    chain.unlink()
    assert present() is second


@pytest.mark.parametrize("ca", ["gone.pem", "bad.pem"])
def test_what_cannot_be_read_is_refused_at_the_start(tmp_path: Path, ca: str) -> None:
    (tmp_path / "bad.pem").write_text("no certificate")
    with pytest.raises((OSError, ssl.SSLError)):
        trust(str(tmp_path / ca), None, None)


async def test_a_service_with_a_ca_of_its_own_that_asks_for_a_certificate(tmp_path: Path) -> None:
    from aiohttp import web

    authority = Authority(tmp_path)
    chain = authority.issue("gateway")

    async def answer(_: web.BaseRequest) -> web.Response:
        return web.Response(text="ok")

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server_side(authority.issue("service"), clients=authority.path))
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        for own, reached in [(str(chain), True), (None, False)]:
            upstream = Upstream(f"https://{host}:{port}/", limits=DEFAULT, tls=trust(str(authority.path), own, own))
            await upstream.start()
            try:
                if reached:
                    assert (await upstream.send(Wire({}, b"x", method="POST", path="/"))).body == b"ok"
                else:
                    with pytest.raises(Problem):
                        await upstream.send(Wire({}, b"x", method="POST", path="/"))
            finally:
                await upstream.close()
    finally:
        await runner.cleanup()
