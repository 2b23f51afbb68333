"""gateway.commands.compiling: the file is written whole, used by the commands, and made anew when asked for again."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from gateway.build.book import build
from gateway.commands.contract import of_wsdl

from .conftest import ROOT, Call


@pytest.fixture
def wsdl(tmp_path: Path) -> str:
    for name in ("portal.wsdl", "portal.xsd"):
        shutil.copy(ROOT / "schemas/netid" / name, tmp_path / name)
    return str(tmp_path / "portal.wsdl")


def test_a_compiled_contract_is_used(call: Call, wsdl: str) -> None:
    done = call("compile", "--wsdl", wsdl)
    assert done.code == 0, done.err
    assert f"wrote {wsdl}.compiled" in done.err
    assert sorted(p.name for p in Path(wsdl).parent.iterdir()) == ["portal.wsdl", "portal.wsdl.compiled", "portal.xsd"]
    warm = call("translate", "--wsdl", wsdl, "--operation", "GetVersion", stdin="{}")
    assert (warm.code, build(of_wsdl(wsdl)).services[0].bench.warm) == (0, True)
    Path(wsdl + ".compiled").unlink()
    cold = call("translate", "--wsdl", wsdl, "--operation", "GetVersion", stdin="{}")
    assert cold.out == warm.out
    assert build(of_wsdl(wsdl)).services[0].bench.warm is False


def test_it_is_made_from_the_documents_again(call: Call, wsdl: str) -> None:
    call("compile", "--wsdl", wsdl)
    first = Path(wsdl + ".compiled").read_bytes()
    Path(wsdl + ".compiled").write_bytes(b"{}")
    assert call("compile", "--wsdl", wsdl).code == 0
    assert Path(wsdl + ".compiled").read_bytes() == first


def test_every_mapping_of_a_configuration_is_compiled(call: Call, tmp_path: Path, wsdl: str) -> None:
    config = tmp_path / "c.yaml"
    config.write_text("services:\n  a:\n    wsdl: portal.wsdl\n    mapping: {scalars: string, empties: null}\n")
    assert call("compile", str(config)).code == 0
    from gateway.build.store import find
    from gateway.schema.wsdl import load_wsdl

    found = find(load_wsdl(wsdl))
    assert found is not None
    assert {settings.scalars for settings in found.layouts} == {"typed", "string"}


def test_a_refused_contract_leaves_nothing(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "x.wsdl"
    path.write_text("<a/>")
    assert call("compile", "--wsdl", str(path)).code == 1
    assert [p.name for p in tmp_path.iterdir()] == ["x.wsdl"]


def test_a_warm_start_needs_no_schema_processor(wsdl: str, call: Call) -> None:
    call("compile", "--wsdl", wsdl)
    import subprocess

    code = (
        "import sys; from gateway.build.book import build; from gateway.commands.contract import of_wsdl;"
        f"build(of_wsdl({wsdl!r})); sys.exit('xmlschema' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
