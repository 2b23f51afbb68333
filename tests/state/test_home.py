"""The setting `state` names a home, and nothing else is one."""

from __future__ import annotations

import subprocess
import sys

from gateway.core.clock import SystemClock
from gateway.state.home import home
from gateway.state.memory import Memory


async def test_memory_and_servers():
    memory = home("memory", SystemClock())
    assert isinstance(memory, Memory)
    await memory.close()
    for url in ("redis://127.0.0.1:1/0", "rediss://127.0.0.1:1/0", "unix:///nowhere.sock"):
        server = home(url, SystemClock())
        assert type(server).__name__ == "Valkey"
        await server.close()


def test_the_client_of_a_server_is_imported_only_where_one_is_named():
    code = "import sys; from gateway.state import home; print('redis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
