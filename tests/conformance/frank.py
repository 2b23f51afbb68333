"""The law of frank-align: documents with their XSD, compact and full JSON, compared through a stated normaliser.

The normaliser, all of it: `$value` is called `#text`; the entries of `$mixed`, `$items` and `$any` become members of the
object that holds them (an array where a name comes twice), white space between them is dropped, and a wildcard's names
lose their namespace; an object that is `$value` alone or nothing at all is its text; numbers are compared by value; the
full form's one member is the root. Compact is `arrays: collapsed`, full is `arrays: wrapped`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson
from lxml import etree

from gateway.core.problem import Problem
from gateway.schema.errors import ContractError
from gateway.schema.ir import Settings

from .face import Face
from .known import excuse
from .same import Aside, difference
from .score import Row

_ROOT: Final = "core/src/test/resources/Align"
_FORMS: Final = {"compact": Settings(), "full": Settings(arrays="wrapped")}
_NAME: Final = re.compile(r"\{[^{}]*\}")


def cases(folder: Path) -> list[Path]:
    """The XML documents that their own schema holds valid, by libxml2."""
    return [file for file in sorted((folder / _ROOT).rglob("*.xml")) if _valid(file)]


def twins(folder: Path) -> list[Path]:
    """What must be refused: documents that their schema holds invalid, and JSON called so."""
    wrong = [file for file in sorted((folder / _ROOT).rglob("*.xml")) if _schemas(file) and not _valid(file)]
    return wrong + [f for f in sorted((folder / _ROOT).rglob("*.json")) if re.search(r"-(illegal\d*|err|unknown-compact)$", f.stem)]


def _schemas(file: Path) -> list[Path]:
    """The schemas beside a document that declare its root."""
    root = etree.QName(etree.parse(str(file)).getroot())
    found = []
    for xsd in sorted(file.parent.glob("*.xsd")):
        schema = etree.parse(str(xsd)).getroot()
        names = {each.get("name") for each in schema.findall("{http://www.w3.org/2001/XMLSchema}element")}
        if root.localname in names:
            found.append(xsd)
    return found


def _valid(file: Path) -> Path | None:
    for xsd in _schemas(file):
        if etree.XMLSchema(etree.parse(str(xsd))).validate(etree.parse(str(file))):
            return xsd
    return None


def run(file: Path) -> list[Row]:
    """The rows of one valid document."""
    xsd = _valid(file)
    assert xsd is not None
    name = f"{file.parent.name}/{file.stem}"
    return [_excused(row) for row in _document(xsd, file, name)]


def _document(xsd: Path, file: Path, name: str) -> Iterator[Row]:
    raw = file.read_bytes()
    for form, settings in _FORMS.items():
        twin = next((t for t in _twin_names(file, form) if t.is_file()), None)
        try:
            face = Face([xsd], settings)
            element, text = face.to_json(raw)
            yield Row("JSON Schema accepts its JSON", f"{name} ({form})", "ok" if face.described(element, text) else "failed")
            back = face.to_xml(element, text)
        except (Problem, ContractError) as problem:
            words = [str(f.detail) for f in getattr(problem, "findings", ())] or [str(problem)]
            yield Row("read and written", f"{name} ({form})", "failed", words[0])
            continue
        found = difference(etree.fromstring(raw), etree.fromstring(back), Aside.of(face.texts))
        yield Row("the same XML comes back", f"{name} ({form})", "failed" if found else "ok", found)
        if twin is None:
            continue
        theirs, ours = orjson.loads(twin.read_bytes()), _normal(orjson.loads(text))
        local = element.rpartition("}")[2]
        if isinstance(theirs, dict) and list(theirs) == [local] and not (isinstance(ours, dict) and local in ours):
            theirs = theirs[local]
        yield from _written(face, element, theirs, text, raw, f"{name} ({form})")
        theirs = _normal(theirs)
        if isinstance(theirs, list) and isinstance(ours, dict) and len(ours) == 1:
            ours = next(iter(ours.values()))
        yield Row(f"JSON is the {form} JSON", name, "ok" if ours == theirs else "failed", "" if ours == theirs else f"{ours} for {theirs}")


def _written(face: Face, element: str, theirs: Any, ours: bytes, raw: bytes, name: str) -> Iterator[Row]:
    """Their JSON gives their XML, where the two conventions differ in the name of `#text` only."""
    mine = _renamed(theirs)
    if mine != orjson.loads(ours):
        return
    found = difference(
        etree.fromstring(raw), etree.fromstring(face.to_xml(element, orjson.dumps(mine))), Aside.of(face.texts)
    )
    yield Row("their JSON gives their XML", name, "failed" if found else "ok", found)


def _renamed(value: Any) -> Any:
    if isinstance(value, list):
        return [_renamed(each) for each in value]
    if isinstance(value, dict):
        return {"$value" if key == "#text" else key: _renamed(each) for key, each in value.items()}
    return value


def _twin_names(file: Path, form: str) -> list[Path]:
    names = [f"{file.stem}-{form}.json"]
    if form == "compact":
        names += [f"{file.stem}.json", "result.json" if file.stem == "nestedValue" else f"{file.stem}Result.json"]
        names += ["input.json"] if file.stem == "output" else []
    return [file.parent / name for name in names]


def _normal(value: Any) -> Any:
    if isinstance(value, list):
        return [_normal(each) for each in value]
    if not isinstance(value, dict):
        return value
    made: dict[str, Any] = {}
    for key, each in value.items():
        if key in ("$mixed", "$items", "$any"):
            entries = [entry for entry in (each if isinstance(each, list) else [each]) if isinstance(entry, dict)]
            texts = [entry.strip() for entry in (each if isinstance(each, list) else []) if isinstance(entry, str)]
            for entry in entries:
                for name, inner in entry.items():
                    _add(made, _NAME.sub("", name), _normal(inner))
            if any(texts):
                made["#text"] = "".join(texts)
        else:
            made["#text" if key == "$value" else _NAME.sub("", key)] = _normal(each)
    return made["#text"] if list(made) == ["#text"] else made


def _add(made: dict[str, Any], name: str, value: Any) -> None:
    if name not in made:
        made[name] = value
    elif isinstance(made[name], list):
        made[name].append(value)
    else:
        made[name] = [made[name], value]


def refused(file: Path) -> list[Row]:
    """The row of one illegal twin."""
    name, check = f"{file.parent.name}/{file.name}", "illegal twin refused"
    for xsd in _schemas(file) if file.suffix == ".xml" else sorted(file.parent.glob("*.xsd")):
        face = Face([xsd])
        roots = [etree.parse(str(file)).getroot().tag] if file.suffix == ".xml" else list(face.bench.model.elements)
        for root in roots:
            try:
                if file.suffix == ".xml":
                    if root not in face.bench.model.elements:
                        continue
                    face.to_json(file.read_bytes())
                else:
                    face.to_xml(root, file.read_bytes())
            except Problem:
                continue
            return [_excused(Row(check, name, "failed", f"accepted as {root}"))]
    return [Row(check, name, "ok")]


def _excused(row: Row) -> Row:
    reason = excuse("frank-align", row.check, row.case) if row.end == "failed" else ""
    return Row(row.check, row.case, "excused", reason) if reason else row
