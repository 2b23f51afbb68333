"""Each folder of `wsdl`: contract.wsdl is what verdict.txt says, as `gateway import` prints it; refused ones are, with their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.build.verdict import Judge
from gateway.build.workbench import Workbench
from gateway.commands.verdict_report import report, text
from gateway.schema.errors import ContractError
from gateway.schema.wsdl import load_wsdl

CASES = Path(__file__).parent / "wsdl"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())


def verdict(location: Path) -> str:
    """The report, or the refusal, with file names that do not depend on the folder."""
    try:
        bench = Workbench(load_wsdl(location), fresh=True)
        found = text(report(bench.contract, list(Judge(bench).operations())))
    except ContractError as refused:
        found = f"refused: {refused}"
    for folder in (str(location.parent), str(location.parent.relative_to(Path.cwd()))):
        found = found.replace(f"{folder}/", "")
    return found + "\n"


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])


@pytest.mark.parametrize("name", NAMES)
def test_the_verdict_is_the_golden_one(name: str) -> None:
    expected = (CASES / name / "verdict.txt").read_text(encoding="utf-8")
    assert verdict(CASES / name / "contract.wsdl") == expected
    whole = name.startswith("refused-") and name not in ("refused-operations", "refused-operation")
    assert expected.startswith("refused: ") == whole
    assert "does not come back" not in expected
