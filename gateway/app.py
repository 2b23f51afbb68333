"""The law of composition: every part of a running gateway is named here once, in order, with why it stands there.

The front, outermost first: observe gives the request its id and counts whatever became of it; rescue lets
nothing pass; admit spends no CPU before there is room; enter finds the address, behind which stand
protection, dialect and the value layers (`gateway.serving`).
"""

from __future__ import annotations

import asyncio
import signal
import sys
from dataclasses import dataclass
from typing import Any

from .build.book import Built, build
from .core.clock import SystemClock
from .core.layers import Send, WireLayer, stack
from .core.message import Wire
from .core.problem import Problem
from .dialect.rest_client import problem_wire
from .layers.admit import Admission
from .layers.cors import Cors, cors
from .layers.enter import enter
from .layers.observe import observe
from .layers.rescue import rescue
from .net.admin import admin
from .net.selftest import selftest
from .net.server import Server
from .observe.admin import admin_pages
from .observe.log import Log
from .observe.metrics import Metrics
from .serving import Parts, Serving
from .settings.loader import Loaded
from .settings.mistakes import Mistake, Refused
from .state.home import Home, home
from .version import version


@dataclass(slots=True)
class Health:
    """What the probes ask."""

    ready: bool = False
    draining: bool = False


class Gateway:
    """A running gateway: its sockets, the present configuration, and how to stop."""

    def __init__(self, built: Built, *, log: Log | None = None) -> None:
        settings = built.loaded.settings
        clock = SystemClock()
        self.built = built
        self.health = Health()
        self._home: Home = home(settings.state, clock)
        self.parts = Parts(Metrics(version()), log or Log(sys.stderr, settings.logging.level), clock, self._home)
        self.admission = Admission(built.limits)
        self.parts.metrics.queued.set_function(lambda: self.admission.queued)
        self.serving = Serving(built, self.parts)
        self.data = Server(self._front(), built.limits, refuse=self._refuse, body_limit=self._body_limit)
        self.admin = Server(admin(admin_pages(self.parts.metrics, self.health)), built.limits, refuse=self._refuse)
        self.addresses: dict[str, str] = {}

    async def start(self) -> None:
        """Open the configuration's parts, then the admin socket, then the data socket. All or nothing."""
        settings = self.built.loaded.settings
        try:
            await self.serving.open()
            self.addresses["admin"] = await self.admin.start(settings.admin)
            self.addresses["data"] = await self.data.start(settings.listen)
        except BaseException:
            await self.stop(0.0)
            raise
        self.health.ready = True

    def drain(self) -> None:
        """Readiness off; every answer from now on closes its connection."""
        self.health.ready, self.health.draining = False, True
        self.data.drain()

    async def stop(self, grace: float) -> None:
        """Stop taking connections, let what is under way end within `grace` seconds, give everything back."""
        self.drain()
        await self.data.stop(grace)
        await self.serving.close()
        await self._home.close()
        await self.admin.stop(1.0)

    def _front(self) -> Send:
        return stack(
            [
                observe(self.parts.metrics, self.parts.log, self._answer),  # counts what was shed or failed, too
                rescue(self._answer, self.parts.log),  # nothing passes it
                self.admission.layer,  # no work before there is room
                self._cors(),  # a preflight is answered before anything is looked for
            ],
            enter(self._find),
        )

    def _cors(self) -> WireLayer | None:
        rule = self.built.loaded.settings.cors
        if not rule.origins:
            return None
        told = Cors(rule.origins, rule.headers, rule.expose, rule.credentials, rule.max_age)
        return cors(told, self._allowed)

    def _allowed(self, path: str) -> tuple[str, ...]:
        return self.serving.router.allowed(path)  # of the configuration that serves now

    def _find(self, wire: Wire) -> Any:
        return self.serving.find(wire)

    def _answer(self, problem: Problem, request_id: str) -> Wire:
        return problem_wire(self.built.speaker, problem, request_id)

    def _refuse(self, problem: Problem, wire: Wire) -> Wire:
        """What never reached the front: malformed, too large, too slow."""
        from .observe.trace import request_id

        name = request_id(wire.headers.get("x-request-id"))
        reply = self._answer(problem, name)
        self.parts.metrics.refused(problem.kind, reply.status)
        reply.headers["x-request-id"] = name
        return reply

    def _body_limit(self, method: str, path: str) -> int:
        return self.serving.body_limit(method, path)


def serve(loaded: Loaded) -> None:
    """Run until SIGTERM or SIGINT. Raises Refused, ContractError, PluginError, OSError before it is ready."""
    broken = selftest()
    if broken:
        raise Refused([Mistake("this installation", 0, 0, "", words) for words in broken])
    built = build(loaded)
    if sys.platform == "win32":
        asyncio.run(_run(built))
    else:
        import uvloop

        uvloop.run(_run(built))


async def _run(built: Built) -> None:
    gateway = Gateway(built)
    await gateway.start()
    sys.stderr.write(f"ready data={gateway.addresses['data']} admin={gateway.addresses['admin']}\n")
    sys.stderr.flush()
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, asked.set)
    await asked.wait()
    # A second signal quits at once.
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.remove_signal_handler(name)
    drain = built.loaded.settings.drain
    gateway.drain()
    if drain.delay:
        await asyncio.sleep(drain.delay)
    await gateway.stop(drain.grace)
