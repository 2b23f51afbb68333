"""The law of loading: a file becomes settings, or every mistake in it at once, each with its place.

Reading changes nothing and opens no socket. `load` reads a file; `parse` takes the text, for tests
and for `serve --wsdl`. Text filled in from `${…}` takes the type that its setting has.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as File
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from . import document as documents
from . import includes
from .document import Document
from .includes import LARGEST
from .mistakes import Mistake, Path, Refused, dotted, near, nearest
from .models import Settings
from .remains import ROUNDS, Remains

_EMPTY: Final[Mapping[str, Callable[[], Any]]] = {"model_type": dict, "dict_type": dict, "tuple_type": list}


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings with the place of each, for those who find later that one cannot be kept."""

    settings: Settings
    file: str
    base: File  # relative paths start here
    document: Document

    def where(self, *path: str | int) -> str:
        """`file:line` of a setting, or of the nearest one around it that the file has."""
        line, _ = self.document.place(path)
        file = self.document.file_of(path)
        return f"{file}:{line}" if line else file

    def mistake(self, path: Path, message: str) -> Mistake:
        """A mistake at a setting, found by a later room."""
        return Mistake(self.document.file_of(path), *self.document.place(path), dotted(path), message)

    def filled(self, *path: str | int) -> bool:
        """Whether a setting's text came from `${…}`, so that it may be a secret."""
        return path in self.document.filled

    def changed(self, **settings: Any) -> Loaded:
        """The same file with other top settings, by word of the command line. Raises Refused."""
        try:
            other = Settings.model_validate({**dict(self.settings), **settings})
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
            raise Refused(Mistake("command line", 0, 0, dotted(_path(settings, e)), _words(e)) for e in found) from None
        return replace(self, settings=other)

    def dangers(self) -> tuple[str, ...]:
        """`file:line: setting` of each dangerous setting that is on, for the start-up warning."""
        found = [path for path in self.document.marks if str(path[-1:] and path[-1]).startswith("dangerous_")]
        return tuple(f"{self.where(*path)}: {dotted(path)}" for path in found if _at(self.document.value, path) is True)


