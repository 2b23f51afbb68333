"""The wheel holds all that it needs: built, unpacked alone, and asked with the source out of sight."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.tree import ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the unpacked wheel and nothing else of ours."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    site = folder / "site"
    zipfile.ZipFile(wheel).extractall(site)
    return site


def gateway(installed: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """`gateway ARGUMENTS` with the unpacked wheel alone on the path, in a folder of its own."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-P", "-m", "gateway", *arguments]
    return subprocess.run(
        command, cwd=installed.parent, env=environment, input=stdin, capture_output=True, text=True, check=False
    )


def test_it_is_the_wheel_that_is_asked(installed: Path) -> None:
    code = "import gateway; print(gateway.__file__)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=installed.parent,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(str(installed))


def test_the_shipped_configurations_are_served_from_it(installed: Path) -> None:
    names = sorted(path.name for path in (ROOT / "config").glob("*.yaml"))
    code = (
        "import sys; from gateway.cli import run; sys.exit([run(['check', path]) for path in sys.argv[1:]] != [0] * %d)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code % len(names), *(f"gateway/_shipped/config/{name}" for name in names)],
        cwd=installed,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("ok: ") == len(names), done.stderr


def test_a_message_is_translated_by_it(installed: Path) -> None:
    config = str(installed / "gateway/_shipped/config/netid.yaml")
    asked = '{"SessionId": "", "Id": "1", "Count": "2"}'
    done = gateway(installed, "translate", config, "--route", "POST /api/task/release", "--to", "xml", stdin=asked)
    assert done.returncode == 0, done.stderr
    assert "ReleaseTask" in done.stdout


def test_the_docs_page_and_the_well_known_schemas_are_in_it(installed: Path) -> None:
    assert (installed / "gateway/docs_ui/index.html").is_file()
    assert (installed / "gateway/schema/wellknown/xml.xsd").is_file()
    assert (installed / "gateway/py.typed").is_file()
    assert json.loads(gateway(installed, "problems", "--json").stdout)
