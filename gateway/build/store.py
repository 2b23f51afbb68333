"""The law of the compiled contract on disk: what a workbench made of its schemas, used only when it fits.

`gateway compile` writes `<WSDL>.compiled`: the model and its layouts as JSON (`gateway.schema.compiled`), each with the
fingerprint of the documents it was made from. Reading it runs nothing; one that does not fit the documents, the
settings or this version's records is as good as none, and the schemas are built anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from ..schema.compiled import fingerprint, freeze, thaw
from ..schema.contract import Contract
from ..schema.ir import Model, Settings

SUFFIX: Final = ".compiled"
MAX_BYTES: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """What was found: the model, its layouts, and libxml2's refusal ('' where it takes the schemas)."""

    model: Model
    layouts: Mapping[Settings, Model]
    unavailable: str


def beside(contract: Contract) -> Path | None:
    """Where a contract's compiled form stands; None for one that came over the network."""
    return None if "://" in contract.location else Path(contract.location + SUFFIX)


def stands_beside(contract: Contract) -> bool:
    """Whether there is a compiled form, whatever it holds."""
    path = beside(contract)
    return path is not None and path.is_file()


def store(contract: Contract, model: Model, layouts: Mapping[Settings, Model], unavailable: str) -> bytes:
    """The compiled form as bytes."""
    frames = [freeze(model, fingerprint(contract.sources))]
    frames += [freeze(laid, fingerprint(contract.sources, settings)) for settings, laid in layouts.items()]
    head = {
        "sizes": [len(frame) for frame in frames],
        "settings": [asdict(settings) for settings in layouts],
        "unavailable": unavailable,
    }
    return b"".join([orjson.dumps(head), b"\n", *frames])


def find(contract: Contract) -> Stored | None:
    """The compiled form that fits this contract, None without one."""
    path = beside(contract)
    try:
        if path is None or not path.is_file() or path.stat().st_size > MAX_BYTES:
            return None
        return _read(path.read_bytes(), contract)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None  # torn, foreign, or of another version: the documents themselves are read


def _read(raw: bytes, contract: Contract) -> Stored | None:
    line, _, rest = raw.partition(b"\n")
    head: dict[str, Any] = orjson.loads(line)
    frames = []
    for size in head["sizes"]:
        frames.append(rest[:size])
        rest = rest[size:]
    model = thaw(frames[0], fingerprint(contract.sources))
    if model is None:
        return None
    layouts: dict[Settings, Model] = {}
    for frame, chosen in zip(frames[1:], head["settings"], strict=True):
        settings = Settings(**chosen)
        laid = thaw(frame, fingerprint(contract.sources, settings))
        if laid is None:
            return None
        layouts[settings] = laid
    return Stored(model, layouts, str(head["unavailable"]))
