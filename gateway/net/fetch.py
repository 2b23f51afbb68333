"""The law of fetching: the network is asked for contract documents only by allowance, at build time, from named hosts.

A `Fetcher` is the allowance: callable with a URL, it gives the bytes or raises OSError with the reason. A name is
resolved once and the address kept, so that a name cannot turn to another place between two documents;
link-local and unspecified addresses are nobody's service; a redirect stays at its host. Never on the
request path. No proxy, no credentials, no cookies.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable
from typing import Final
from urllib.parse import urljoin, urlsplit

MAX_BYTES: Final = 16 * 1024 * 1024  # of one document
DEADLINE: Final = 20.0  # seconds for one document, redirects included
CONNECT: Final = 5.0  # seconds
REDIRECTS: Final = 3
DOCUMENTS: Final = 500
_PORTS: Final = {"http": 80, "https": 443}
_LOCAL_NAMES: Final = ("localhost", "localhost.localdomain")


class Fetcher:
    """An allowance for some hosts. `hosts` are names as they stand in URLs, with or without a port."""

    def __init__(self, hosts: Iterable[str], *, context: ssl.SSLContext | None = None) -> None:
        self.hosts = frozenset(host.lower() for host in hosts)
        self._context = context
        self._addresses: dict[tuple[str, int], str] = {}
        self._fetched = 0

    @classmethod
    def of_urls(cls, urls: Iterable[str]) -> Fetcher | None:
        """The allowance that naming these addresses is; None when none of them is one."""
        hosts = [urlsplit(url).netloc for url in urls if urlsplit(url).scheme in _PORTS]
        return cls(hosts) if hosts else None

    def __call__(self, url: str) -> bytes:
        """The document at a URL. Raises OSError: not allowed, not there, too large, too slow."""
        self._fetched += 1
        if self._fetched > DOCUMENTS:
            raise OSError(f"more than {DOCUMENTS} documents")
        end = time.monotonic() + DEADLINE
        for _ in range(REDIRECTS + 1):
            body, onward = self._ask(url, end)
            if onward is None:
                return body
            there = urljoin(url, onward)
            if urlsplit(there).hostname != urlsplit(url).hostname or urlsplit(there).scheme not in _PORTS:
                raise OSError(f"{url} redirects to another host")
            url = there
        raise OSError(f"{url} redirects more than {REDIRECTS} times")

    def _ask(self, url: str, end: float) -> tuple[bytes, str | None]:
        parts = urlsplit(url)
        host, port = self._allowed(url)
        address = self._address(host, port)
        connection = _Pinned(host, port, address, end, self._tls() if parts.scheme == "https" else None)
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", target, headers={"Accept": "text/xml, application/xml, */*;q=0.1"})
            answer = connection.getresponse()
            if answer.status in (301, 302, 303, 307, 308):
                return b"", answer.getheader("Location") or ""
            if answer.status != 200:
                raise OSError(f"{url} answers {answer.status}")
            return _read(answer, connection, end, url), None
        except http.client.HTTPException as wrong:
            raise OSError(f"{url} does not speak HTTP: {type(wrong).__name__}") from wrong
        finally:
            connection.close()

    def _allowed(self, url: str) -> tuple[str, int]:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise OSError(f"{url} is no http or https address")
        if parts.username is not None or parts.password is not None:
            raise OSError("credentials in an address are not used")
        try:
            port = parts.port or _PORTS[parts.scheme]
        except ValueError:
            raise OSError(f"{url} has no port that is one") from None
        host = parts.hostname.lower()
        if host not in self.hosts and f"{host}:{port}" not in self.hosts and parts.netloc.lower() not in self.hosts:
            raise OSError(f"the host {host} is not allowed; name it with --fetch")
        return host, port

    def _address(self, host: str, port: int) -> str:
        if (host, port) not in self._addresses:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            usable = [str(each[4][0]) for each in found if _is_somebodys(host, str(each[4][0]))]
            if not usable:
                raise OSError(f"{host} leads to an address that no service has")
            self._addresses[host, port] = usable[0]
        return self._addresses[host, port]

    def _tls(self) -> ssl.SSLContext:
        return self._context or ssl.create_default_context()


def _is_somebodys(host: str, address: str) -> bool:
    """Whether a service may live there; loopback only for whoever names it so."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    ip = mapped or ip
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified or (ip.is_reserved and not ip.is_loopback):
        return False
    return not ip.is_loopback or host in _LOCAL_NAMES or _is_literal(host)


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _read(answer: http.client.HTTPResponse, connection: _Pinned, end: float, url: str) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        connection.wait(end)
        chunk = answer.read1(65536)
        if not chunk:
            return b"".join(chunks)
        size += len(chunk)
        if size > MAX_BYTES:
            raise OSError(f"{url} has more than {MAX_BYTES} bytes")
        chunks.append(chunk)


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was resolved before; TLS is still asked for the name."""

    def __init__(self, host: str, port: int, address: str, end: float, tls: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=CONNECT)
        self._pinned, self._end, self._tls = address, end, tls

    def connect(self) -> None:
        """Connects to the pinned address."""
        plain = socket.create_connection((self._pinned, self.port), timeout=CONNECT)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host) if self._tls else plain
        self.wait(self._end)

    def wait(self, end: float) -> None:
        """Bounds the next read by the time that is left. Raises OSError when none is."""
        left = end - time.monotonic()
        if left <= 0:
            raise OSError(f"no whole answer within {DEADLINE:g} seconds")
        if self.sock is not None:
            self.sock.settimeout(left)
