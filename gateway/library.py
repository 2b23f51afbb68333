"""The law of the library: what the command line does, for a program; compiled once, called often, no sockets.

A `Contract` may be used from several threads. Sizes are bounded as `limits` says; LARGE for trusted files.
"""

from __future__ import annotations

import math
import os
from decimal import Decimal
from typing import Any, Literal

from gateway.build.describe import description
from gateway.cli import Misuse
from gateway.commands.contract import of_wsdl
from gateway.commands.elements import Elements
from gateway.commands.messages import Messages
from gateway.commands.schema import message_schema
from gateway.commands.task import Direction, Form, Task
from gateway.core.limits import DEFAULT, Limits
from gateway.settings import load

Version = Literal["1.1", "1.2"]


class Contract:
    """A compiled contract: every operation of a configuration or WSDL, or every global element of schemas.

    A message is named by `operation`, by `route` ("POST /api/task/release", with a configuration) or by
    `element` (`{ns}local` or `local`, with schemas). Naming one that is not there raises ValueError.
    """

    def __init__(self, reader: Elements | Messages) -> None:
        """Use `from_config`, `from_wsdl` or `from_xsd`."""
        self._reader = reader

    @classmethod
    def from_config(cls, file: str | os.PathLike[str]) -> Contract:
        """What `gateway serve CONFIG` would serve. Raises Refused with every mistake."""
        return cls(Messages(load(file)))

    @classmethod
    def from_wsdl(cls, file: str | os.PathLike[str], *, service: str | None = None) -> Contract:
        """What `gateway serve --wsdl FILE` would serve. Raises Refused, ContractError."""
        return cls(Messages(of_wsdl(os.fspath(file), service=service)))

    @classmethod
    def from_xsd(cls, *files: str | os.PathLike[str], limits: Limits = DEFAULT) -> Contract:
        """The global elements of schemas, without an envelope. Raises ContractError."""
        return cls(Elements([os.fspath(file) for file in files], limits))

    def to_json(
        self, xml: bytes, *, operation: str = "", route: str = "", element: str = "", direction: Direction = "request"
    ) -> bytes:
        """The JSON of an envelope (of a bare element, with schemas), in UTF-8. Raises Problem when it is refused."""
        return self._translate(xml, "json", operation, route, element, direction, None)

    def to_xml(
        self,
        json: bytes,
        *,
        operation: str = "",
        route: str = "",
        element: str = "",
        direction: Direction = "request",
        soap: Version | None = None,
    ) -> bytes:
        """The envelope of a JSON message (the bare element, with schemas), in UTF-8. Raises Problem when it is refused.

        `soap` is the envelope's version, by default the service's own.
        """
        return self._translate(json, "xml", operation, route, element, direction, soap)

    def json_schema(
        self, *, operation: str = "", route: str = "", element: str = "", direction: Direction = "request"
    ) -> dict[str, Any]:
        """The JSON Schema (2020-12) of a message's JSON; its numbers are those that `json.loads` would give."""
        if isinstance(self._reader, Elements):
            return _document(self._reader.schema(element))
        return _document(message_schema(self._reader, Task(b"", direction, "xml", operation, element, route)))

    def openapi(self, version: Literal["3.0", "3.1"] = "3.1") -> dict[str, Any]:
        """The OpenAPI document of the REST face, its numbers as in `json_schema`.

        Raises ValueError for schemas alone: they have no operations.
        """
        if isinstance(self._reader, Elements):
            raise Misuse("schemas alone have no operations")
        return _document(description(self._reader.built, version))

    def _translate(
        self, raw: bytes, to: Form, operation: str, route: str, element: str, direction: Direction, soap: Version | None
    ) -> bytes:
        return self._reader.translate(Task(raw, direction, to, operation, element, route, soap))


_LONG = 40  # digits from which on a whole bound is that of a double


def _document(described: dict[str, Any]) -> dict[str, Any]:
    """A document of its own, whose numbers json can write."""
    return {key: _plain(member) for key, member in described.items()}


def _plain(value: Any) -> Any:
    """The value with each bound as the float that a reader makes of its digits."""
    if isinstance(value, dict):
        return _document(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if not isinstance(value, Decimal):
        return value
    nearest = float(value)
    exact = value in {Decimal(nearest), Decimal(repr(nearest))}
    whole = not exact and value == value.to_integral_value() and value.adjusted() < _LONG
    return int(value) if whole or math.isinf(nearest) else nearest
