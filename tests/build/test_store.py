"""gateway.build.store: what is beside the WSDL is used when it fits, and never otherwise."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.build.store import beside, find
from gateway.build.verdict import Judge
from gateway.build.workbench import Workbench
from gateway.schema.contract import Contract
from gateway.schema.ir import Settings
from gateway.schema.wsdl import load_wsdl

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("portal.wsdl", "portal.xsd"):
        shutil.copy(ROOT / "schemas/netid" / name, tmp_path / name)
    bench = Workbench(load_wsdl(tmp_path / "portal.wsdl"))
    assert not bench.warm
    bench.laid(Settings())
    (tmp_path / "portal.wsdl.compiled").write_bytes(bench.compiled())
    return tmp_path


def test_a_warm_workbench_is_the_cold_one(folder: Path) -> None:
    contract = load_wsdl(folder / "portal.wsdl")
    warm, cold = Workbench(contract), Workbench(contract, fresh=True)
    assert (warm.warm, cold.warm) == (True, False)
    assert dict(warm.model.types) == dict(cold.model.types)
    assert dict(warm.laid(Settings()).types) == dict(cold.laid(Settings()).types)
    assert list(Judge(warm).operations()) == list(Judge(cold).operations())


@pytest.mark.parametrize("file", ["portal.xsd", "portal.wsdl"])
def test_other_documents_are_read_anew(folder: Path, file: str) -> None:
    path = folder / file
    path.write_text(path.read_text().replace("</xs:schema>", "<!-- --></xs:schema>"))
    assert not Workbench(load_wsdl(folder / "portal.wsdl")).warm


@pytest.mark.parametrize("how", ["torn", "changed", "empty", "foreign", "another shape"])
def test_what_does_not_fit_is_as_good_as_none(folder: Path, how: str) -> None:
    path = folder / "portal.wsdl.compiled"
    raw = path.read_bytes()
    path.write_bytes(
        {
            "torn": raw[:-50],
            "changed": raw.replace(b"Task", b"Tusk"),
            "empty": b"",
            "foreign": b"\x80\x04cos\nsystem\n",
            "another shape": raw.replace(b'"shape":"', b'"shape":"0'),
        }[how]
    )
    contract = load_wsdl(folder / "portal.wsdl")
    assert find(contract) is None
    assert not Workbench(contract).warm


def test_a_contract_of_the_network_has_none() -> None:
    assert beside(Contract("https://h/a.wsdl")) is None
    assert find(Contract("https://h/a.wsdl")) is None
