from __future__ import annotations

import asyncio
import os
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.core.message import Wire
from gateway.net.presented import Identities, Presented, distinguished
from gateway.net.server import Server
from tests.net.test_tls import DAY, NOW, Authority, client_side

SUBJECT = (
    (("countryName", "SE"),),
    (("organizationName", "Example, Inc"),),
    (("commonName", "desk"), ("userId", "7")),
)
NAMES = (("DNS", "desk.example"), ("email", "desk@example"), ("URI", "spiffe://example/desk"))


@pytest.mark.parametrize(
    ("place", "who"),
    [
        ("subject", "CN=desk+UID=7,O=Example\\, Inc,C=SE"), ("name", "desk"), ("dns", "desk.example"),
        ("email", "desk@example"), ("uri", "spiffe://example/desk"),
    ],
)  # fmt: skip
def test_one_place_names_the_caller(place: Any, who: str) -> None:
    assert Identities(place).of({"subject": SUBJECT, "subjectAltName": NAMES}) == who


def test_two_of_a_kind_or_none_name_nobody() -> None:
    twice = (*SUBJECT, (("commonName", "admin"),))
    assert Identities("name").of({"subject": twice}) == ""
    assert Identities("dns").of({"subject": SUBJECT, "subjectAltName": (*NAMES, ("DNS", "admin.example"))}) == ""
    assert Identities("uri").of({"subject": SUBJECT}) == ""
    assert Identities("subject").of({}) == ""


def test_a_list_makes_all_others_strangers() -> None:
    known = Identities("name", {"desk": "the desk"})
    assert known.of({"subject": SUBJECT}) == "the desk"
    assert known.of({"subject": ((("commonName", "DESK"),),)}) == ""


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a,CN=admin", "a\\,CN\\=admin"), ('a"', 'a\\"'), ("a+b", "a\\+b"), (" a", "\\ a"), ("#a", "\\#a"), ("a ", "a\\ "),
        ("a\\", "a\\\\"), ("å", "å"), (" ", "\\ "),
    ],
)  # fmt: skip
def test_a_value_cannot_look_like_another_part(value: str, written: str) -> None:
    assert distinguished(((("organizationName", "x"),), (("commonName", value),))) == f"CN={written},O=x"


# -- over sockets


async def echo(wire: Wire) -> Wire:
    return Wire({"x-who": str(wire.facts.get("identity", "")), "x-scheme": wire.facts["scheme"]}, b"")


@asynccontextmanager
async def served(presented: Presented, identities: Identities | None = None) -> AsyncIterator[int]:
    server = Server(echo, tls=presented.context(), identities=identities)
    try:
        yield int((await server.start("127.0.0.1:0")).rpartition(":")[2])
    finally:
        await server.stop(0.2)


async def asked(port: int, context: ssl.SSLContext) -> str:
    """The answer's head."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname="127.0.0.1")
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    try:
        return (await asyncio.wait_for(reader.read(), 5)).decode().lower()
    finally:
        writer.close()


async def test_a_callers_certificate_is_its_identity(tmp_path: Path) -> None:
    ca = Authority(tmp_path)
    presented = Presented(str(private(ca.issue("server"))), clients=str(ca.path))
    async with served(presented, Identities("name", {"desk": "the desk"})) as port:
        told = await asked(port, client_side(ca.path, ca.issue("desk")))
        assert "200 " in told
        assert "x-who: the desk" in told
        assert "x-scheme: https" in told
        stranger = await asked(port, client_side(ca.path, ca.issue("eve")))
        assert "401 " in stranger
        assert "unauthenticated" in stranger
        for bad in (None, Authority(tmp_path, "other").issue("desk"), ca.issue("desk", start=NOW - 2 * DAY, end=NOW - DAY)):
            with pytest.raises((ssl.SSLError, OSError, AssertionError)):
                assert "200 " in await asked(port, client_side(ca.path, bad))


async def test_a_certificate_may_be_left_away_where_it_is_not_required(tmp_path: Path) -> None:
    ca = Authority(tmp_path)
    presented = Presented(str(private(ca.issue("server"))), clients=str(ca.path), required=False)
    async with served(presented, Identities("name")) as port:
        assert "x-who: \r\n" in await asked(port, client_side(ca.path))
        assert "x-who: desk" in await asked(port, client_side(ca.path, ca.issue("desk")))


async def test_renewed_files_hold_for_the_next_connection_and_broken_ones_do_not(tmp_path: Path) -> None:
    ca, other = Authority(tmp_path), Authority(tmp_path, "other")
    chain, clients = private(ca.issue("server")), tmp_path / "clients.pem"
    clients.write_bytes(ca.path.read_bytes())
    async with served(Presented(str(chain), clients=str(clients)), Identities("name")) as port:
        assert "x-who: desk" in await asked(port, client_side(ca.path, ca.issue("desk")))
        replaced(chain, private(other.issue("renewed")).read_bytes())
        replaced(clients, other.path.read_bytes())
        with pytest.raises(ssl.SSLError):
            await asked(port, client_side(ca.path, ca.issue("desk")))
        assert "x-who: desk" in await asked(port, client_side(other.path, other.issue("desk")))
        with pytest.raises((ssl.SSLError, OSError, AssertionError)):
            assert "200 " in await asked(port, client_side(other.path, ca.issue("desk")))  # of the authority that was
        replaced(chain, b"half a file")
        assert "x-who: desk" in await asked(port, client_side(other.path, other.issue("desk")))


async def test_old_protocols_are_refused(tmp_path: Path) -> None:
    ca = Authority(tmp_path)
    async with served(Presented(str(private(ca.issue("server"))))) as port:
        old = client_side(ca.path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        old.set_ciphers("DEFAULT:@SECLEVEL=0")
        with pytest.raises((ssl.SSLError, OSError)):
            await asked(port, old)
        assert "200 " in await asked(port, client_side(ca.path))


def test_what_cannot_be_served_is_refused_at_the_start(tmp_path: Path) -> None:
    ca = Authority(tmp_path)
    chain = private(ca.issue("server"))
    with pytest.raises(OSError, match="No such file"):
        Presented(str(tmp_path / "none.pem")).context()
    with pytest.raises(ssl.SSLError):
        Presented(str(chain), str(private(ca.issue("another")))).context()
    chain.chmod(0o644)
    with pytest.raises(OSError, match="can be read by others"):
        Presented(str(chain)).context()


def private(path: Path) -> Path:
    path.chmod(0o600)
    return path


def replaced(path: Path, data: bytes) -> None:
    """As a renewal does it: a new file over the old one."""
    new = path.with_suffix(".new")
    new.write_bytes(data)
    new.chmod(0o600)
    os.replace(new, path)
