"""The law of workers: one process that serves nothing itself, and N that serve on one address.

The kernel spreads connections over the workers (SO_REUSEPORT): no request passes through the supervisor. It starts
them, starts again what has died, hands signals on, and answers the admin port for all of them.
"""

from __future__ import annotations

from .crew import Crew, Worker
from .run import supervise
from .seat import Seat

__all__ = ["Crew", "Seat", "Worker", "supervise"]
