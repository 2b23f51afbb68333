"""The law of shaped bodies at build: the codecs of a JSON service whose contract was drawn from its own JSON.

The file of shapes is read once a service; a message that it does not know is the mapping's. Raises ContractError.
"""

from __future__ import annotations

from pathlib import Path

from ..codec.json import loads
from ..codec.reshaped import Drawn
from ..core.limits import LARGE, Limits
from ..core.problem import Problem
from ..dialect.rest import JsonCodec
from ..dialect.soap import BodyCodec
from ..schema.contract import BoundMessage
from ..schema.errors import ContractError
from ..schema.ir import Settings
from .doors import json_codec
from .operations import CANONICAL
from .workbench import Workbench


class Bodies:
    """The codecs on the service's side; `file` are its shapes, None where its JSON is the mapping's."""

    def __init__(self, bench: Workbench, file: str | None) -> None:
        self._bench = bench
        self._drawn = None if file is None else _read(file)

    def codec(self, message: BoundMessage, shape: Settings, unwrap: tuple[str, ...], limits: Limits) -> JsonCodec:
        """The JSON codec of one message."""
        if self._drawn is None or not self._drawn.knows(message.element):
            return json_codec(self._bench, message, shape, unwrap, limits)
        canonical = self._bench.body(message.element, CANONICAL)
        try:
            face = self._drawn.body(message.element, canonical, unwrap)
        except KeyError as error:
            raise ContractError(f"there is no element {error.args[0]} to unwrap") from None
        recheck = self._bench.recheck(message.element, CANONICAL)
        return JsonCodec(face, canonical, limits=limits, recheck=recheck)

    def body(self, element: str, shape: Settings) -> BodyCodec:
        """The codec of an element, a fault's detail."""
        if self._drawn is None or not self._drawn.knows(element):
            return self._bench.body(element, shape)
        return self._drawn.body(element, self._bench.body(element, CANONICAL))


def _read(file: str) -> Drawn:
    try:
        data = loads(Path(file).read_bytes(), LARGE)
    except Problem as problem:
        raise ContractError(f"these are no shapes: {problem.detail}", file=file) from None
    if not isinstance(data, dict) or not {"messages", "types", "schemas"} <= data.keys():
        raise ContractError("these are no shapes: `gateway import` writes them", file=file)
    return Drawn(data)
