"""A process that has been made so leaves no core and is nobody's to read, whatever its limits were before."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import ctypes, os, resource, signal, sys
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
if sys.argv[1] == "on":
    from gateway.core.undumpable import undumpable
    undumpable()
    undumpable()
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE)[0], flush=True)
os.kill(os.getpid(), signal.SIGABRT)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_a_dying_process_leaves_no_core(tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    done = subprocess.run([sys.executable, "-c", CODE, "on"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["0", "0"]
    assert done.returncode == -6
    assert set(tmp_path.iterdir()) == before


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_the_test_can_fail(tmp_path: Path) -> None:
    """Without it the flag is 1: what is asserted above is its doing."""
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    done = subprocess.run([sys.executable, "-c", CODE.replace("os.kill", "#"), "off"], cwd=tmp_path, capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert done.stdout.split() == ["1", str(hard)]
