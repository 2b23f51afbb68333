"""The law of the face under test: schema files in, the same codec, JSON Schema and recheck that a route has."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from gateway.build.workbench import Workbench
from gateway.codec.json import dumps
from gateway.core.limits import LARGE
from gateway.dialect.rest import JsonCodec
from gateway.schema.ir import Settings
from gateway.schema.wsdl import load_xsd
from gateway.xml import parse

PLAIN: Final = Settings()
# The suites hold long names and many attributes; the limits are tested elsewhere.
WIDE: Final = replace(LARGE, xml_name=100_000, xml_attributes=10_000, xml_namespaces=1000, xml_namespaces_total=100_000, json_keys=100_000, json_key=100_000)


class Face:
    """The elements of a set of schema files. Raises ContractError when they are refused."""

    def __init__(self, files: list[Path], settings: Settings = PLAIN) -> None:
        self.bench = Workbench(load_xsd([str(file) for file in files]), findings=3)
        self.settings = settings
        self._doors: dict[str, JsonCodec] = {}

    @cached_property
    def texts(self) -> list[bytes]:
        """The schema documents."""
        return [source.text for source in self.bench.contract.sources]

    def door(self, element: str) -> JsonCodec:
        """What a route of this element has."""
        if element not in self._doors:
            body = self.bench.body(element, self.settings)
            self._doors[element] = JsonCodec(
                body,
                body,
                limits=WIDE,
                schema=self.bench.checker(element, self.settings),
                recheck=self.bench.recheck(element, self.settings),
            )
        return self._doors[element]

    def to_json(self, raw: bytes) -> tuple[str, bytes]:
        """The root's name and its JSON form. Raises Problem."""
        root = parse(raw, WIDE, response=True)
        return root.tag, dumps(self.door(root.tag).face.decode(root))  # type: ignore[union-attr]

    def to_xml(self, element: str, raw: bytes) -> bytes:
        """The XML of a JSON form, all checks of a route made. Raises Problem."""
        door = self.door(element)
        return door.body_text(door.parse(raw)).encode()

    def described(self, element: str, raw: bytes) -> bool:
        """Whether the JSON Schema alone accepts it."""
        door = self.door(element)
        verdict: Any = door.schema.is_valid(door.parse(raw))  # type: ignore[union-attr]
        return bool(verdict)
