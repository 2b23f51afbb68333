"""The law of the W3C XML Schema test suite: schema verdicts, and every instance as XML and as JSON.

A valid instance is read, its JSON accepted by the JSON Schema, written back, and is the same document (`same`); an
invalid one is refused as XML, and so is the JSON form that a relaxed model gives it.
"""

from __future__ import annotations

import random
import signal
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lxml import etree

from gateway.codec.closures import compile_element
from gateway.codec.json import dumps
from gateway.core.problem import Problem
from gateway.schema.errors import ContractError
from gateway.xml import parse

from .face import PLAIN, WIDE, Face
from .known import excuse, known
from .relaxed import relaxed
from .same import XSI, Aside, difference
from .score import Row

_TS: Final = "{http://www.w3.org/XML/2004/xml-schema-test-suite/}"
_HREF: Final = "{http://www.w3.org/1999/xlink}href"
SECONDS: Final = 120  # for one group


@dataclass(frozen=True, slots=True)
class Instance:
    """A document and its verdict."""

    name: str
    file: Path
    valid: bool
    disputed: bool


@dataclass(frozen=True, slots=True)
class Case:
    """A test group: schema documents, their verdict (None: not judged), the instances."""

    name: str
    schemas: tuple[Path, ...]
    valid: bool | None
    disputed: bool
    instances: tuple[Instance, ...]


def cases(folder: Path) -> list[Case]:
    """All groups that have a schema, in the suite's order."""
    found = []
    for meta in sorted(folder.glob("*Meta/*")):
        if meta.suffix in (".xml", ".testSet") and not meta.name.startswith("."):
            found += list(_groups(meta))
    return found


def _groups(meta: Path) -> Iterator[Case]:
    root = etree.parse(str(meta)).getroot()
    for group in root.iter(_TS + "testGroup"):
        test = group.find(_TS + "schemaTest")
        if test is None:
            continue
        schemas = tuple(_file(meta, each) for each in test.iter(_TS + "schemaDocument"))
        instances = tuple(
            Instance(str(each.get("name")), _file(meta, each.find(_TS + "instanceDocument")), bool(valid), _disputed(each))
            for each in group.iter(_TS + "instanceTest")
            if (valid := _verdict(each)) is not None
        )
        yield Case(f"{meta.stem}/{group.get('name')}", schemas, _verdict(test), _disputed(test), instances)


def _file(meta: Path, document: Any) -> Path:
    return (meta.parent / document.get(_HREF)).resolve()


def _verdict(test: Any) -> bool | None:
    for expected in test.iter(_TS + "expected"):
        if expected.get("version", "1.0").startswith("1.1"):
            continue
        return {"valid": True, "invalid": False}.get(expected.get("validity"))
    return None


def _disputed(test: Any) -> bool:
    current = test.find(_TS + "current")
    return current is not None and current.get("status") in ("queried", "disputed-test", "disputed-spec")


def sampled(found: list[Case], seed: int) -> list[Case]:
    """The groups in a seeded order, so that a run that ends early has seen some of everything."""
    random.Random(seed).shuffle(found)
    return found


def run(case: Case) -> list[Row]:
    """The rows of a group; a group that takes too long or crashes is one failed row."""
    try:
        signal.signal(signal.SIGALRM, _late)
        signal.alarm(SECONDS)
        return [_judged(row, case) for row in _run(case)]
    except TimeoutError:
        return [Row("no crash", case.name, "failed", f"over {SECONDS} s")]
    except Exception:
        last = traceback.format_exc().strip().splitlines()
        return [Row("no crash", case.name, "failed", f"{last[-1]} at {last[-3].strip() if len(last) > 2 else ''}")]
    finally:
        signal.alarm(0)


def _late(*_: object) -> None:
    raise TimeoutError


def _judged(row: Row, case: Case) -> Row:
    if row.end != "failed":
        return row
    disputed = case.disputed or any(i.disputed and row.case.endswith(f"/{i.name}") for i in case.instances)
    reason = "the suite says itself that this verdict is disputed" if disputed else excuse("xsts", row.check, row.case)
    if reason:
        return Row(row.check, row.case, "excused", reason)
    reason = known(row.check, row.case)
    return Row(row.check, row.case, "open", reason) if reason else row


