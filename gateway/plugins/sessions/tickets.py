"""The law of tickets: where a login's answer has one and where a call shows it, as the settings say.

In the body by a pointer, in a SOAP header block, in a header field of HTTP, in a cookie. What a place cannot hold is no
ticket: nothing is cut off or escaped into something else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from gateway.core.limits import DEFAULT
from gateway.core.message import HeaderBlock, Message
from gateway.core.value import Value
from gateway.plugins.signs import at, seen
from gateway.xml import escape_text, parse, text_of

from .settings import Login, SessionSettings

_FIELD: Final = re.compile("[!-~]([ -~]*[!-~])?").fullmatch  # RFC 9110 §5.5, without obs-text
_COOKIE: Final = re.compile("[!#-+\\--:<-\\[\\]-~]*").fullmatch  # RFC 6265 §4.1.1


def ticket_in(login: Login, reply: Message) -> Value:
    """The ticket that a login's answer gives, None without one."""
    if login.block:
        return _in_block(login.block, reply) or None
    if login.field:
        return reply.fields.get(login.field.lower()) or None
    if login.cookie:
        return _in_cookies(login.cookie, reply.fields.get("set-cookie", "")) or None
    return at(seen(reply), login.ticket)  # type: ignore[no-any-return]  # a value


def _in_block(path: str, reply: Message) -> str:
    namespace, _, names = path.partition("}")
    name, *inside = names.split("/")
    for block in reply.headers:
        if block.name == f"{namespace}}}{name}" and block.element is not None:
            node: Any = block.element
            for step in inside:
                node = next((child for child in node if str(child.tag).rpartition("}")[2] == step), None)
                if node is None:
                    return ""
            return text_of(node).strip()
    return ""


def _in_cookies(name: str, fields: str) -> str:
    """The value of a cookie in Set-Cookie fields, which stand joined by commas (and have commas in their dates)."""
    found = ""
    for match in re.finditer(rf"(?:^|,)[ \t]*{re.escape(name)}=([^;,]*)", fields):
        found = match[1].strip().strip('"')  # the last one counts, as for a browser
    return found if _COOKIE(found) else ""


class Shown:
    """How a call shows its ticket beside its body, by the settings."""

    def __init__(self, settings: SessionSettings) -> None:
        self._before, _, self._after = settings.block.partition("{ticket}")
        self._name = str(parse(settings.block.encode(), DEFAULT).tag) if settings.block else ""
        self._fields = {name.lower(): text for name, text in settings.fields.items()}

    def fits(self, ticket: Value) -> bool:
        """Whether these places can hold the ticket."""
        return not self._fields or bool(_FIELD(str(ticket)))

    def blocks(self, ticket: Value, others: tuple[HeaderBlock, ...] = ()) -> tuple[HeaderBlock, ...]:
        """The header blocks of a call: those that it has, and ours in the place of one of its name."""
        if not self._name:
            return others
        own = HeaderBlock(self._name, f"{self._before}{escape_text(str(ticket))}{self._after}")
        return (*(block for block in others if block.name != self._name), own)

    def fields(self, ticket: Value) -> Mapping[str, str]:
        """The header fields of a call."""
        return {name: text.replace("{ticket}", str(ticket)) for name, text in self._fields.items()}

    def carried(self, request: Message) -> bool:
        """Whether a caller sends a block of its own."""
        return bool(self._name) and any(block.name == self._name for block in request.headers)
