"""The law of running: `serve` and `demo` hand over to the composition root, and name their exit codes."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any

from gateway.cli import CONFIG, OK
from gateway.commands.contract import refusals, say, settings
from gateway.settings import Loaded

if TYPE_CHECKING:
    from gateway.supervisor.seat import Seat


def serve(chosen: argparse.Namespace) -> int:
    """Serve until told to stop; 78 when the configuration cannot be served."""
    return refusals(_serve, CONFIG)(chosen)


def _serve(chosen: argparse.Namespace) -> int:
    from gateway import app

    loaded = _loaded(chosen)
    for danger in loaded.dangers():
        say(f"warning: {danger} is on")
    try:
        if loaded.settings.workers > 1:
            from gateway.supervisor import supervise

            return supervise(loaded, partial(_worker, chosen))
        app.serve(loaded, lambda: _loaded(chosen))
    except OSError as error:  # an address that is taken, a file that is gone
        say(f"cannot serve: {error.strerror or error}")
        return CONFIG
    return OK


def _worker(chosen: argparse.Namespace, seat: Seat) -> BaseProcess:
    """The process of a seat, not started. It reads the configuration itself: nothing live crosses."""
    return get_context("spawn").Process(target=_work, args=(chosen, seat), name=f"gateway-{seat.number}")


def _work(chosen: argparse.Namespace, seat: Seat) -> None:
    """One worker, until it is told to stop; ends the process with its exit code."""
    sys.exit(refusals(_seated, CONFIG)(argparse.Namespace(**vars(chosen), seat=seat)))


def _seated(chosen: argparse.Namespace) -> int:
    from gateway import app

    try:
        app.serve(_loaded(chosen), lambda: _loaded(chosen), chosen.seat)
    except OSError as error:
        say(f"cannot serve: {error.strerror or error}")
        return CONFIG
    return OK


def _loaded(chosen: argparse.Namespace) -> Loaded:
    """The settings, with what the command line says over them; read anew for each reload."""
    loaded = settings(chosen)
    named = {name: getattr(chosen, name) for name in ("listen", "admin", "workers")}
    over: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    if chosen.upstream and chosen.config:
        over["services"] = {
            name: each.model_copy(update={"upstream": each.upstream.model_copy(update={"url": chosen.upstream})})
            for name, each in loaded.settings.services.items()
        }
    return loaded.changed(**over) if over else loaded


def demo(chosen: argparse.Namespace) -> int:
    """The reference services, the gateway and the tour."""
    from gateway.demo.tour import run

    return run(once=chosen.once)
