"""The law of the reference: what people and editors read of the settings is drawn from the models.

`python -m gateway.settings.reference` writes `config/reference.yaml` and `config/gateway.schema.json`
again; a test holds both against the models, and boots the reference.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any, Final, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from .document import scalar
from .fields import Part
from .models import Settings

_HEAD: Final = """\
# yaml-language-server: $schema=gateway.schema.json
# Every setting of the gateway, with its default. A line behind "#: " is off; take that mark away to set it.
# Text may hold ${NAME}, ${NAME:-default} and ${file:path}; $${ is a plain ${. Paths start at this file's folder.
# Drawn from the models by `python -m gateway.settings.reference`: do not edit by hand.
"""
_PLAIN: Final = re.compile(r"[A-Za-z0-9./_][A-Za-z0-9./_:-]*( [A-Za-z0-9./_:-]+)*", re.ASCII)
# What the reference says where a mapping's keys are the reader's own.
_DOORS: Final = 2  # how deep the routes stand that are shown live; those of a JSON service are off
_KEYS: Final = {"services": "portal", "operations": "ReleaseTask"}


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a configuration, for editors."""
    schema = Settings.model_json_schema(mode="validation", by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "soapgw configuration",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def schema_text() -> str:
    """`json_schema` as the file that editors read."""
    return json.dumps(_loose(json_schema()), indent=2, ensure_ascii=False) + "\n"


def _loose(schema: Any) -> Any:
    """The same schema, where any scalar may also be text with a reference in it."""
    if isinstance(schema, list):
        return [_loose(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    loose = {key: _loose(value) for key, value in schema.items() if key not in ("title", "format")}
    if loose.get("type") in ("integer", "number", "boolean") or "enum" in loose or "const" in loose:
        extra = {key: loose.pop(key) for key in ("description", "default", "examples") if key in loose}
        return {**extra, "anyOf": [loose, {"type": "string", "pattern": r"\$\{.+\}"}]}
    return loose


def reference() -> str:
    """The commented reference file."""
    return _HEAD + "\n".join(_part(Settings, 0, off=False)) + "\n"


def _part(model: type[BaseModel], depth: int, *, off: bool) -> Iterator[str]:
    """The settings of a model, one comment and one line each; `off`: all behind a mark."""
    for name, field in model.model_fields.items():
        if depth == 0:
            yield ""
        yield f"{'  ' * depth}# {field.description}"
        yield from _setting(field.alias or name, field, depth, off=off)


def _setting(name: str, field: FieldInfo, depth: int, *, off: bool) -> Iterator[str]:
    inner = _inner(field.annotation)
    if inner is None:
        default = field.default
        live = default is not None and (default not in ((), {}) or not field.examples)
        value = default if live and default is not PydanticUndefined else _example(field)
        yield _line(depth, f"{name}: {_flow(value)}", off=off or not live)
        return
    many = getattr(field.annotation, "__origin__", None) is tuple
    off = off or field.default is None or (many and (name != "routes" or depth > _DOORS))
    yield _line(depth, f"{name}:", off=off)
    if name in _KEYS:
        depth += 1
        yield _line(depth, f"{_KEYS[name]}:", off=off)
    inside = list(_part(inner, depth + 1 + many, off=off))
    if many:  # the item's dash stands on its first setting
        first = next(at for at, line in enumerate(inside) if not line.lstrip().startswith("# "))
        text = inside[first].lstrip().removeprefix("#: ")
        inside[first] = _line(depth + 1, f"- {text}", off=off)
    yield from inside


def _line(depth: int, text: str, *, off: bool) -> str:
    return f"{'  ' * depth}{'#: ' if off else ''}{text}"


def _example(field: FieldInfo) -> Any:
    if field.examples:
        return field.examples[0]
    choices = list(_choices(field.annotation))
    return True if bool in choices else choices[-1] if choices else ""


def _choices(annotation: Any) -> Iterator[Any]:
    """The values and plain types of an annotation, None aside."""
    arguments = get_args(annotation)
    if not arguments and annotation is not NoneType:
        yield annotation
    for argument in arguments:
        yield from _choices(argument)


def _flow(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) and scalar(value) == value else text


def _inner(annotation: Any) -> type[Part] | None:
    """The model of a setting that is one, holds some, or may be one."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return next((found for argument in get_args(annotation) if (found := _inner(argument))), None)


def main(folder: Path) -> None:
    """Write the two files."""
    (folder / "reference.yaml").write_text(reference(), "utf-8")
    (folder / "gateway.schema.json").write_text(schema_text(), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "config"))