def load(file: str | os.PathLike[str], env: Mapping[str, str] | None = None) -> Loaded:
    """Read a configuration file. Raises Refused with every mistake, also when it cannot be read."""
    name = os.fspath(file)
    try:
        with open(file, "rb") as stream:
            raw = stream.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise Refused([Mistake(name, 0, 0, "", f"this is larger than {LARGEST} bytes")])
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise Refused([Mistake(name, 0, 0, "", f"this cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise Refused([Mistake(name, line, column, "", "this is not UTF-8")]) from None
    return parse(text, file=name, base=File(file).resolve().parent, env=env)


def parse(
    text: str,
    *,
    file: str = "configuration",
    base: File | None = None,
    env: Mapping[str, str] | None = None,
    remote: bool = False,
) -> Loaded:
    """Read a configuration's text; paths in it start at `base`. Raises Refused with every mistake.

    `remote`: a contract may be a URL, because whoever typed it means it to be fetched.
    """
    base = base or File.cwd()
    document = includes.read(text, file, os.environ if env is None else env, base)
    mistakes = document.mistakes
    if document.value is None and not mistakes:
        document.mistake((), "this is empty; `services` at least is needed")
    context = {"base": base, "remote": remote}
    settings: Settings | None = None
    if document.value is not None:
        try:
            settings = _validate(document, context)
        except ValidationError as error:
            known = {(m.line, m.setting) for m in mistakes}
            found = [_mistake(document, detail) for detail in error.errors(include_url=False, include_input=False)]
            mistakes += [m for m in found if (m.line, m.setting) not in known]
    if mistakes or settings is None:
        raise Refused(mistakes, _remains(document, context, file, base))
    return Loaded(settings, file, base, document)


def _remains(document: Document, context: Mapping[str, Any], file: str, base: File) -> Remains | None:
    """The configuration without its mistakes; None where too much is wrong with it."""
    own = {
        "value": json.loads(json.dumps(document.value)),
        "marks": dict(document.marks),
        "files": dict(document.files),
    }
    rest = replace(document, filled=set(document.filled), mistakes=[], **own)
    remains = Remains(rest)
    for _ in range(ROUNDS):
        try:
            remains.loaded = Loaded(_model(rest.value, context), file, base, rest)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_input=False):
                path, unknown = _path(rest.value, detail), detail["type"] == "extra_forbidden"
                if unknown and path[-1:] != detail["loc"][-1:]:
                    continue  # gone with what it stood in
                meant = near(str(path[-1]), _siblings(detail["loc"])) if unknown else None
                done = remains.take_out(path, detail["type"], meant)
                if done == "nothing":
                    return None
                if done == "moved":
                    break
        else:
            return remains
    return None


def _validate(document: Document, context: Mapping[str, Any]) -> Settings:
    """Validate, after one look at what was refused for its type alone.

    Text from `${…}` at a place that wants another type is read as a plain scalar; a key with nothing
    under it, all its settings being off, is an empty mapping or list.
    """
    try:
        return _model(document.value, context)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False, include_context=False):
            path, kind = _path(document.value, detail), detail["type"]
            if path and path in document.filled and kind not in ("value_error", "missing"):
                text = _at(document.value, path)
                _put(document.value, path, documents.scalar(text) if isinstance(text, str) else text)
            elif kind in _EMPTY and path and _at(document.value, path) is None:
                _put(document.value, path, _EMPTY[kind]())
    return _model(document.value, context)


def _model(value: Any, context: Mapping[str, Any]) -> Settings:
    # by way of JSON: strict, yet a YAML list may be a tuple
    return Settings.model_validate_json(json.dumps(value), context=dict(context))


def _at(value: Any, path: Sequence[str | int]) -> Any:
    for part in path:
        value = value[part]
    return value


def _put(value: Any, path: Path, new: Any) -> None:
    _at(value, path[:-1])[path[-1]] = new


def _holds(value: Any, part: str | int) -> bool:
    return isinstance(part, int) if isinstance(value, list) else isinstance(value, dict) and part in value


def _path(value: Any, detail: ErrorDetails) -> Path:
    """A setting's path from pydantic's, which names union branches and key checks as well."""
    path: list[str | int] = []
    loc, missing = detail["loc"], detail["type"] == "missing"
    for index, part in enumerate(loc):
        if _holds(value, part):
            value = value[part]
        elif not (missing and isinstance(value, dict) and index == len(loc) - 1):
            continue
        else:
            value = None
        path.append(part)
    return tuple(path)


# pydantic's kind of error -> our words; {…} are its own figures
_WORDS: Final[Mapping[str, str]] = {
    "missing": "this setting is required",
    "string_type": 'text is expected; put it in quotes: "…"',
    "int_type": "a whole number is expected",
    "int_from_float": "a whole number is expected",
    "float_type": "a number is expected",
    "bool_type": "true or false is expected",
    "dict_type": "a mapping of keys is expected",
    "model_type": "a mapping of keys is expected",
    "model_attributes_type": "a mapping of keys is expected",
    "tuple_type": "a list is expected",
    "list_type": "a list is expected",
    "literal_error": "one of {expected} is expected",
    "greater_than": "this must be more than {gt}",
    "greater_than_equal": "this must be at least {ge}",
    "less_than_equal": "this must be at most {le}",
    "string_pattern_mismatch": "this does not fit the pattern {pattern}",
    "string_too_short": "this must not be empty",
    "string_too_long": "this has more than {max_length} characters",
    "too_short": "at least {min_length} is needed here",
    "value_error": "{error}",
}


def _mistake(document: Document, detail: ErrorDetails) -> Mistake:
    path = _path(document.value, detail)
    if detail["type"] == "extra_forbidden":
        words = f"there is no such setting here{nearest(str(path[-1]), _siblings(detail['loc']))}"
    else:
        words = _words(detail)
    line, column = document.place(path)
    return Mistake(document.file_of(path), line, column, dotted(path), words)


def _words(detail: ErrorDetails) -> str:
    return _WORDS.get(detail["type"], detail["msg"]).format_map(detail.get("ctx") or {})


def _siblings(loc: Sequence[str | int]) -> list[str]:
    """The keys that a model knows where an unknown one stood."""
    kinds: list[Any] = [Settings]
    for part in loc[:-1]:
        kinds = [inner for kind in kinds for inner in _inside(kind, part)]
    names = (field.alias or name for kind in kinds if _is_model(kind) for name, field in kind.model_fields.items())
    return list(dict.fromkeys(names))


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _inside(kind: Any, part: str | int) -> list[Any]:
    """The models under a key, an index or a union's branch of an annotation."""
    if _is_model(kind):
        for name, field in kind.model_fields.items():
            if part in (name, field.alias):
                return _models(field.annotation)
        return [kind]  # the name of a union's branch
    return []


def _models(annotation: Any) -> list[Any]:
    if _is_model(annotation):
        return [annotation]
    return [model for argument in getattr(annotation, "__args__", ()) for model in _models(argument)]
