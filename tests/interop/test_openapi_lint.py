"""Redocly's linter reads the OpenAPI of what `config/` serves: no error, and of warnings only those that are known."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.interop.conftest import ROOT, lacking

pytestmark = pytest.mark.interop
LINTER = "@redocly/cli@2"
# A rule between members says `required` beside their properties; a gateway has no licence to give to a contract; a type
# may be written out at each of its uses; a rule of 3.1 that 3.0.3 cannot say may leave two forms alike.
KNOWN = {
    "no-required-schema-properties-undefined", "info-license", "no-unused-components", "no-illogical-composition-keywords",
}  # fmt: skip


@pytest.mark.parametrize("version", ["3.1", "3.0"])
@pytest.mark.parametrize("name", ["netid", "projector", "json-to-soap", "json-to-json", "openapi-to-soap"])
def test_the_linter_finds_no_error(name: str, version: str, tmp_path: Path) -> None:
    if shutil.which("npx") is None:
        lacking("npx is missing")
    text = subprocess.run(
        [sys.executable, "-m", "gateway", "openapi", "--openapi", version, f"config/{name}.yaml"],
        cwd=ROOT, capture_output=True, check=True
    ).stdout
    (tmp_path / "openapi.json").write_bytes(text)
    done = subprocess.run(
        ["npx", "--yes", LINTER, "lint", "openapi.json", "--format=json", "--max-problems=1000"],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    try:
        problems = json.loads(done.stdout)["problems"]
    except (ValueError, KeyError):
        lacking(f"npx cannot run {LINTER}: {done.stderr[-500:]}")
    assert not [each["message"] for each in problems if each["severity"] == "error"]
    assert {each["ruleId"] for each in problems} <= KNOWN
    assert done.returncode == 0
