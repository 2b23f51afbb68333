"""The law of stages: how long the steps of a translation take, looked at every seventh time.

Sampled, so that looking costs less than 0.2 µs a step; seven, since a request has four steps and each must be
looked at. A value is made when it is first asked for, so decoding may show in the step that asks.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, Literal, TypeVar

from .metrics import Metrics
from .spans import CURRENT, Span

T = TypeVar("T")
Stage = Literal["read_request", "write_request", "read_reply", "write_reply"]
STAGES: Final[tuple[Stage, ...]] = ("read_request", "write_request", "read_reply", "write_reply")


class Stages:
    """Wraps the work of a step; `every`: one look in so many."""

    def __init__(self, metrics: Metrics, every: int = 7) -> None:
        self.traced = False  # whether requests have spans: these are told every step
        self._every = every
        self._count = 0
        self._children: dict[str, Any] = {stage: metrics.stages.labels(stage) for stage in STAGES}

    def __call__(self, stage: Stage, work: Callable[[], T]) -> Callable[[], T]:
        """The work, or the work with a look at its time."""
        span = CURRENT.get() if self.traced else None
        self._count += 1
        if self._count % self._every:
            return work if span is None else _told(span, stage, work)
        child = self._children[stage]
        if span is not None:
            work = _told(span, stage, work)

        def looked_at() -> T:
            began = time.perf_counter()
            try:
                return work()
            finally:
                child.observe(time.perf_counter() - began)

        return looked_at


def _told(span: Span, stage: Stage, work: Callable[[], T]) -> Callable[[], T]:
    def looked_at() -> T:
        began = time.perf_counter()
        try:
            return work()
        finally:
            name = f"soapgw.stage.{stage}"  # seconds; a call that is made again adds its own
            span.attributes[name] = float(span.attributes.get(name, 0.0)) + time.perf_counter() - began

    return looked_at


def unseen(_: Stage, work: Callable[[], T]) -> Callable[[], T]:
    """Nobody looks."""
    return work
