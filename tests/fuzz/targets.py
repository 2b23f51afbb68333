"""The law of fuzz targets: any bytes in, a value or a refusal out, and the laws of the mapping hold for what came out.

Each target has seeds and one function from bytes to nothing, which raises for a bug and for nothing else. No fuzzing engine is
known here: `python -m tests.fuzz` drives them by coverage, tests/fuzz/test_targets.py runs the seeds and what was found.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from gateway.codec.closures import ElementCodec, compile_element
from gateway.codec.emit import emit_element
from gateway.codec.json import dumps, loads
from gateway.core.limits import DEFAULT
from gateway.core.problem import Kind, Problem
from gateway.core.value import Value
from gateway.schema.bundle import bundle
from gateway.schema.catalog import Catalog
from gateway.schema.constraints import constraints_beyond_json_schema
from gateway.schema.errors import ContractError
from gateway.schema.ir import Settings
from gateway.schema.jsonschema import schema_for
from gateway.schema.layout import lay_out
from gateway.schema.samples import sample
from gateway.schema.source import Source
from gateway.schema.validator import Validator
from gateway.schema.wsdl import load_wsdl, load_xsd
from gateway.schema.xsd import read_bundle
from gateway.settings.loader import parse as parse_settings
from gateway.settings.mistakes import Refused
from gateway.xml import parse

TESTS: Final = Path(__file__).parents[1]
ROOT: Final = "{urn:t}r"
_CASES: Final = TESTS / "golden" / "cases"
_NAMES: Final = tuple(sorted(path.parent.name for path in _CASES.glob("*/schema.xsd")))


class Case:
    """A golden schema with both codecs, libxml2's verdict and the JSON Schema's."""

    def __init__(self, name: str) -> None:
        import json

        folder = _CASES / name
        files = sorted(folder.glob("*.xsd"), key=lambda path: (path.name != "schema.xsd", path.name))
        documents = bundle([Source(f"file:///{path.name}", path.read_bytes()) for path in files], lambda _: None)
        chosen = folder / "settings.json"
        settings = Settings(**json.loads(chosen.read_text())) if chosen.exists() else Settings()
        self.model = lay_out(read_bundle(documents), settings)
        self.slow: ElementCodec = compile_element(self.model, ROOT, settings)
        self.fast = emit_element(self.model, ROOT, settings)
        self.valid = Validator.of(documents)
        self.described = jsonschema_rs.Draft202012Validator(schema_for(self.model, ROOT, settings)).is_valid
        self.beyond = constraints_beyond_json_schema(self.model, ROOT, settings)


@cache
def case(index: int) -> Case:
    """The golden case of an index, round the list."""
    return Case(_NAMES[index % len(_NAMES)])


def message(data: bytes) -> None:
    """The first byte names a golden schema; the rest is a message, of either dialect."""
    if not data:
        return
    one, raw = case(data[0]), data[1:]
    _message_of_xml(one, raw)
    _message_of_json(one, raw)


def _message_of_xml(one: Case, raw: bytes) -> None:
    try:
        tree = parse(raw, DEFAULT)
        value = _same(lambda: one.slow.decode(tree), lambda: _judged(one, tree))
    except Problem as problem:
        _told(problem)
        return
    assert one.described(loads(dumps(value), DEFAULT)), ("JSON Schema refuses what was read", value)
    again = one.slow.decode(parse(one.slow.encode(value).encode(), DEFAULT))
    assert dumps(again) == dumps(value), (value, again)


def _judged(one: Case, tree: Any) -> Value:
    """As a message is read: generated source where libxml2 takes it."""
    return one.slow.decode(tree) if one.valid.validate(tree) else one.fast.decode_valid(tree)


def _message_of_json(one: Case, raw: bytes) -> None:
    value: Value = None
    try:
        value = loads(raw, DEFAULT)
        text = _same(lambda: one.slow.encode(value), lambda: one.fast.encode(value))
    except Problem as problem:
        _told(problem)
        if problem.kind is Kind.INVALID_MESSAGE and not one.beyond and one.described(value):
            raise AssertionError("JSON Schema takes what is refused", value) from problem
        return
    assert one.described(value), ("JSON Schema refuses what is written", value)
    assert dumps(one.slow.decode(parse(text.encode(), DEFAULT)))


def _same(reference: Callable[[], Any], other: Callable[[], Any]) -> Any:
    """What both give; where both refuse, the reference's Problem."""
    outcomes: list[Any] = []
    for each in (reference, other):
        try:
            found = each()
            outcomes.append(found if isinstance(found, str) else dumps(found))
        except Problem as problem:
            outcomes.append(problem)
    first, second = outcomes
    if isinstance(first, Problem):
        assert isinstance(second, Problem), ("one refuses, the other does not", first.findings, second)
        assert first.findings == second.findings
        raise first
    assert first == second, outcomes
    return reference()


