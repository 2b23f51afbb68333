"""What a worker is told."""

from __future__ import annotations

import pickle

from gateway.supervisor.seat import Seat


def test_a_seat_crosses_to_another_process() -> None:
    seat = Seat(2, "127.0.0.1:80", "/run/x")
    assert pickle.loads(pickle.dumps(seat)) == seat  # our own bytes
    assert seat.socket == "/run/x/2.sock"
    assert seat.url == "http+unix://%2Frun%2Fx%2F2.sock/"
