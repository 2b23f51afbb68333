from __future__ import annotations

import asyncio
import base64
import io
import json
import os
from pathlib import Path

import pytest

from gateway.build.book import build
from gateway.build.endings import Endings
from gateway.build.keyring import keyring, watch
from gateway.observe.log import Log
from gateway.observe.metrics import Metrics
from gateway.settings import parse
from gateway.settings.mistakes import Refused
from gateway.testing import FakeClock

ROOT = Path(__file__).resolve().parents[2]
CONFIG = """
keyring:
%s
services:
  portal: {wsdl: %s/schemas/netid/portal.wsdl}
"""


def built(keys: str, base: Path):
    return build(parse(CONFIG % (keys, ROOT), base=base, env={}))


def secret(path: Path, text: bytes) -> None:
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_bytes(base64.b64encode(text * 32))
    os.replace(new, path)


def test_relative_paths_start_at_the_configuration(tmp_path):
    secret(tmp_path / "a.key", b"a")
    assert keyring(built("  a: {secret: a.key}", tmp_path), FakeClock()).get("a").symmetric == b"a" * 32


def test_every_mistake_has_its_place(tmp_path):
    keys = "  a: {secret: a.key}\n  b: {pem: x, jwk: y}\n  c: {colour: red}"
    with pytest.raises(Refused) as caught:
        keyring(built(keys, tmp_path), FakeClock())
    told = [(mistake.line, mistake.setting) for mistake in caught.value.mistakes]
    assert [line for line, _ in told] == [3, 4, 5] or {line for line, _ in told} == {3, 4, 5}


async def test_changes_are_taken_and_told(tmp_path):
    secret(tmp_path / "a.key", b"a")
    keys = keyring(built("  a: {secret: a.key}", tmp_path), FakeClock())
    out = io.StringIO()
    task = asyncio.create_task(watch(keys, Log(out, "info"), Metrics("0"), FakeClock(), Endings({}), every=0.01))
    secret(tmp_path / "a.key", b"b")
    for _ in range(300):
        await asyncio.sleep(0.01)
        if keys.get("a").symmetric == b"b" * 32 and out.getvalue():
            break
    (tmp_path / "a.key").unlink()
    for _ in range(300):
        await asyncio.sleep(0.01)
        if "key-refused" in out.getvalue():
            break
    task.cancel()
    events = [json.loads(line)["event"] for line in out.getvalue().splitlines()]
    assert events[0] == "key-changed"
    assert "key-refused" in events
    assert keys.get("a").symmetric == b"b" * 32


async def test_a_set_by_url_is_fetched_from_the_host_that_is_named(tmp_path):
    """Through the one fetcher: a redirect to another host is not followed, an answer counts at once."""
    import http.server
    import threading

    from joserfc.jwk import ECKey

    key = ECKey.generate_key("P-256", {"kid": "a"}, private=True)
    seen = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            if self.path == "/away":
                self.send_response(302)
                self.send_header("location", "http://169.254.169.254/latest")
                self.end_headers()
                return
            body = json.dumps({"keys": [key.as_dict(private=False)]}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        keys = keyring(built(f'  good: {{url: "{base}/jwks"}}\n  bad: {{url: "{base}/away"}}', tmp_path), FakeClock())
        changed, refused = await asyncio.to_thread(keys.poll)
    finally:
        server.shutdown()
        server.server_close()
    assert changed == ["good.a"]
    assert seen == ["/jwks", "/away"]
    assert len(refused) == 1
    assert "redirects to another host" in refused[0]
