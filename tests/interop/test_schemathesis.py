"""Schemathesis reads the served OpenAPI and calls the gateway, valid and invalid data alike: it finds nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.interop

HERE = Path(__file__).parent
CHOSEN = {"netid": ["^/api/(task/(create|get|cancel)|object/get)$", "^/(tasks|application)"]}  # both faces


@pytest.mark.parametrize(("name", "paths"), [(name, paths) for name, faces in CHOSEN.items() for paths in faces])
def test_finds_nothing(name: str, paths: str, demos: dict[str, str], tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("schemathesis")
    command = [program, "--config-file", HERE / "schemathesis.toml", "run", f"{demos[name]}/openapi.json"]
    options = ["--include-path-regex", paths, "--max-examples", "10", "--seed", "1", "--no-color"]
    phases = ["--phases", "examples,coverage,fuzzing", "--generation-database", "none"]
    done = subprocess.run(
        [*command, *options, *phases], cwd=tmp_path, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:]
