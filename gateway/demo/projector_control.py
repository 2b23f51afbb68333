"""The law of test control: what no caller of the real service could do, by HTTP, for tests in other processes.

`POST /control/<verb>` with a JSON object, `GET /control/state`. Answers only where the service was
started with `control`; never reachable by a SOAP caller.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from gateway.demo.projector_state import ProjectorError, ShiftedClock
from gateway.demo.server import Answer, Call

if TYPE_CHECKING:
    from gateway.demo.projector import Projector

PREFIX: Final = "/control/"


def answer(projector: Projector, call: Call) -> Answer:
    """Carry out one verb; the state as JSON comes back, with what the verb says of itself as `result`."""
    verb = call.path.removeprefix(PREFIX)
    try:
        given = json.loads(call.body) if call.body else {}
        result = VERBS[verb](projector, **given) if call.method == "POST" else None
    except (KeyError, TypeError, ValueError, ProjectorError) as error:
        return _json(400, {"error": f"{verb}: {error}"})
    return _json(200, {"result": result, **state(projector)})


def state(projector: Projector) -> dict[str, Any]:
    """Counters and live locks."""
    return {
        "received": dict(projector.received),
        "executed": dict(projector.executed),
        "saved": projector.saved,
        "tickets": len(projector.state.tickets),
        "lock_sets": [
            {"id": one.id, "user": one.user.login, "locks": [list(key) for key in one.locks]}
            for one in projector.locks.live()
        ],
    }


def _json(status: int, value: Any) -> Answer:
    return Answer(status, json.dumps(value).encode(), "application/json")


def _plant(projector: Projector, *, user: str, project: str, type: str = "RT", **how: Any) -> int:
    found = projector.state.project({"ProjectCode": project})
    return projector.locks.plant(user, found, type, **how).id


def _drop(projector: Projector, *, set: int) -> bool:
    held = projector.locks.sets[set]
    return projector.locks.release(held.user, set)[0]


def _bump(projector: Projector, *, project: str) -> str:
    found = projector.state.project({"ProjectCode": project})
    found.rate_version += 1
    return found.rate_token()


def _expire(projector: Projector, *, user: str | None = None) -> int:
    return projector.state.expire_tickets(user)


def _advance(projector: Projector, *, seconds: float) -> None:
    clock = projector.state.clock
    if not isinstance(clock, ShiftedClock):
        raise ValueError("the clock was given from outside")
    clock.advance(seconds)


def _rules(projector: Projector, **changed: Any) -> None:
    projector.state.rules = replace(projector.state.rules, **changed)


def _redirect(projector: Projector, *, account: str, url: str | None = None) -> None:
    if url is None:
        projector.state.redirects.pop(account, None)
    else:
        projector.state.redirects[account] = url


def _delay(projector: Projector, *, seconds: float) -> None:
    projector.delay = seconds


VERBS: Final[dict[str, Callable[..., Any]]] = {
    "plant": _plant, "drop": _drop, "bump": _bump, "expire": _expire, "advance": _advance, "rules": _rules,
    "redirect": _redirect, "delay": _delay,
}  # fmt: skip
