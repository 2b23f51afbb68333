"""Pages of the documentation that need foreign tools (Prometheus, HAProxy, kubectl) or an installation are done as they are written.

`sh tools` is run, `sh keep` is started and kept, `sh install` is run with the page's folders in the place of the host's, `sh install-serve`
is an installed gateway that serves, `sh host` is what only a host with systemd has: the commands of the shipped unit are run instead.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.house.test_docs import ELSEWHERE, PAGES, ROOT, _serve, behind, blocks, placed, ports
from tests.interop.conftest import lacking

__all__ = ["behind", "ports"]  # fixtures
pytestmark = pytest.mark.interop
READY = {"prometheus": ("9090", "/-/ready"), "haproxy": ("8404", "/"), "python": ("8093", "/portal?wsdl")}
TOOLED = [page for page in PAGES if any(how in ("tools", "keep") for _, how, _ in blocks(page))]
INSTALL = "docs/install.md"
# what systemd would do with the unit, as far as the commands that stand in it go
SYSTEMD = """
of() { sed -n "s/^$1=//p" "$UNITS/soapgw.service"; }
systemctl() {
  case "$1" in
    daemon-reload) test -s "$UNITS/soapgw.service" ;;
    enable) eval "$(of ExecStartPre)" && { $(of ExecStart) $PLACES >/dev/null 2>"$UNITS/log" & echo $! >"$UNITS/pid"; }
            for _ in $(seq 100); do grep -q '^ready ' "$UNITS/log" && return 0; sleep 0.2; done; cat "$UNITS/log"; return 1 ;;
    reload) MAINPID=$(cat "$UNITS/pid"); eval "$(of ExecReload)" ;;
    *) return 2 ;;
  esac
}
journalctl() { for _ in $(seq 50); do grep reload- "$UNITS/log" && return 0; sleep 0.2; done; return 1; }
"""


def moved(text: str, ports: dict[str, str]) -> str:
    """A text with the page's ports replaced."""
    for port, free in ports.items():
        text = re.sub(rf"\b{port}\b", free, text)
    return text


@pytest.fixture
def desk(tmp_path: Path, ports: dict[str, str]) -> Path:
    """Where a page's reader stands: the project's folders, deploy's files with this page's ports."""
    for name in ("config", "schemas", "docs"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "my.wsdl").symlink_to(ROOT / "schemas/netid/portal.wsdl")
    (tmp_path / "portal.xsd").symlink_to(ROOT / "schemas/netid/portal.xsd")
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    for name in ("prometheus/local.yml", "haproxy/haproxy.cfg"):
        file = tmp_path / "deploy" / name
        file.write_text(moved(file.read_text(), ports))
    return tmp_path


def said(script: str, folder: Path, environment: dict[str, str], seconds: float = 300) -> str:
    """What a script of a page said; it must succeed, with every HTTP answer a good one."""
    whole = 'set -eo pipefail\ncurl() { command curl --fail-with-body "$@"; }\n' + script
    done = subprocess.run(
        ["bash", "-c", whole], cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@contextmanager
def kept(command: str, ports: dict[str, str], folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """A foreign server, from when it answers until it is ended."""
    name = command.split()[0]
    if shutil.which(name, path=environment["PATH"]) is None:
        lacking(f"{name} is not installed (Debian: apt-get install {name})")
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(["bash", "-c", f"exec {command}"], cwd=folder, env=environment, stdout=log, stderr=log)
    port, path = READY[name]
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{ports[port]}{path}", timeout=5).read()
                break
            except OSError:
                assert process.poll() is None, (folder / f"{name}.log").read_text()
                time.sleep(0.1)
        else:
            raise AssertionError(f"{name} never answered")
        yield
    finally:
        process.kill()
        process.wait(10)


@contextmanager
def served(command: str, folder: Path, environment: dict[str, str]) -> Iterator[None]:
    process = _serve(command, folder, environment)
    try:
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(10)


@pytest.mark.parametrize("page", TOOLED)
@pytest.mark.usefixtures("behind")
def test_a_page_with_tools_is_done_as_written(page: str, ports: dict[str, str], desk: Path) -> None:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with ExitStack() as running:
        for language, how, text in blocks(page):
            if language != "sh" or how not in ("run", "serve", "tools", "keep"):
                continue
            text = moved(text, ports)
            if how == "keep":
                running.enter_context(kept(text.strip(), ports, desk, environment))
            elif how == "serve":
                running.enter_context(served(placed(text, ports), desk, environment))
            else:
                for line in text.splitlines():
                    name = line.split()[0]
                    if how == "tools" and name.startswith("kube") and not shutil.which(name, path=environment["PATH"]):
                        lacking(f"{name} is not installed")
                assert said(text, desk, environment) or how == "tools", text


@pytest.mark.usefixtures("behind")
def test_it_is_installed_and_run_as_written(ports: dict[str, str], desk: Path) -> None:
    """A wheel, a virtual environment from the lock, a configuration, the unit's own commands; then with the wheel's folder gone."""
    (desk / ".venv").symlink_to(Path(sys.executable).parent.parent)
    for name in ("pyproject.toml", "README.md", "LICENSE", "gateway", "requirements.lock"):
        (desk / name).symlink_to(ROOT / name)
    places = {"/opt/soapgw": str(desk / "opt"), "/etc/soapgw": str(desk / "etc"), "/etc/systemd/system": str(desk / "units")}
    (desk / "units").mkdir()
    address = f"--listen 127.0.0.1:{ports['8080']} --admin 127.0.0.1:{ports['9901']}"
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment |= {"UNITS": str(desk / "units"), "PLACES": address}

    def here(text: str) -> str:
        for place, folder in places.items():
            text = text.replace(place, folder)
        return moved(text, ports)

    seen = set()
    with ExitStack() as running:
        for language, how, text in blocks(INSTALL):
            assert language != "sh" or how in ELSEWHERE
            seen.add(how)
            if how == "install":
                assert said(here(text), desk, environment)
            elif how == "install-serve":
                running.enter_context(served(f"{here(text).strip()} {address}", desk, environment))
            elif how == "host":
                running.close()
                try:
                    first, *rest = here(text).splitlines()
                    said(first, desk, environment)
                    unit = desk / "units/soapgw.service"
                    unit.write_text(here(unit.read_text()))
                    for name in ("gateway", "dist"):  # the source is out of sight
                        (desk / name).rename(desk / f"{name}.away")
                    assert "reload-" in said("\n".join([SYSTEMD, *rest]), desk, environment)
                finally:
                    if (desk / "units/pid").exists():
                        os.kill(int((desk / "units/pid").read_text()), signal.SIGKILL)
    assert seen >= {"install", "install-serve", "host"}
