"""gateway.schema.vendor: the folder is the contract again, and names nothing outside itself."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from gateway.schema.contract import Contract, Document
from gateway.schema.vendor import MANIFEST, entry_of, vendored
from gateway.schema.wsdl import load_wsdl

HERE = Path(__file__).parent / "wsdl"


def written(contract: Contract, folder: Path) -> Path:
    folder.mkdir()
    for name, raw in vendored(contract).items():
        (folder / name).write_bytes(raw)
    return folder / entry_of(contract)


@pytest.mark.parametrize("path", sorted(str(p.relative_to(HERE)) for p in HERE.rglob("*.wsdl")))
def test_the_folder_is_the_same_contract(path: str, tmp_path: Path) -> None:
    contract = load_wsdl(HERE / path, root=HERE)
    again = load_wsdl(written(contract, tmp_path / "c"), root=tmp_path / "c")
    assert [(s.name, p.name, o.name) for s, p, o in again.bound()] == [(s.name, p.name, o.name) for s, p, o in contract.bound()]
    assert len(again.sources) == len(contract.sources)


def test_the_manifest_has_the_hash_of_every_file(tmp_path: Path) -> None:
    contract = load_wsdl(HERE / "split/service.wsdl" if (HERE / "split/service.wsdl").exists() else next(HERE.glob("split/*.wsdl")))
    files = vendored(contract)
    manifest = json.loads(files.pop(MANIFEST))
    assert {each["file"]: each["sha256"] for each in manifest["documents"]} == {
        name: hashlib.sha256(raw).hexdigest() for name, raw in files.items()
    }


def test_names_are_flat_safe_and_differ_on_any_file_system() -> None:
    urls = ["http://h/a/Port.svc?wsdl", "http://h/b/port.svc?wsdl", "http://h/x?xsd=xsd0", "http://h/%2e%2e/..%2fetc", "manifest.json"]
    documents = tuple(
        Document(url, b"<a/>", "xsd", "fetched" if at else "file") for at, url in enumerate(urls)
    )
    names = [name for name in vendored(Contract(urls[0], documents=documents)) if name != MANIFEST]
    assert names[:3] == ["Port.xsd", "port-2.xsd", "x-xsd-xsd0.xsd"]
    assert all("/" not in name and not name.startswith(".") for name in names)
    assert len({name.lower() for name in names}) == len(urls)


def test_a_document_that_is_named_twice_is_found_both_times(tmp_path: Path) -> None:
    schema = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t">{}</xs:schema>'
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.xsd").write_text(schema.format('<xs:include schemaLocation="b.xsd"/><xs:element name="e" type="xs:int"/>'))
    (tmp_path / "in/b.xsd").write_text(schema.format('<xs:include schemaLocation="../in/a.xsd"/>'))
    from gateway.schema.wsdl import load_xsd

    contract = load_xsd([tmp_path / "in/a.xsd"])
    folder = written(contract, tmp_path / "out").parent
    assert b'schemaLocation="a.xsd"' in (folder / "b.xsd").read_bytes()
    assert len(load_xsd([folder / "a.xsd"]).documents) == 2
