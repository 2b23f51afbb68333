"""gateway.__main__: `python -m gateway` ends with the command line's exit code."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.house.tree import ROOT


def test_the_exit_code_is_the_command_lines() -> None:
    for arguments, code in [(["--version"], 0), ([], 2), (["check", "gone.yaml"], 1)]:
        done = subprocess.run(
            [sys.executable, "-m", "gateway", *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux' /dev/full")
def test_a_full_disk_for_the_log_neither_stops_the_start_nor_a_request() -> None:
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        data, admin = (f"127.0.0.1:{each.getsockname()[1]}" for each in (one, other))
    wsdl, behind = str(ROOT / "schemas/netid/portal.wsdl"), "http://127.0.0.1:1/"
    serve = ["serve", "--wsdl", wsdl, "--upstream", behind, "--listen", data, "--admin", admin]
    with open("/dev/full", "w") as full:
        process = subprocess.Popen([sys.executable, "-m", "gateway", *serve], stderr=full, stdout=full)
    try:
        for _ in range(300):
            assert process.poll() is None
            try:
                urllib.request.urlopen(f"http://{admin}/readyz", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        asked = urllib.request.Request(f"http://{data}/Portal/GetVersion", b'{"x": 1}')
        asked.add_header("content-type", "application/json")
        for _ in range(3):
            with pytest.raises(urllib.error.HTTPError, match="422"):
                urllib.request.urlopen(asked, timeout=10)
        page = urllib.request.urlopen(f"http://{admin}/metrics", timeout=10).read().decode()
        assert "soapgw_log_lines_dropped 3.0" in page
        drain = urllib.request.Request(f"http://{admin}/drain", method="POST")  # else its end waits for balancers
        assert urllib.request.urlopen(drain, timeout=10).read() == b"drained\n"
        process.terminate()
        assert process.wait(30) == 0
    finally:
        process.kill()
