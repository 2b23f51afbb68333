"""The law of seats: what a worker is told beside its configuration. Plain data: it crosses to another process."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


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
