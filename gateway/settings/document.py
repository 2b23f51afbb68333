"""The law of documents: YAML text to plain data with places, by YAML 1.2's core scalars.

PyYAML reads the syntax; what a plain scalar means is decided here (YAML 1.2.2 §10.3): `no`, `on`,
`12:30` and `0777` are no surprises. A key given twice, a tag, a second document and an alias to
itself are mistakes. `${NAME}`, `${NAME:-default}` and `${file:path}` are put into scalars after the
syntax was read, so what they hold can never become structure; `$${` is a plain `${`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any, Final

import yaml

from .mistakes import Mistake, Path, dotted

_CONSTANTS: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_DECIMAL: Final = re.compile(r"[-+]?[0-9]+", re.ASCII)
_OCTAL: Final = re.compile(r"0o([0-7]+)", re.ASCII)
_HEX: Final = re.compile(r"0x([0-9a-fA-F]+)", re.ASCII)
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_HOLE: Final = re.compile(
    r"\$(\$\{)|\$\{(?:file:(?P<file>[^}]+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<default>:-[^}]*)?)\}|\$\{"
)
_DEPTH: Final = 40  # deeper than any setting; keeps a hostile file from the interpreter's stack
_NODES: Final = 200_000  # aliases expanded; a thousand routes need some 20,000

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Plain(_Loader):  # type: ignore[misc]  # its class is chosen at run time
    """PyYAML's safe loader without its idea of scalars: all of them are text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # PyYAML's own name and form


@dataclass(slots=True)
class Document:
    """A configuration file as plain data: `value`, the place of each setting, and what was filled in."""

    file: str
    value: Any = None
    marks: dict[Path, tuple[int, int]] = field(default_factory=dict)
    filled: set[Path] = field(default_factory=set)  # scalars that hold ${…}: maybe secret, and text
    mistakes: list[Mistake] = field(default_factory=list)
    files: dict[Path, str] = field(default_factory=dict)  # of settings that came from a file that is included
    parts: set[str] = field(default_factory=set)  # the files that it is made of, where they are several

    def file_of(self, path: Path) -> str:
        """The file that a setting stands in, or the nearest one around it."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.files.get(path, self.file)

    def place(self, path: Path) -> tuple[int, int]:
        """Line and column of a setting, or of the nearest one around it."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, (0, 0))

    def mistake(self, path: Path, message: str) -> None:
        """Note a mistake at a setting."""
        self.mistakes.append(Mistake(self.file_of(path), *self.place(path), dotted(path), message))


def scalar(text: str) -> Any:
    """What a plain scalar means in YAML 1.2's core schema."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if len(text) > 400:  # int() is bounded, and no setting is that large
        return text
    if _DECIMAL.fullmatch(text):
        return int(text)
    if found := _OCTAL.fullmatch(text):
        return int(found[1], 8)
    if found := _HEX.fullmatch(text):
        return int(found[1], 16)
    return float(text) if _FLOAT.fullmatch(text) else text


def read(text: str, file: str, env: Mapping[str, str], base: File) -> Document:
    """Read a configuration's text. Mistakes are noted in the document, never raised."""
    document = Document(file)
    try:
        node = yaml.compose(text, Loader=_Plain)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        words = f"this is not YAML: {error.problem or error.context}"
        if text.splitlines()[line - 1 : line] and "\t" in text.splitlines()[line - 1][: column + 1]:
            words = "this is not YAML: a tab, where spaces are expected"
        if "${" in "".join(text.splitlines()[line - 1 : line]):
            words += "; inside { } and [ ] a ${…} stands in quotes"
        document.mistakes.append(Mistake(file, line, column, "", words))
        return document
    except yaml.YAMLError as error:  # a character that YAML does not allow
        document.mistakes.append(Mistake(file, 0, 0, "", f"this is not YAML: {str(error).splitlines()[0]}"))
        return document
    if node is not None:
        document.value = _Reader(document, env, base).take(node, ())
    return document


class _Reader:
    """Walks the nodes of one document."""

    def __init__(self, document: Document, env: Mapping[str, str], base: File) -> None:
        self.document, self.env, self.base = document, env, base
        self.count = 0

    def take(self, node: yaml.Node, path: Path) -> Any:
        self.count += 1
        self.document.marks.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
        if len(path) > _DEPTH or self.count > _NODES:
            if self.count <= _NODES + 1:
                self.document.mistake(path, "this is nested too deeply, or an alias holds itself")
            self.count = _NODES + 2
            return None
        if not node.tag.startswith("tag:yaml.org,2002:") or node.tag.rpartition(":")[2] not in ("str", "map", "seq"):
            self.document.mistake(
                path, f"tags such as {node.tag.replace('tag:yaml.org,2002:', '!!')} are not used here"
            )
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.take(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for key, value in node.value:
            place = (key.start_mark.line + 1, key.start_mark.column + 1)
            if not isinstance(key, yaml.ScalarNode):
                self.document.mistakes.append(
                    Mistake(self.document.file, *place, dotted(path), "a key must be plain text")
                )
                continue
            here = (*path, key.value)
            if key.value in members:
                first = self.document.marks[here][0]
                message = f"this key is given twice, first on line {first}"
                self.document.mistakes.append(Mistake(self.document.file, *place, dotted(here), message))
                continue
            self.document.marks[here] = place
            members[key.value] = self.take(value, here)
        return members

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        text: str = node.value
        if "${" in text:
            self.document.filled.add(path)
            return _HOLE.sub(lambda hole: self._fill(hole, path), text)
        return text if node.style in ("'", '"', "|", ">") else scalar(text)

    def _fill(self, hole: re.Match[str], path: Path) -> str:
        if hole[1]:
            return "${"
        if hole["file"]:
            try:
                return (self.base / hole["file"].strip()).read_text("utf-8").removesuffix("\n").removesuffix("\r")
            except (OSError, UnicodeDecodeError) as error:
                reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
                self.document.mistake(path, f"{hole[0]} cannot be read: {reason}")
                return ""
        if not hole["name"]:
            self.document.mistake(
                path,
                "`${` opens a reference: write ${NAME}, ${NAME:-default} or ${file:path}, or $${ for the characters",
            )
            return ""
        value = self.env.get(hole["name"])
        if value is None and hole["default"] is None:
            self.document.mistake(
                path, f"the environment has no {hole['name']}; ${{{hole['name']}:-default}} gives a default"
            )
            return ""
        return value if value else (hole["default"] or ":-")[2:]
