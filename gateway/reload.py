"""The law of reloading: a new configuration serves whole, or the old one goes on as if nothing had been asked.

Asked by SIGHUP, by `POST /reload` on the admin port, or by a change of the files. One reload at a time. What was
refused is told once for each state of the files, with every mistake; values never stand in the log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

from .build.book import Built, build
from .build.listing import changes
from .build.watched import Digests, changed, files_of
from .observe.log import Log
from .observe.metrics import Metrics
from .schema.errors import ContractError
from .settings.loader import Loaded
from .settings.mistakes import Refused

Result = Literal["ok", "unchanged", "refused"]
# Taken at the start alone: sockets are bound, series and stores are made.
FIXED: Final = ("listen", "tls", "admin", "workers", "state", "metrics", "tracing")
_TOLD: Final = 20  # changes in one log line


class Served(Protocol):
    """The running gateway, as far as a reload knows it."""

    built: Built

    async def adopt(self, built: Built) -> None:
        """Serve this from now on. Raises, and then nothing has changed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a reload: `lines` are the changes, or the mistakes of a refusal."""

    result: Result
    lines: tuple[str, ...] = ()


class Reload:
    """Brings new configurations in. `again` reads the settings anew, from where they came first."""

    def __init__(self, gateway: Served, again: Callable[[], Loaded], log: Log, metrics: Metrics) -> None:
        self._gateway = gateway
        self._again = again
        self._log = log
        self._metrics = metrics
        self._turn = asyncio.Lock()
        self._digests = Digests()
        self._seen = self._digests.of(files_of(gateway.built.loaded, gateway.built))  # as last taken, or refused
        self._code = False  # whether a plug-in's file reads differently
        self.asked = asyncio.Event()  # set by a signal handler

    async def now(self, why: str) -> Outcome:
        """Reload once. Never raises but when cancelled."""
        async with self._turn:
            await asyncio.to_thread(self._look)
            try:
                outcome = await self._bring()
            except Exception as error:  # noqa: BLE001  # a plug-in may raise anything; the old one serves on
                if not isinstance(error, Refused | ContractError | OSError):
                    self._log.defect(error, "")
                told = str(error) if isinstance(error, Refused | ContractError | OSError) else type(error).__name__
                outcome = Outcome("refused", tuple(told.splitlines()))
            self._tell(outcome, why)
            return outcome

    async def watch(self, every: float, look: bool = True) -> None:
        """Reload when asked and, with `look`, when the files read differently twice running. Until cancelled."""
        last = self._seen
        while True:
            try:
                async with asyncio.timeout(every):
                    await self.asked.wait()
            except TimeoutError:
                if look:
                    held = await asyncio.to_thread(self._digests.of, tuple(self._seen))
                    if held != self._seen and held == last:  # a file half written is not taken
                        await self.now("files: " + ", ".join(changed(self._seen, held)))
                    last = held
                continue
            self.asked.clear()
            await self.now("signal")

    async def _bring(self) -> Outcome:
        loaded = await asyncio.to_thread(self._again)
        self._see(files_of(loaded))  # also when it is refused: its mistake may be in a file that is new
        built = await asyncio.to_thread(build, loaded)
        lines = tuple(changes(self._gateway.built, built))
        if not lines and not self._code:
            return Outcome("unchanged")
        await self._gateway.adopt(built)
        self._code = False
        self._see(files_of(loaded, built))
        return Outcome("ok", lines or ("plug-in code",))

    def _look(self) -> None:
        """Note what the files hold, before they are read: what changes after this is another reload's."""
        before, self._seen = self._seen, self._digests.of(self._seen)
        self._code = self._code or any(name.endswith(".py") for name in changed(before, self._seen))

    def _see(self, paths: frozenset[Path]) -> None:
        self._seen = {**self._seen, **self._digests.of(paths - self._seen.keys())}

    def _tell(self, outcome: Outcome, why: str) -> None:
        self._metrics.reloaded(outcome.result)
        shown = "; ".join(outcome.lines[:_TOLD]) + (" …" if len(outcome.lines) > _TOLD else "")
        level = "warning" if outcome.result == "refused" else "info"
        self._log.write("audit", level, f"reload-{outcome.result}", why=why, cause=shown)
        fixed = sorted({name for name in FIXED for line in outcome.lines if line.startswith(f"setting {name}")})
        if outcome.result == "ok" and fixed:
            self._log.write("error", "warning", "reload-needs-restart", cause=", ".join(fixed))
