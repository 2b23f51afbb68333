"""The law of getting a contract: CONFIG, --wsdl or --xsd, exactly one, and one way to say what is wrong.

Nothing here reads a message. A refusal is told on stderr, place first, one line each, and is exit 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TypeAlias

from gateway.cli import REFUSED, Misuse
from gateway.core.problem import Problem
from gateway.schema.errors import ContractError
from gateway.settings import Loaded, Refused, load, parse

Command: TypeAlias = Callable[[argparse.Namespace], int]


def say(text: object) -> None:
    """Words, on stderr."""
    sys.stderr.write(f"{text}\n")


def put(text: str) -> None:
    """Data, on stdout; a line break is added where there is none."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def refusals(command: Command, code: int = REFUSED) -> Command:
    """The command, with what it refuses told on stderr as exit `code`."""

    @wraps(command)
    def told(chosen: argparse.Namespace) -> int:
        try:
            return command(chosen)
        except (Refused, ContractError) as refusal:
            say(refusal)
        except Problem as problem:
            from gateway.commands.answers import problem_text

            say(problem_text(problem))
        return code

    return told


def one_of(chosen: argparse.Namespace) -> str:
    """Which contract was named: 'config', 'wsdl' or 'xsd'. Raises Misuse unless it is exactly one."""
    named = [name for name in ("config", "wsdl", "xsd") if getattr(chosen, name, None)]
    if len(named) != 1:
        ways = "CONFIG, --wsdl FILE or --xsd FILE" if hasattr(chosen, "xsd") else "CONFIG or --wsdl FILE"
        raise Misuse(f"give exactly one of {ways}")
    if getattr(chosen, "service", None) and named != ["wsdl"]:
        raise Misuse("--service goes with --wsdl")
    return named[0]


def settings(chosen: argparse.Namespace, *, limits: str | None = None) -> Loaded:
    """The settings of CONFIG, or those that serve a WSDL as it stands. Raises Refused."""
    if one_of(chosen) == "config":
        return load(chosen.config)
    return of_wsdl(chosen.wsdl, service=chosen.service, upstream=getattr(chosen, "upstream", None), limits=limits)


def of_wsdl(wsdl: str, *, service: str | None = None, upstream: str | None = None, limits: str | None = None) -> Loaded:
    """The settings that serve a WSDL with no configuration file."""
    import json

    served: dict[str, object] = {"wsdl": wsdl if "://" in wsdl else str(Path(wsdl).resolve())}
    if service:
        served["service"] = service
    if upstream:
        served["upstream"] = {"url": upstream}
    text = json.dumps({"services": {"main": served}, **({"limits": limits} if limits else {})})
    return parse(text.replace("${", "$${"), file="command line", env={}, remote=True)
