"""The shared address is held for this gateway alone."""

from __future__ import annotations

import socket

import pytest

from gateway.net.shared import reserve


def test_a_free_port_is_known_before_anybody_listens() -> None:
    held, shown = reserve("127.0.0.1:0")
    with held:
        host, _, port = shown.rpartition(":")
        assert host == "127.0.0.1"
        assert int(port) == held.getsockname()[1] > 0
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", int(port)), 1.0)
        for _ in range(2):  # two workers
            worker = socket.socket()
            worker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            worker.bind(("127.0.0.1", int(port)))
            worker.close()


def test_what_another_one_listens_on_is_not_joined() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(OSError, match="in use"):
            reserve(f"127.0.0.1:{other.getsockname()[1]}")
