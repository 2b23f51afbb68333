"""The law of bodies at build: the JSON codec of each message, the mapping's or, of a contract drawn from JSON, its own.

The file of shapes is read once a service; both sides speak what it says, clients of the JSON face as the service
behind. A message that it does not know is the mapping's. Raises ContractError.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..codec.json import loads
from ..codec.reshaped import Drawn, Reshaped, Schema
from ..core.limits import LARGE, Limits
from ..core.problem import Problem
from ..core.value import Value, pointer, steps_of
from ..dialect.binding import Steps
from ..dialect.rest import JsonCodec
from ..dialect.soap import BodyCodec
from ..schema.contract import BoundMessage
from ..schema.errors import ContractError
from ..schema.ir import Settings
from ..schema.jsonbody import eased
from ..schema.jsonschema import DIALECT
from ..schema.openapi_own import DEFS, Own
from ..schema.samples import sample
from ..settings.service import Route as RouteSettings
from ..xml import parse
from .bindings import POINTERS
from .operations import CANONICAL, Bound
from .workbench import Workbench

Unwrap = tuple[str, ...]


class Bodies:
    """The JSON codecs of a service; `file` are its shapes, None where its JSON is the mapping's."""

    def __init__(self, bench: Workbench, file: str | None = None) -> None:
        self.bench = bench
        self._drawn = None if file is None else _read(file)
        self._faces: dict[tuple[str, Unwrap, bool], Reshaped] = {}

    def drawn(self, message: BoundMessage | None) -> bool:
        """Whether a message's JSON is its own, so that no setting of the mapping has an effect on it."""
        return self._drawn is not None and message is not None and self._drawn.knows(message.element)

    def codec(
        self, message: BoundMessage, shape: Settings, unwrap: Unwrap, limits: Limits, *, asked: bool = False
    ) -> JsonCodec:
        """The JSON codec of one message; `asked`: of a client's request, without what plug-ins fill in."""
        if not self.drawn(message):
            return json_codec(self.bench, message, shape, unwrap, limits, asked=asked)
        filled = asked and bool(self.bench.fills(message.element))
        bench = self.bench.asked(message.element) if filled else self.bench
        face = self._face(message.element, unwrap, filled=filled)
        canonical = bench.body(message.element, CANONICAL)
        recheck = bench.recheck(message.element, CANONICAL)
        return JsonCodec(face, canonical, limits=limits, recheck=recheck, partial=filled)

    def _face(self, element: str, unwrap: Unwrap, *, filled: bool) -> Reshaped:
        """The codec of a message's own JSON: one for all who speak it, so that what is valid passes as it is."""
        assert self._drawn is not None
        key = (element, unwrap, filled)
        if key not in self._faces:
            bench = self.bench.asked(element) if filled else self.bench
            schema = self._schema(element, unwrap, filled=filled)
            self._faces[key] = self._drawn.body(element, bench.body(element, CANONICAL), unwrap, schema)
        return self._faces[key]

    def _schema(self, element: str, unwrap: Unwrap, *, filled: bool) -> Schema:
        assert self._drawn is not None
        try:
            schema = self._drawn.schema(element, unwrap)
        except KeyError as error:
            raise ContractError(f"there is no element {error.args[0]} to unwrap") from None
        if not filled:
            return schema
        size = len(unwrap)
        inside = [steps[size:] for steps in map(steps_of, self.bench.fills(element)) if steps[:size] == unwrap]
        return Schema(eased(schema.schema, schema.defs, [s for s in inside if s], DEFS), schema.defs)

    def own(self, message: BoundMessage, unwrap: Unwrap) -> Own | None:
        """What a description needs of a message's own JSON, None where the mapping tells it."""
        if not self.drawn(message):
            return None
        schema = self._schema(message.element, unwrap, filled=False)
        return Own(schema.schema, schema.defs)

    def schema(self, message: BoundMessage, unwrap: Unwrap) -> dict[str, Any] | None:
        """The JSON Schema of a message's own JSON with all that it refers to, None where the mapping tells it."""
        if not self.drawn(message):
            return None
        return {"$schema": DIALECT, **self._schema(message.element, unwrap, filled=False).whole()}

    def example(self, message: BoundMessage, unwrap: Unwrap) -> Value:
        """A message's own JSON, made from its types; None where they say too little."""
        whole = sample(self.bench.laid(CANONICAL), message.element, CANONICAL)
        face = self._face(message.element, unwrap, filled=False)
        try:
            return face.decode(parse(self.bench.body(message.element, CANONICAL).encode(whole).encode(), LARGE))
        except Problem:
            return None

    def body(self, element: str, shape: Settings) -> BodyCodec:
        """The codec of an element, a fault's detail."""
        if self._drawn is None or not self._drawn.knows(element):
            return self.bench.body(element, shape)
        return self._drawn.body(element, self.bench.body(element, CANONICAL))

    def check_route(self, route: RouteSettings, bound: Bound) -> None:
        """What a route says of messages with a JSON of their own has its effect there. Raises ContractError."""
        asks, answers = bound.bound.input, bound.bound.output
        told = answers if answers is not None and answers.element else None
        known = [each for each in (asks, told) if each is not None and each.element]
        if known and all(map(self.drawn, known)) and (route.mapping.chosen() or route.mapping.rename):
            raise ContractError("`mapping` has no effect: `shapes` says what the JSON is")
        version = route.version
        asked = [each.to for each in route.parameters] + [*route.constants]
        asked += [version.request] if version and version.request else []
        for place in asked:
            self._check_place(asks, route.unwrap.request, place)
        self._check_place(asks, route.unwrap.request, route.body.request or "", whole=True)
        answered = [*POINTERS.findall(route.location or "")] + ([version.reply] if version and version.reply else [])
        for place in answered:
            self._check_place(told, route.unwrap.response, place)
        self._check_place(told, route.unwrap.response, route.body.response or "", whole=True)

    def _check_place(self, message: BoundMessage | None, unwrap: Unwrap, place: str, *, whole: bool = False) -> None:
        if not place or message is None or self._drawn is None or not self.drawn(message):
            return
        steps: Steps = steps_of(place)
        try:
            shaped = self._drawn.shape(message.element, (*unwrap, *steps))
        except KeyError as error:
            words = f"{place} cannot be named here: {error.args[0]} has another form in the WSDL than in the JSON"
            raise ContractError(words) from None
        if shaped and not whole:
            raise ContractError(f"{pointer(steps)} cannot be filled or told here: in the WSDL it has another form")


def json_codec(
    bench: Workbench, message: BoundMessage, shape: Settings, unwrap: Unwrap, limits: Limits, *, asked: bool = False
) -> JsonCodec:
    """The JSON codec of one message by the mapping; `asked`: of a request, without what plug-ins fill in."""
    if not message.element:
        return JsonCodec(None, None, limits=limits, schema=None)
    filled = asked and bool(bench.fills(message.element))
    bench = bench.asked(message.element) if filled else bench
    return JsonCodec(
        bench.body(message.element, shape, unwrap),
        bench.body(message.element, CANONICAL),
        limits=limits,
        schema=bench.checker(message.element, shape, unwrap),
        recheck=bench.recheck(message.element, shape),
        partial=filled,
    )


def _read(file: str) -> Drawn:
    try:
        data = loads(Path(file).read_bytes(), LARGE)
    except Problem as problem:
        raise ContractError(f"these are no shapes: {problem.detail}", file=file) from None
    if not isinstance(data, dict) or not {"messages", "types", "schemas"} <= data.keys():
        raise ContractError("these are no shapes: `gateway import` writes them", file=file)
    return Drawn(data)

