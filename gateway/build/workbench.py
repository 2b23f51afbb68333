"""The law of the workbench: one contract, each thing compiled once, when it is first asked for.

Holds the model as read, its layouts by settings, the body codecs and JSON Schemas by element. A contract of a
thousand operations costs at start what is used of it; all that can be refused is refused when the book is built,
only the checkers of JSON (which cannot fail) may wait for their first message. Opens no file: the contract holds
every document.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..codec.emit import emit_element
from ..dialect.soap import BodyCodec
from ..schema.bundle import NEWER_WORDS, Bundle, bundle
from ..schema.constraints import constraints_beyond_json_schema
from ..schema.contract import Contract
from ..schema.errors import ContractError
from ..schema.ir import Model, Settings
from ..schema.jsonschema import schema_for
from ..schema.layout import lay_out
from ..schema.loosen import loosen
from ..schema.refusals import check
from ..schema.validator import Validator
from ..schema.xsd import read_bundle
from .judged import JudgedCodec
from .opinion import Opinion
from .panel import Checker, Panel
from .refused_types import placed
from .store import find, stands_beside, store

Unwrap = tuple[str, ...]


class Workbench:
    """Compiles what one contract needs. `findings`: how many findings a codec collects. Raises ContractError.

    `model` is the model where it is known already. Without it the compiled form beside the WSDL is used where it
    fits (`gateway.build.store`), unless `fresh`; else the schemas are read.
    """

    def __init__(
        self, contract: Contract, *, findings: int = 10, model: Model | None = None, fresh: bool = False
    ) -> None:
        self.contract = contract
        self._findings = findings
        self._bundled: Bundle | None = None
        stored = find(contract) if model is None and not fresh else None
        self.warm = stored is not None  # nothing was built: the compiled form was used
        self.stale = model is None and not fresh and stored is None and stands_beside(contract)
        known = model if stored is None else stored.model
        self.model = read_bundle(self._documents) if known is None else known
        self._unavailable = stored.unavailable if stored else None
        self._laid: dict[Settings, Model] = dict(stored.layouts) if stored else {}
        self._filled: Mapping[str, Sequence[str]] = {}
        self._loose: Workbench | None = None
        self._validator: Validator | None = None
        self._one = threading.Lock()
        self._bodies: dict[tuple[str, Settings, Unwrap], BodyCodec] = {}
        self._checkers: dict[tuple[str, Settings, Unwrap], Checker] = {}
        self._panels: dict[Settings, Panel] = {}
        self._rechecks: dict[tuple[str, Settings], bool] = {}
        words = any(word in source.text for source in contract.sources for word in NEWER_WORDS)
        self._newer = words and self._documents.version == "1.1"
        self._judged = self._newer

    def twin(self) -> Workbench:
        """Another bench of this contract: what was read is shared, what plug-ins fill in is its own."""
        other = Workbench(self.contract, findings=self._findings, model=self.model)
        other._bundled, other._unavailable = self._bundled, self._unavailable
        return other

    @property
    def _documents(self) -> Bundle:
        if self._bundled is None:
            self._bundled = bundle(self.contract.sources, _nothing)
        return self._bundled

    @property
    def validator(self) -> Validator:
        """libxml2's opinion, compiled when it is first asked for; thread-safe."""
        if self._validator is None:
            with self._one:
                if self._validator is None:
                    self._validator = Validator.of(self._documents)
        return self._validator

    def compiled(self) -> bytes:
        """The compiled form, with every layout that was asked for so far."""
        return store(self.contract, self.model, self._laid, self.validator.unavailable)

    def loosen(self, fills: Mapping[str, Sequence[str]]) -> None:
        """Take note of the members that plug-ins fill in, by request element, beside others. Raises ContractError."""
        known = {**self._filled, **{element: tuple(pointers) for element, pointers in fills.items() if pointers}}
        if known != self._filled:
            self._filled = known
            loose = loosen(self.model, self._filled)
            self._loose = Workbench(self.contract, findings=self._findings, model=loose)
            self._loose._judged = False  # what leaves, with the members filled in, is judged by the strict one

    def fills(self, element: str | None) -> Sequence[str]:
        """JSON pointers into the canonical value of the members that plug-ins fill in."""
        return self._filled.get(element or "", ())

    def asked(self, element: str | None) -> Workbench:
        """The bench for a request as a REST client sends it: what plug-ins fill in is optional there."""
        return self._loose if self._loose is not None and element in self._filled else self

    def laid(self, settings: Settings) -> Model:
        """The model with the JSON shape that the settings give. Raises ContractError."""
        if settings not in self._laid:
            self._laid[settings] = lay_out(self.model, settings, ())
        return self._laid[settings]

    def body(self, element: str, settings: Settings, unwrap: Unwrap = ()) -> BodyCodec:
        """The codec of a global element. Raises ContractError, KeyError for an unknown element."""
        key = (element, settings, unwrap)
        if key not in self._bodies:
            check(self.laid(settings), settings, [element])
            try:
                body: BodyCodec = emit_element(
                    self.laid(settings),
                    element,
                    settings,
                    unwrap=unwrap,
                    findings=self._findings,
                    fast=not self._newer,
                )
                self._bodies[key] = JudgedCodec(body, self.validator.validate) if self._judged else body
            except ValueError as error:  # an unwrap that would lose something, an xs:ENTITY
                raise ContractError(str(error), file=placed(self.laid(settings), element, str(error))) from None
        return self._bodies[key]

    def json_schema(self, element: str, settings: Settings, unwrap: Unwrap = ()) -> dict[str, Any]:
        """The JSON Schema (2020-12) of an element's JSON form."""
        return schema_for(self.laid(settings), element, settings, unwrap=unwrap)

    def checker(self, element: str, settings: Settings, unwrap: Unwrap = ()) -> Checker:
        """The compiled JSON Schema; the same object for whoever asks."""
        key = (element, settings, unwrap)
        if key not in self._checkers:
            panel = self._panels.get(settings)
            if panel is None or panel.full:
                panel = self._panels[settings] = Panel(self.laid(settings), settings)
            self._checkers[key] = panel.checker(element, unwrap)
        return self._checkers[key]

    def settle(self) -> None:
        """Compile the JSON Schemas that were asked for, so that no message waits; a warm start lets the first wait."""
        if not self.warm:
            for panel in self._panels.values():
                panel.made()
        if self._loose is not None:
            self._loose.settle()

    def recheck(self, element: str, settings: Settings) -> bool:
        """Whether the element's JSON Schema cannot say all, so that the encoded XML is read back."""
        key = (element, settings)
        if key not in self._rechecks:
            rows = constraints_beyond_json_schema(self.laid(settings), element, settings)
            self._rechecks[key] = any(row.needs_xml for row in rows)
        return self._rechecks[key]

    def verdict(self) -> Callable[[Any], bool | None] | None:
        """libxml2's verdict on a body element, or None where it cannot compile the schemas or they are of XSD 1.1."""
        unavailable = self.validator.unavailable if self._unavailable is None else self._unavailable
        if unavailable or self._newer:  # for XSD 1.1 the codec asks xmlschema, after its own walk
            return None

        def judged(element: Any) -> list[Any]:
            return self.validator.validate(element)  # compiled when the first message comes

        return Opinion(judged)


def _nothing(_: str) -> bytes | None:
    """What is fetched while a model is made: the contract has every document already."""
    return None