def _run(case: Case) -> Iterator[Row]:
    schemas = [file for file in case.schemas if file.is_file()]
    if len(schemas) < len(case.schemas):
        yield Row("schema documents are there", case.name, "skipped", "a schema document is not in the archive")
        return
    check = {True: "valid schema accepted", False: "invalid schema refused"}.get(case.valid)  # type: ignore[call-overload]
    try:
        face = Face(schemas)
        for name in face.bench.laid(PLAIN).elements:
            face.bench.body(name, PLAIN)
    except ContractError as error:
        if check:
            yield Row(check, case.name, "failed" if case.valid else "ok", str(error).partition(": ")[2] or str(error))
        return
    if check:
        yield Row(check, case.name, "ok" if case.valid else "failed", "" if case.valid else "accepted")
    if case.valid is False:
        return
    aside = Aside.of(face.texts)
    for instance in case.instances:
        yield from _instance(face, aside, instance, f"{case.name}/{instance.name}")


def _instance(face: Face, aside: Aside, instance: Instance, name: str) -> Iterator[Row]:
    check = "valid XML read" if instance.valid else "invalid XML refused"
    if not instance.file.is_file():
        yield Row(check, name, "skipped", "the document is not in the archive")
        return
    raw = instance.file.read_bytes()
    try:
        root = parse(raw, WIDE, response=True)
    except Problem as problem:
        if not instance.valid:
            yield Row(check, name, "ok")
            return
        yield Row(check, name, "skipped", f"refused before any schema, by policy: {problem.kind.slug}")
        return
    if root.tag not in face.bench.model.elements:
        end = "skipped" if instance.valid else "ok"
        yield Row(check, name, end, "the root is no global element: the product serves none such")  # type: ignore[arg-type]
        return
    if instance.valid:
        yield from _valid(face, aside, raw, name)
    else:
        yield from _invalid(face, root, raw, name)


def _valid(face: Face, aside: Aside, raw: bytes, name: str) -> Iterator[Row]:
    try:
        element, text = face.to_json(raw)
    except Problem as problem:
        hinted = _hinted(face, raw)
        end, words = ("skipped", "needs a schema that only a hint in it names") if hinted else ("failed", _why(problem))
        yield Row("valid XML read", name, end, words)  # type: ignore[arg-type]
        return
    yield Row("valid XML read", name, "ok")
    described = face.described(element, text)
    yield Row("JSON Schema accepts its JSON", name, "ok" if described else "failed", "" if described else _schema(face, element, text))
    try:
        written = face.to_xml(element, text)
    except Problem as problem:
        yield Row("the same XML comes back", name, "failed", f"not written: {_why(problem)}")
        return
    found = difference(etree.fromstring(raw, _PARSER), etree.fromstring(written, _PARSER), aside)
    yield Row("the same XML comes back", name, "failed" if found else "ok", found)
    again = face.to_json(written)[1]
    yield Row("the same JSON comes back", name, "ok" if again == text else "failed", "" if again == text else f"{again[:60]!r} for {text[:60]!r}")


_PARSER: Final = etree.XMLParser(resolve_entities=False, huge_tree=True, no_network=True)


def _invalid(face: Face, root: Any, raw: bytes, name: str) -> Iterator[Row]:
    try:
        face.to_json(raw)
        yield Row("invalid XML refused", name, "failed", "accepted")
    except Problem:
        yield Row("invalid XML refused", name, "ok")
    try:
        loose = compile_element(relaxed(face.bench.laid(PLAIN)), root.tag, PLAIN)
        text = dumps(loose.decode(root))
    except Problem:
        return  # wrong in a way that has no JSON form: an unknown element, letters for a number
    try:
        written = face.to_xml(root.tag, text)
    except Problem:
        yield Row("its JSON form refused", name, "ok")
        return
    mended = any(key.startswith(f"{{{XSI}}}") for node in root.iter() for key in node.attrib)
    reason = "xsi attributes that say nothing in JSON" if mended else f"accepted: {text[:80]!r} as {written[-80:]!r}"
    yield Row("its JSON form refused", name, "skipped" if mended else "failed", reason)


def _hinted(face: Face, raw: bytes) -> bool:
    """Whether a message names a schema of a namespace that the set does not have: hints are not followed."""
    ours = {(name[1:].partition("}")[0] if name.startswith("{") else "") for name in face.bench.model.elements}
    root = etree.fromstring(raw, _PARSER)
    told = " ".join(node.get(f"{{{XSI}}}schemaLocation", "") for node in root.iter(etree.Element)).split()[::2]
    return bool(set(told) - ours)


def _why(problem: Problem) -> str:
    first = problem.findings[0] if problem.findings else None
    return f"{first.detail} (expected {first.expected})" if first else f"{problem.kind.slug}: {problem.detail}"


def _schema(face: Face, element: str, text: bytes) -> str:
    door = face.door(element)
    for error in door.schema.iter_errors(door.parse(text)):  # type: ignore[union-attr]
        return f"{'/'.join(map(str, error.instance_path))}: {error.message[:200]}"
    return "refused"
