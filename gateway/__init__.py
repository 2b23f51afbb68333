"""soapgw: a gateway between REST and SOAP, typed both ways by the schema. This is its public front.

    >>> from gateway import Contract, Problem
    >>> contract = Contract.from_wsdl("portal.wsdl")
    >>> contract.to_xml(b'{"Info": {"SessionId": "", "Id": 1, "Count": 2}}', operation="ReleaseTask")

- `Contract`: a compiled contract; translates messages, writes their JSON Schemas and the OpenAPI document.
- `Problem`, `Finding`, `Kind`: a message that is refused, and why (`Problem.findings`).
- `ContractError`, `Refused`: a WSDL, schema or configuration that is refused, with its place.

Everything else in the package may change without notice. Names are imported when they are asked for, so that
importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from gateway.core.problem import Finding, Kind, Problem
    from gateway.library import Contract
    from gateway.schema.errors import ContractError
    from gateway.settings import Refused

_HOMES: Final = {
    "Contract": "gateway.library",
    "ContractError": "gateway.schema.errors",
    "Finding": "gateway.core.problem",
    "Kind": "gateway.core.problem",
    "Problem": "gateway.core.problem",
    "Refused": "gateway.settings",
}

__all__ = ["Contract", "ContractError", "Finding", "Kind", "Problem", "Refused"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
