"""Documentation is a test: every command in README, CONTRIBUTING and docs/ is run, or is a target that .ci/run runs.

A fenced block says how: `sh run` is run line by line as it stands (and must succeed), `sh serve` is started and kept
for the blocks after it, `sh refused` ends with 1, `sh ci` holds commands that `.ci/run` runs; the rest need foreign tools or an
installation, and are run in order with the others of their page by tests/interop/test_pages.py. What a block that is
called `told` shows stands in the output of the one before it, but for white space and what `…` leaves out. A page has its own folder with `my.wsdl` in it, the
project's `config` and `schemas`, and a reference portal and order service behind; its ports are replaced by free ones.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.demo import orders, portal
from tests.house.tree import ROOT

BLOCK = re.compile(r"^```(\S*)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
)
PORTS = ("8080", "9901", "8090", "8092", "8081", "9902", "8093", "8000", "8404", "9090")
HERE = ("run", "serve", "refused", "ci")
ELSEWHERE = ("tools", "keep", "install", "install-serve", "host")


def blocks(page: str) -> list[tuple[str, str, str]]:
    """(language, how, text) of each fenced block."""
    return [(found[1], found[2] or "", found[3]) for found in BLOCK.finditer((ROOT / page).read_text("utf-8"))]


@pytest.mark.parametrize("page", PAGES)
def test_every_shell_block_says_how_it_is_run(page: str) -> None:
    for language, how, text in blocks(page):
        if language in ("sh", "bash", "shell", "console"):
            assert language == "sh", text
            assert how in HERE + ELSEWHERE, text


def test_what_ci_runs_is_run_by_ci() -> None:
    script = (ROOT / ".ci/run").read_text() + "\n.ci/run\nmake demo\n"
    for page in PAGES:
        for language, how, text in blocks(page):
            if (language, how) == ("sh", "ci"):
                for line in text.splitlines():
                    assert line in script, f"{page}: {line}"


@pytest.fixture
def ports() -> dict[str, str]:
    """A free port for each that the pages name."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in PORTS]
    found = {port: str(each.getsockname()[1]) for port, each in zip(PORTS, held, strict=True)}
    for each in held:
        each.close()
    return found


@pytest.fixture
def behind(ports: dict[str, str]) -> Iterator[None]:
    """The reference portal at the pages' third port, the order service at the fourth."""
    loop = asyncio.new_event_loop()
    running = loop.run_until_complete(portal.start("127.0.0.1", int(ports["8090"])))
    shop = loop.run_until_complete(orders.start("127.0.0.1", int(ports["8092"])))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield
    for each in (running, shop):
        asyncio.run_coroutine_threadsafe(each.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a page's reader stands."""
    for name in ("config", "schemas", "docs", "deploy"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "my.wsdl").symlink_to(ROOT / "schemas/netid/portal.wsdl")
    return tmp_path


@pytest.mark.parametrize("page", [page for page in PAGES if any(how in ("run", "serve") for _, how, _ in blocks(page))])
@pytest.mark.usefixtures("behind")
def test_the_commands_of_a_page_work_in_order(page: str, ports: dict[str, str], folder: Path) -> None:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment["ORDERS"] = f"http://127.0.0.1:{ports['8092']}"
    serving: list[subprocess.Popen[bytes]] = []
    said = b""
    try:
        for language, how, text in blocks(page):
            if how == "told":
                assert _shows(text, said.decode()), f"{page}:\n{text}\nbut it said:\n{said.decode()}"
            if language != "sh" or how not in ("run", "serve", "refused"):
                continue
            for port, free in ports.items():
                text = re.sub(rf"\b{port}\b", free, text)
            if how == "serve":
                serving.append(_serve(placed(text, ports), folder, environment))
                continue
            script = 'set -eo pipefail\ncurl() { command curl --fail-with-body "$@"; }\n' + text
            done = subprocess.run(
                ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, timeout=120, check=False
            )
            assert done.returncode == (how == "refused"), (
                f"{page}:\n{text}\n{done.stdout.decode()}\n{done.stderr.decode()}"
            )
            said = done.stdout + done.stderr
            assert said, f"{page}: said nothing:\n{text}"
    finally:
        for process in serving:
            process.send_signal(signal.SIGKILL)
            process.wait(10)


def _shows(shown: str, said: str) -> bool:
    """Whether what is shown stands in what was said, its pieces between `…` in order; white space says nothing."""
    rest = "".join(said.split())
    for piece in filter(None, "".join(shown.split()).split("…")):
        _, found, rest = rest.partition(piece)
        if not found:
            return False
    return True


@pytest.mark.parametrize(
    ("shown", "whether"), [("a …c", True), ("a b", True), ("b … a", False), ("", True), ("d", False)]
)
def test_what_is_shown_is_looked_for(shown: str, whether: bool) -> None:
    assert _shows(shown, "a b\n c") is whether


def placed(command: str, ports: dict[str, str]) -> str:
    """A command that serves, at the page's ports where it names none."""
    if "--listen" in command:
        return command.strip()
    return f"{command.strip()} --listen 127.0.0.1:{ports['8080']} --admin 127.0.0.1:{ports['9901']}"


def _serve(command: str, folder: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start what serves; back when it is ready."""
    process = subprocess.Popen(["bash", "-c", f"exec {command}"], cwd=folder, env=environment, stderr=subprocess.PIPE)
    assert process.stderr is not None
    words = b""
    for line in process.stderr:
        words += line
        if line.startswith(b"ready "):
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return process
    raise AssertionError(f"{command}: {words.decode()}")


@pytest.mark.parametrize("page", PAGES)
def test_links_into_the_project_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    here = (ROOT / page).parent
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        if "://" not in target:
            assert (here / target).exists(), f"{page}: {target}"


def test_the_architecture_names_every_room_and_every_layer() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    rooms = [path.name for path in (ROOT / "gateway").iterdir() if path.is_dir() and not path.name.startswith("_")]
    assert [name for name in rooms if f"  {name}/" not in text and f", {name}/" not in text] == []
    layers = [path.stem for path in (ROOT / "gateway/layers").glob("*.py") if path.stem != "__init__"]
    assert [name for name in layers if f"`{name}`" not in text] == []


def test_what_contributing_says_of_drawn_pages_holds() -> None:
    """Each command draws what stands there; each with its own interpreter is what a reader does."""
    rows = re.findall(
        r"^  \| `([^|]+)` \| `\.venv/bin/python -m (\S+)(?: > \S+| \S+)?` \|$",
        (ROOT / "CONTRIBUTING.md").read_text(),
        re.M,
    )
    assert len(rows) == 4
    for names, module in rows:
        assert all((ROOT / name).is_file() for name in names.split("`, `")), names
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), module
