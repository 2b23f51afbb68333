"""The law of seats: what a worker is told beside its configuration. Plain data: it crosses to another process."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from urllib.parse import quote

from ..settings.fields import address


@dataclass(frozen=True, slots=True)
class Seat:
    """Where one worker serves: the address that all share, and an admin socket of its own."""

    number: int  # from 1
    data: str  # HOST:PORT, the port known
    folder: str  # private to this gateway's user

    @property
    def socket(self) -> str:
        """The path of its admin socket."""
        return f"{self.folder}/{self.number}.sock"

    @property
    def url(self) -> str:
        """Where the supervisor asks it."""
        return f"http+unix://{quote(self.socket, safe='')}/"


def reserve(listen: str) -> tuple[socket.socket, str]:
    """The shared address, held and not listened on, with its port known. Raises OSError: it is taken.

    SO_REUSEPORT alone would let a second gateway of the same user join in; so the address is tried without it first.
    """
    host, port = address(listen)
    family, kind, protocol, _, where = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(where)
        where = probe.getsockname()
    held = socket.socket(family, kind, protocol)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    held.bind(where)
    shown = listen.rpartition(":")[0]
    return held, f"{shown or '0.0.0.0'}:{where[1]}"  # noqa: S104  # what an empty host means to bind
