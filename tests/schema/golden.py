"""The golden cases as laid-out models, for the tests of what is drawn from a layout."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from gateway.codec.closures import ElementCodec, compile_element
from gateway.core.limits import DEFAULT
from gateway.schema.ir import Model, Settings
from gateway.schema.layout import lay_out
from gateway.schema.source import Source
from gateway.schema.validator import Validator
from gateway.schema.xsd import read_schemas
from gateway.xml import parse

CASES = Path(__file__).resolve().parents[1] / "golden" / "cases"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())
ROOT = "{urn:t}r"


class Case:
    """One folder: its layout, codec and validator."""

    def __init__(self, name: str) -> None:
        folder = CASES / name
        found = [Source(f"file:///{path.name}", path.read_bytes()) for path in sorted(folder.glob("*.xsd"))]
        self.sources = sorted(found, key=lambda source: not source.url.endswith("schema.xsd"))
        file = folder / "settings.json"
        self.settings = Settings(**json.loads(file.read_text())) if file.exists() else Settings()
        self.model: Model = lay_out(read_schemas(self.sources), self.settings)
        self.codec: ElementCodec = compile_element(self.model, ROOT, self.settings)
        self.validator = Validator(self.sources)

    def round_trip(self, value: Any) -> Any:
        """A value written as XML that libxml2 takes, read again."""
        root = parse(self.codec.encode(value).encode(), DEFAULT)
        assert self.validator.validate(root) == []
        return self.codec.decode(root)


@cache
def case(name: str) -> Case:
    return Case(name)


def files(pattern: str) -> list[tuple[str, str]]:
    return [(name, path.name) for name in NAMES for path in sorted((CASES / name).glob(pattern))]
