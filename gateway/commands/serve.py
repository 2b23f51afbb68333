"""The law of running: `serve` and `demo` hand over to the composition root, and name their exit codes."""

from __future__ import annotations

import argparse
from typing import Any

from gateway.cli import CONFIG, OK
from gateway.commands.contract import refusals, say, settings
from gateway.settings import Loaded


def serve(chosen: argparse.Namespace) -> int:
    """Serve until told to stop; 78 when the configuration cannot be served."""
    return refusals(_serve, CONFIG)(chosen)


def _serve(chosen: argparse.Namespace) -> int:
    from gateway import app

    loaded = _loaded(chosen)
    for danger in loaded.dangers():
        say(f"warning: {danger} is on")
    try:
        app.serve(loaded, lambda: _loaded(chosen))
    except OSError as error:  # an address that is taken, a file that is gone
        say(f"cannot serve: {error.strerror or error}")
        return CONFIG
    return OK


def _loaded(chosen: argparse.Namespace) -> Loaded:
    """The settings, with what the command line says over them; read anew for each reload."""
    loaded = settings(chosen)
    over: dict[str, Any] = {name: getattr(chosen, name) for name in ("listen", "admin") if getattr(chosen, name)}
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
