"""The law of running: `serve` and `demo` hand over to the composition root, and name their exit codes."""

from __future__ import annotations

import argparse
from typing import Any

from gateway.cli import CONFIG, OK
from gateway.commands.contract import refusals, say, settings


def serve(chosen: argparse.Namespace) -> int:
    """Serve until told to stop; 78 when the configuration cannot be served."""
    return refusals(_serve, CONFIG)(chosen)


def _serve(chosen: argparse.Namespace) -> int:
    from gateway import app

    loaded = settings(chosen)
    over: dict[str, Any] = {name: getattr(chosen, name) for name in ("listen", "admin") if getattr(chosen, name)}
    if chosen.upstream and chosen.config:
        services = {
            name: each.model_copy(update={"upstream": each.upstream.model_copy(update={"url": chosen.upstream})})
            for name, each in loaded.settings.services.items()
        }
        over["services"] = services
    if over:
        loaded = loaded.changed(**over)
    for danger in loaded.dangers():
        say(f"warning: {danger} is on")
    try:
        app.serve(loaded)
    except OSError as error:  # an address that is taken, a file that is gone
        say(f"cannot serve: {error.strerror or error}")
        return CONFIG
    return OK


def demo(chosen: argparse.Namespace) -> int:
    """The reference services, the gateway and the tour."""
    from gateway.demo.tour import run

    return run(once=chosen.once)
