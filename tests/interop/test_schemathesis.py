"""Schemathesis reads the served OpenAPI and calls the gateway, valid and invalid data alike: it finds nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.interop

HERE = Path(__file__).parent
# Every route of both faces of the portal and of the Projector, in every phase. Wildcards are asked briefly (two of the
# contract's elements). To the end, the coverage phase of PUT of a task and of its actions is 12,552 cases as `known` of
# the hooks, 22,942 as `unknown`; of the documented face's save and execute 10,808 as `known`: none had a finding.
ALL = "examples,coverage,fuzzing,stateful"
CHOSEN = [
    ("netid", "^/(api|tasks|application)", ALL, "10"),
    ("netid", "^/(tasks|application)", "fuzzing", "40"),
    ("projector", "^/(projects|lock)", ALL, "10"),
    ("projector", "^/(projects|lock)", "fuzzing,stateful", "40"),
]


@pytest.mark.parametrize(("name", "paths", "phases", "count"), CHOSEN)
def test_finds_nothing(name: str, paths: str, phases: str, count: str, demos: dict[str, str], tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("schemathesis")
    command = [program, "--config-file", HERE / "schemathesis.toml", "run", f"{demos[name]}/openapi.json"]
    options = ["--include-path-regex", paths, "--max-examples", count, "--seed", "1", "--no-color"]
    chosen = ["--phases", phases, "--generation-database", "none"]
    told = {"SOAPGW_WILDCARDS": "brief", **os.environ}
    told |= {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(HERE)}
    done = subprocess.run(
        [*command, *options, *chosen], cwd=tmp_path, capture_output=True, text=True, timeout=900, check=False, env=told
    )
    assert done.returncode == 0, done.stdout[-6000:]
