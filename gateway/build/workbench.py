"""The law of the workbench: one contract, each thing compiled once, whoever asks for it.

Holds the model as read, its layouts by settings, the body codecs and JSON Schemas by element. After
the book is built nothing here is asked again, but by commands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsonschema_rs

from ..codec.closures import PlanError, compile_element
from ..dialect.soap import BodyCodec
from ..schema.constraints import constraints_beyond_json_schema
from ..schema.contract import Contract
from ..schema.errors import ContractError
from ..schema.ir import Model, Settings
from ..schema.jsonschema import schema_for
from ..schema.layout import lay_out
from ..schema.refusals import check
from ..schema.validator import Validator
from ..schema.xsd import read_schemas

Unwrap = tuple[str, ...]


class Workbench:
    """Compiles what one contract needs. `findings`: how many findings a codec collects."""

    def __init__(self, contract: Contract, *, findings: int = 10) -> None:
        self.contract = contract
        self.model = read_schemas(contract.sources)
        self.validator = Validator(contract.sources)
        self._findings = findings
        self._laid: dict[Settings, Model] = {}
        self._bodies: dict[tuple[str, Settings, Unwrap], BodyCodec] = {}
        self._schemas: dict[tuple[str, Settings, Unwrap], Any] = {}

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
                self._bodies[key] = compile_element(
                    self.laid(settings), element, settings, unwrap=unwrap, findings=self._findings
                )
            except PlanError as error:  # an unwrap that would lose something
                raise ContractError(str(error)) from None
        return self._bodies[key]

    def json_schema(self, element: str, settings: Settings, unwrap: Unwrap = ()) -> dict[str, Any]:
        """The JSON Schema (2020-12) of an element's JSON form."""
        return schema_for(self.laid(settings), element, settings, unwrap=unwrap)

    def checker(self, element: str, settings: Settings, unwrap: Unwrap = ()) -> Any:
        """The compiled JSON Schema."""
        key = (element, settings, unwrap)
        if key not in self._schemas:
            self._schemas[key] = jsonschema_rs.Draft202012Validator(self.json_schema(element, settings, unwrap))
        return self._schemas[key]

    def recheck(self, element: str, settings: Settings) -> bool:
        """Whether the element's JSON Schema cannot say all, so that the encoded XML is read back."""
        rows = constraints_beyond_json_schema(self.laid(settings), element, settings)
        return any(row.needs_xml for row in rows)

    def verdict(self) -> Callable[[Any], bool] | None:
        """libxml2's verdict on a body element, or None where it cannot compile the schemas."""
        if self.validator.unavailable:
            return None
        return lambda element: not self.validator.validate(element)
