"""JAX-WS RI and Apache CXF with MTOM, as services and as callers: bytes come back turned, as parts and as base64."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.interop.conftest import lacking
from tests.interop.stages import JVM, Lacking, Stack, Stage, built, class_path, run
from tests.wire.conftest import gateway_of, in_thread

pytestmark = pytest.mark.interop
SOURCE = Path(__file__).parent / "mtom" / "Files.java"
PROVIDERS = ("jaxws", "cxf")
PATHS = ("files11", "files12")
SERVICES = {"swa": "Swa"}
SMALL, LARGE = bytes(range(90)), bytes(range(256)) * 200


def _classes(path: str) -> str:
    def make(folder: Path) -> None:
        run("javac", "-nowarn", "-encoding", "UTF-8", "-cp", path, "-d", folder, SOURCE)

    return f"{built('mtom-files', [SOURCE], make)}:{path}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str, str], tuple[str, str]]]:
    """(provider, path, lines of the upstream) -> the gateway's address before it, and its class path."""
    stage = Stage(tmp_path_factory.mktemp("mtom"), lambda _: None)
    bases: dict[str, str] = {}
    with ExitStack() as opened:
        opened.callback(stage.stop)

        def gateway(provider: str, path: str, more: str = "") -> tuple[str, str]:
            try:
                classes = _classes(class_path(provider))
            except Lacking as missing:
                lacking(f"{provider}: {missing}")
            if provider not in bases:
                words = ("java", *JVM, "-Dsun.net.httpserver.nodelay=true", "-cp", classes, "files.Files", "serve")
                more_ = tuple(SERVICES) if provider == "jaxws" else ()  # CXF fetches swaref.xsd to publish one
                stack = Stack(provider, provider, lambda _, port: ((*words, str(port), *more_), {}), (*PATHS, *more_))
                bases[provider] = stage._start(stack)
            address = f"{bases[provider]}/{path}"
            folder = tmp_path_factory.mktemp("contract")
            run(sys.executable, "-m", "gateway", "import", f"{address}?wsdl", "-o", folder)
            wsdl = re.findall(r"wsdl: (\S+)", (folder / "gateway.yaml").read_text(encoding="utf-8"))[0]
            config = f"services: {{files: {{wsdl: {wsdl}, upstream: {{url: '{address}'{more}}}}}}}\nlimits: large"
            made = opened.enter_context(in_thread(lambda: gateway_of(config, folder)))
            return f"http://{made.addresses['data']}/{SERVICES.get(path, 'Files')}", classes

        yield gateway


def _call(address: str, operation: str, value: bytes) -> dict[str, str]:
    body = json.dumps({"bytes": base64.b64encode(value).decode()}).encode()
    request = urllib.request.Request(f"{address}/{operation}", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return dict(json.loads(answer.read()))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(("more", "kind"), [(", mtom: 100", "multipart/related"), (", mtom: false", "")], ids=["mtom", "plain"])
def test_a_service_takes_and_gives_files(
    served: Callable[..., tuple[str, str]], provider: str, path: str, more: str, kind: str
) -> None:
    address, _ = served(provider, path, more)
    for value in (SMALL, LARGE, b""):
        assert base64.b64decode(_call(address, "Turn", value).get("bytes", "")) == value[::-1]
    plain = "text/xml" if path == "files11" else "application/soap+xml"
    assert _call(address, "How", LARGE) == {"kind": f"{kind or plain} {len(LARGE)}"}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_caller_with_mtom_and_one_without(served: Callable[..., tuple[str, str]], provider: str, path: str) -> None:
    address, classes = served(provider, path, ", mtom: 100")
    for mtom in ("true", "false"):
        words = ("java", *JVM, "-cp", classes, "files.Files", "call", f"{address}?wsdl", address, "50000", mtom)
        done = subprocess.run(words, check=False, capture_output=True, encoding="utf-8", timeout=120)
        assert done.stdout.strip().splitlines()[-1:] == ["true multipart/related 50000"], done.stderr[-3000:]


def test_attachments_that_a_message_refers_to(served: Callable[..., tuple[str, str]]) -> None:
    """swaRef, WS-I Attachments Profile 1.0 §4.4: JAX-WS RI's service from JSON, and its client through the gateway."""
    address, classes = served("jaxws", "swa")
    for value in (SMALL, LARGE):
        assert base64.b64decode(_call(address, "Refer", value)["bytes"]) == value[::-1]
    words = ("java", *JVM, "-cp", classes, "files.Files", "refer", f"{address}?wsdl", address, "50000")
    done = subprocess.run(words, check=False, capture_output=True, encoding="utf-8", timeout=120)
    assert done.stdout.strip().splitlines()[-1:] == ["true"], done.stderr[-3000:]
