"""The law of texts: JSON and YAML documents as plain data, each value with its file, line and JSON Pointer.

YAML is read by YAML 1.2's core scalars (§10.3), so `no` is text. Other files are opened only under the folder of the
document that was named; nothing is ever fetched. Knows JSON Pointers (RFC 6901) and URI references, no schema.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import yaml

from gateway.core.value import pointer, steps_of
from gateway.schema.errors import ContractError
from gateway.schema.paths import Root, is_remote, shown

MOST: Final = 32 * 1024 * 1024  # bytes of one document; the largest public OpenAPI document has some 12 MiB
DEPTH: Final = 200
NODES: Final = 3_000_000  # aliases counted as often as they stand
_CONSTANTS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE: Final = re.compile(r"[-+]?[0-9]{1,400}", re.ASCII)
_NUMBER: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?", re.ASCII)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Plain(_Loader):  # type: ignore[misc]  # its class is chosen at run time
    """PyYAML's safe loader without its idea of scalars."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # PyYAML's own name and form


Steps = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Where:
    """A value's place: its file (as shown), line (0: unknown) and pointer."""

    file: str
    line: int
    pointer: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" + (f" (#{self.pointer})" if self.pointer else "")

    def error(self, message: str) -> ContractError:
        """A refusal that stands here."""
        said = f"{message} (at #{self.pointer})" if self.pointer else message
        return ContractError(said, file=self.file, line=self.line)


@dataclass(slots=True)
class Text:
    """One document: its path, what it holds, and the line of every pointer in it."""

    path: Path
    value: Any
    lines: dict[Steps, int] = field(default_factory=dict)

    def where(self, steps: Steps) -> Where:
        """The place of a value."""
        known = steps
        while known and known not in self.lines:
            known = known[:-1]
        return Where(shown(self.path), self.lines.get(known, 0), pointer(steps))


def fragment_steps(text: str) -> Steps:
    """The steps of a URI fragment that is a JSON Pointer (RFC 6901 §6)."""
    return steps_of(unquote(text))


class Library:
    """All documents that one import opens, each once. Raises ContractError for what is not there or no JSON or YAML."""

    def __init__(self) -> None:
        self._texts: dict[Path, Text] = {}
        self._names: dict[str, Text] = {}  # $id -> its document
        self._root: Root | None = None

    def named(self, location: str) -> Text:
        """The document that the caller names; its folder bounds what may be opened."""
        path = Path(location)
        if not path.is_file():
            raise ContractError("there is no such file", file=location)
        self._root = self._root or Root.of(path.absolute(), None)
        return self._open(path.absolute())

    def beside(self, base: Text, reference: str, at: Where) -> Text:
        """The document that a URI reference without fragment names, seen from `base`."""
        if not reference:
            return base
        known = self._names.get(reference.rstrip("#"))
        if known is not None:
            return known
        if is_remote(reference):
            raise at.error(f"{reference} is not fetched: save it beside this file and refer to it there")
        path = (base.path.parent / unquote(reference)).resolve()
        assert self._root is not None
        found = self._root.file(str(path), named_in=at.file, line=at.line, location=reference)
        if found is None:
            raise at.error(f"there is no file {reference}")
        return self._open(found)

    def _open(self, path: Path) -> Text:
        path = path.resolve()
        if path not in self._texts:
            text = read(path)
            self._texts[path] = text
            name = text.value.get("$id", text.value.get("id")) if isinstance(text.value, dict) else None
            if isinstance(name, str):
                self._names.setdefault(name.rstrip("#"), text)
        return self._texts[path]


def read(path: Path) -> Text:
    """A document. Raises ContractError with file and line where it is no JSON or YAML."""
    raw = path.read_bytes()
    if len(raw) > MOST:
        raise ContractError(f"the document has more than {MOST // 2**20} MiB", file=shown(path))
    try:
        source = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ContractError("the document is not encoded in UTF-8", file=shown(path)) from None
    if source.lstrip()[:1] in ("{", "["):
        return _json(path, source)
    return _yaml(path, source)


def _json(path: Path, source: str) -> Text:
    """JSON by its own grammar (escapes of surrogates are none of YAML's); lines as far as YAML reads it."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in found]
        if len(set(names)) < len(names):
            twice = next(name for at, name in enumerate(names) if name in names[:at])
            raise ContractError(f"the key {twice!r} is given twice", file=shown(path))
        return dict(found)

    try:
        value = json.loads(source, parse_float=Decimal, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        if path.suffix.lower() != ".json":
            return _yaml(path, source)
        raise ContractError(f"this is not JSON: {error.msg}", file=shown(path), line=error.lineno) from None
    except RecursionError:
        raise ContractError("the document is nested too deeply", file=shown(path)) from None
    try:
        lines = _yaml(path, source).lines
    except ContractError:
        lines = {}
    return Text(path, value, lines)


def _yaml(path: Path, source: str) -> Text:
    try:
        node = yaml.compose(source, Loader=_Plain)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ContractError(
            f"this is neither JSON nor YAML: {error.problem or error.context}",
            file=shown(path),
            line=mark.line + 1 if mark else 0,
        ) from None
    except yaml.YAMLError as error:
        raise ContractError(f"this is neither JSON nor YAML: {str(error).splitlines()[0]}", file=shown(path)) from None
    except RecursionError:
        raise ContractError("the document is nested too deeply", file=shown(path)) from None
    text = Text(path, None)
    if node is not None:
        text.value = _Taker(text).take(node, ())
    return text


class _Taker:
    def __init__(self, text: Text) -> None:
        self.text = text
        self.count = 0

    def take(self, node: yaml.Node, steps: Steps) -> Any:
        self.count += 1
        line = node.start_mark.line + 1
        self.text.lines[steps] = line
        if len(steps) > DEPTH or self.count > NODES:
            raise ContractError("the document is nested too deeply", file=shown(self.text.path), line=line)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, steps)
        if isinstance(node, yaml.SequenceNode):
            return [self.take(item, (*steps, str(at))) for at, item in enumerate(node.value)]
        return node.value if getattr(node, "style", None) in ("'", '"', "|", ">") else scalar(node.value)

    def _mapping(self, node: yaml.MappingNode, steps: Steps) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else None
            if name is None or name in found:
                raise ContractError(
                    "a key is a text" if name is None else f"the key {name!r} is given twice",
                    file=shown(self.text.path),
                    line=key.start_mark.line + 1,
                )
            found[name] = self.take(value, (*steps, name))
        return found


def scalar(text: str) -> Any:
    """What a plain scalar means: YAML 1.2's core schema; a number with a point or exponent is a Decimal."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return Decimal(text) if len(text) <= 400 and _NUMBER.fullmatch(text) else text
