"""The law of the fast path: the same codec from generated source, held equal to the closures by property test.

Reads what libxml2 has held valid (`decode_valid`) and writes what comes as the layout says; on anything else
the reference runs from the start and decides. So generated code never refuses a message: it only
declines it.
"""

from __future__ import annotations

from typing import Any

from ..core.problem import Problem
from ..core.value import Value
from ..schema import ir
from .closures import ElementCodec, plan_of
from .emit_json import JsonReader
from .emit_read import Miss, Reader
from .emit_write import Writer, declared
from .flaw import Flaws
from .json import dumps, written_off
from .lexical import Unfit
from .names import split
from .plan import Plan
from .source import Source
from .state import Reading, Writing
from .unwrap import Peel

_DECLINED = (Miss, Flaws, Unfit, Problem, KeyError, TypeError, ValueError, RecursionError)


class EmittedCodec(ElementCodec):
    """An element's codec with a generated fast path in front of the reference.

    The source is made when it is first needed: a contract has many more elements than a service uses.
    """

    def __init__(self, plan: Plan, element: ir.Element, unwrap: tuple[str, ...], *, fast: bool = True) -> None:
        super().__init__(plan, element, unwrap)
        self._namespace = split(element.name)[0]
        self._made: tuple[Any, Any] | None = None if fast else (None, None)
        self._told: tuple[Any] | None = None if fast else (None,)
        self.source = ""

    def generate(self) -> tuple[Any, Any]:
        """The generated reader and writer, None each where the closures do better."""
        if self._made is None:
            source = Source()
            reader = Reader(self._plan, source).root(self._place)
            writer = Writer(self._plan, source).root(self._place)
            self.source = source.text
            made = source.build(self.name) if reader or writer else {}
            self._made = (made.get(reader or ""), made.get(writer or ""))
        return self._made

    def decode_valid(self, element: Any) -> Value:
        """The value of an element that libxml2 has held valid. Raises as `decode`."""
        fast, _ = self._made or self.generate()
        if fast is None or element.tag != self.name or element.keys():
            return self.decode(element)
        doc = Reading()
        try:
            value = fast(element, doc)
        except _DECLINED:
            return self.decode(element)
        if doc.wanted and doc.open():  # an IDREF without its ID: the reference says where
            return self.decode(element)
        return value if self._peel is None else self._off(self._peel, value, element)

    def generate_json(self) -> Any:
        """The generated reader whose value is for `written` alone, None where a value must be made first."""
        if self._told is None:
            source = Source()
            reader = JsonReader(self._plan, source)
            name = None if self._peel is not None else reader.root(self._place)
            fast = self.generate()[0] if name else None
            self._told = (source.build(self.name)[name] if name and reader.fragments else fast,)
        return self._told[0]

    def json_valid(self, element: Any) -> bytes:
        """The JSON of an element that libxml2 has held valid: `dumps(decode_valid(element))`. Raises as `decode`."""
        (fast,) = self._told or (self.generate_json(),)
        if fast is not None and element.tag == self.name and not element.keys():
            doc = Reading()
            try:
                raw = written_off(fast(element, doc))
            except _DECLINED:
                raw = None
            if raw is not None and not (doc.wanted and doc.open()):
                return raw
        return dumps(self.decode_valid(element))

    def _off(self, peel: Peel, value: Value, element: Any) -> Value:
        try:
            return peel.off(value)
        except Flaws:
            return self.decode(element)

    def encode(self, value: Value) -> str:
        """The text of the element. Raises as the reference."""
        _, fast = self._made or self.generate()
        if fast is None:
            return super().encode(value)
        doc = Writing(self._plan.prefixes)
        try:
            whole = value if self._peel is None else self._peel.on(value)
            text = fast(whole, doc)
        except _DECLINED:
            return super().encode(value)
        if doc.recheck or (doc.wanted and doc.open()):
            return super().encode(value)
        if self._namespace:
            doc.needed.add(self._namespace)
        return declared(self._place, text, doc)


def emit_element(
    model: ir.Model,
    name: str,
    settings: ir.Settings,
    *,
    unwrap: tuple[str, ...] = (),
    findings: int = 10,
    fast: bool = True,
) -> EmittedCodec:
    """As `compile_element`, with the generated fast path; without it where `fast` is not (XSD 1.1)."""
    return EmittedCodec(plan_of(model, settings, findings), model.elements[name], unwrap, fast=fast)
