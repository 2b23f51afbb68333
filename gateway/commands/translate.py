"""The law of `translate`: stdin to stdout, one message or one a line; what is refused is told, nothing is guessed.

With `--batch` every line gets one answer, in order, flushed; a refused line is an answer, not a failure.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, BinaryIO, Final

import orjson

from gateway.cli import OK, Misuse
from gateway.commands.answers import LOCAL, document
from gateway.commands.contract import one_of, refusals, settings
from gateway.commands.task import DIRECTIONS, FORMS, Task, Translator
from gateway.core.limits import DEFAULT, LARGE
from gateway.core.problem import Kind, Problem

_WON: Final = ("operation", "element", "direction", "to")  # members of a line that win over the flags


@refusals
def translate(chosen: argparse.Namespace) -> int:
    """The command."""
    flags = _task(chosen)
    translator = reader(chosen, large=chosen.batch)
    if chosen.batch:
        batch(translator, flags, sys.stdin.buffer, sys.stdout.buffer)
        return OK
    answer = translator.translate(replace(flags, message=sys.stdin.buffer.read()))
    sys.stdout.buffer.write(answer + b"\n")
    sys.stdout.buffer.flush()
    return OK


def reader(chosen: argparse.Namespace, *, large: bool) -> Translator:
    """Who can read the contract that was named. Raises Misuse, Refused, ContractError."""
    kind = one_of(chosen)
    if kind == "xsd":
        if chosen.operation or chosen.route:
            raise Misuse("with --xsd a message is named by --element")
        from gateway.commands.elements import Elements

        return Elements(chosen.xsd, LARGE if large else DEFAULT)
    if chosen.element:
        raise Misuse("--element goes with --xsd; name the message by --operation or --route")
    if chosen.route and kind != "config":
        raise Misuse("--route goes with a configuration")
    from gateway.commands.messages import Messages

    loaded = settings(chosen, limits="large" if large else None)
    if large and kind == "config":
        loaded = loaded.changed(limits="large")
    return Messages(loaded)


def _task(chosen: argparse.Namespace) -> Task:
    return Task(
        b"",
        chosen.direction or "request",
        chosen.to,
        chosen.operation or "",
        chosen.element or "",
        chosen.route or "",
        chosen.soap,
    )


def batch(translator: Translator, flags: Task, lines: BinaryIO, answers: BinaryIO) -> None:
    """Answer every line."""
    for line in lines:
        answers.write(orjson.dumps(_answer(translator, flags, line)) + b"\n")
        answers.flush()


def _answer(translator: Translator, flags: Task, line: bytes) -> dict[str, Any]:
    name: Any = None
    try:
        asked = _asked(line)
        name = _name(asked.get("id"))
        return {"id": name, "ok": True, "message": translator.translate(_with(flags, asked)).decode()}
    except Problem as problem:
        found = problem
    except Misuse as misuse:
        found = Problem(Kind.OPERATION_UNKNOWN, f"{misuse}.")
    except Exception as error:  # noqa: BLE001  # a bug in one line must not cost the others their answers
        traceback.print_exc(file=sys.stderr)
        found = Problem(Kind.INTERNAL, cause=repr(error))
    return {"id": name, "ok": False, "problem": document(found, LOCAL if name is None else str(name))}


def _name(given: Any) -> str | int | float | bool | None:
    """An id as it came: a string, but any scalar serves, and order alone where there is none. Raises Problem."""
    if isinstance(given, dict | list):
        raise Problem(Kind.BAD_REQUEST, "`id` is a string.")
    name: str | int | float | bool | None = given
    return name


def _asked(line: bytes) -> Mapping[str, Any]:
    """The line's object. Raises Problem when it is none."""
    try:
        asked = orjson.loads(line)
    except orjson.JSONDecodeError:
        try:
            # takes lone surrogates, which the message then is refused for, under its id
            asked = json.loads(line.decode(), parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise Problem(Kind.MALFORMED_JSON, "The line is not JSON.") from None
    if not isinstance(asked, dict):
        raise Problem(Kind.MALFORMED_JSON, "The line is not a JSON object.")
    return asked


def _no_constant(name: str) -> None:
    """NaN and Infinity, which Python reads, are no JSON (RFC 8259 §6)."""
    raise ValueError(name)


def _with(flags: Task, asked: Mapping[str, Any]) -> Task:
    """The flags, and what the line says over them. Raises Problem."""
    message = asked.get("message")
    if not isinstance(message, str):
        raise Problem(Kind.BAD_REQUEST, "The line has no `message` that is a string.")
    won = {key: asked[key] for key in _WON if asked.get(key) is not None}
    for key, known in (("direction", DIRECTIONS), ("to", FORMS)):
        if key in won and won[key] not in known:
            raise Problem(Kind.BAD_REQUEST, f"`{key}` is one of {', '.join(known)}.")
    if not all(isinstance(value, str) for value in won.values()):
        raise Problem(Kind.BAD_REQUEST, f"{', '.join(_WON)} are strings.")
    if "operation" in won:
        won["route"] = ""
    try:
        raw = _undeclared(message).encode()
    except UnicodeEncodeError:
        raise Problem(Kind.XML_ILLEGAL_CHARACTER, "The message holds a lone surrogate.") from None
    return replace(flags, message=raw, **won)


def _undeclared(message: str) -> str:
    """An XML message without its declaration: whatever encoding that says, this is text."""
    text = message.lstrip("\ufeff")
    if text.startswith("<?xml") and text[5:6] in " \t\r\n":
        end = text.find("?>")
        return text[end + 2 :].lstrip() if end > 0 else message
    return text
