"""The law of a shared address: it is held by one process that does not listen, for several that do."""

from __future__ import annotations

import socket


def reserve(listen: str) -> tuple[socket.socket, str]:
    """The shared address, held and not listened on, with its port known. Raises OSError: it is taken.

    SO_REUSEPORT alone would let a second gateway of the same user join in; so the address is tried without it first.
    """
    host, _, digits = listen.rpartition(":")
    host, port = host.strip("[]"), int(digits)
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
