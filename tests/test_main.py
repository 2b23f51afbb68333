"""gateway.__main__: `python -m gateway` ends with the command line's exit code."""

from __future__ import annotations

import subprocess
import sys


def test_the_exit_code_is_the_command_lines() -> None:
    for arguments, code in [(["--version"], 0), ([], 2), (["check", "gone.yaml"], 1)]:
        done = subprocess.run(
            [sys.executable, "-m", "gateway", *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stderr