def _told(problem: Problem) -> None:
    """A refusal is one on purpose, in words."""
    if problem.kind is Kind.INTERNAL or not all(found.detail for found in problem.findings):
        raise problem


def config(data: bytes) -> None:
    """A configuration: settings, or every mistake with its place."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return
    try:
        parse_settings(text, base=_folder(), env={})
    except Refused as refused:
        if not all(mistake.message.strip() for mistake in refused.mistakes):
            raise


def contract(data: bytes) -> None:
    """A WSDL or a schema: a contract whose messages compile, or a refusal in words."""
    path = _folder() / "contract.wsdl"
    path.write_bytes(data)
    try:
        made = load_xsd([str(path)], root=_folder()) if _is_schema(data) else load_wsdl(path, catalog=Catalog(), root=_folder())
        documents = bundle(made.sources, lambda _: None)
        model = lay_out(read_bundle(documents), Settings(), ())
    except ContractError as error:
        if not str(error).strip():
            raise
        return
    for name in list(model.elements)[:20]:
        try:
            codec = compile_element(model, name, Settings())
            described = jsonschema_rs.Draft202012Validator(schema_for(model, name, Settings()))
        except (ContractError, ValueError):
            continue  # an element that is refused in words, as one of xs:ENTITY
        value = sample(model, name, Settings())
        try:
            codec.encode(value)
        except Problem as problem:
            _told(problem)
            continue
        assert described.is_valid(value), value


def _is_schema(data: bytes) -> bool:
    """Every second schema is read as one; the others may be asked for the service that their names tell."""
    return b"definitions" not in data and b"description" not in data and len(data) % 2 == 0


@cache
def _folder() -> Path:
    path = Path(tempfile.mkdtemp(prefix="soapgw-fuzz-"))
    import atexit

    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


# ---------------------------------------------------------------- seeds


def _messages() -> Iterator[bytes]:
    for index, name in enumerate(_NAMES):
        for path in sorted((*(_CASES / name).glob("*.xml"), *(_CASES / name).glob("*.json"))):
            if path.name != "settings.json":
                yield bytes([index]) + path.read_bytes()


def _configs() -> Iterator[bytes]:
    for path in sorted((TESTS.parent / "config").glob("*.yaml")):
        yield path.read_bytes()


def _contracts() -> Iterator[bytes]:
    for pattern in ("golden/cases/*/schema.xsd", "golden/wsdl/**/*.wsdl"):
        for path in sorted(TESTS.glob(pattern)):
            yield path.read_bytes()


@dataclass(frozen=True, slots=True)
class Target:
    """One kind of bytes."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]
    tokens: tuple[str, ...]
    longest: int


_XML: Final = ("<t:r xmlns:t=\"urn:t\">", "</t:r>", "<![CDATA[", "]]>", "<!--", "-->", "xsi:nil=\"true\"", "xsi:type=\"", "xmlns=\"\"", "&#13;", "&lt;")
_JSON: Final = ("\"$type\":", "\"$value\":", "\"$items\":[", "\"$mixed\":[", "\"$any\":", "\"$nil\":true", "null", "\\u0000", "1e400", "-0", "\"@")
_YAML: Final = ("services:", "routes:", "plugins:", "${", "}", "!include", "listen:", "upstream:", "&a", "*a", "limits:", "\n  - ", "|-\n")
_XSD: Final = ("xs:element", "xs:sequence", "xs:choice", "xs:all", "xs:any", "xs:restriction", "maxOccurs=\"unbounded\"", "minOccurs=\"0\"", "ref=\"t:", "type=\"xs:", "substitutionGroup=\"", "nillable=\"true\"", "mixed=\"true\"", "abstract=\"true\"", "default=\"", "fixed=\"")

TARGETS: Final = {
    "message": Target(message, _messages, _XML + _JSON, 2048),
    "config": Target(config, _configs, _YAML, 4096),
    "contract": Target(contract, _contracts, _XML + _XSD, 8192),
}
