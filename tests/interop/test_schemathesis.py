"""Schemathesis reads the served OpenAPI and calls the gateway, valid and invalid data alike: it finds nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.interop

HERE = Path(__file__).parent
# Both faces of the portal, the Projector's resources. Of the two routes whose body is a whole task (PUT of one, its actions) the
# coverage phase makes more than 110,000 cases, every member's wrong forms crossed: these have examples and fuzzing. The
# phase takes an `If-Match: 0` for a tag where the field is optional.
CHOSEN = [
    ("netid", "^/api/(task/(create|get|cancel)|object/get)$", "examples,coverage,fuzzing", "10"),
    ("netid", "^/(tasks|application)", "examples,fuzzing", "40"),
    ("netid", "^/(tasks/{id}/hold|application|tasks)$", "coverage,stateful", "10"),
    ("projector", "^/(projects|lock)", "examples,fuzzing,stateful", "40"),
    ("projector", "^/(projects/{code}(/task-types/{uid})?$|lock)", "coverage", "10"),
]


@pytest.mark.parametrize(("name", "paths", "phases", "count"), CHOSEN)
def test_finds_nothing(name: str, paths: str, phases: str, count: str, demos: dict[str, str], tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("schemathesis")
    command = [program, "--config-file", HERE / "schemathesis.toml", "run", f"{demos[name]}/openapi.json"]
    options = ["--include-path-regex", paths, "--max-examples", count, "--seed", "1", "--no-color"]
    chosen = ["--phases", phases, "--generation-database", "none"]
    done = subprocess.run(
        [*command, *options, *chosen], cwd=tmp_path, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:]
