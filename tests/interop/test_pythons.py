"""Wheel and sdist on each CPython that is here, from 3.11 to 3.13: installed from the lock, the source out of sight, and serving."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.house.test_docs import _serve
from tests.interop.conftest import ROOT, _free

pytestmark = pytest.mark.interop
VERSIONS = ("3.11", "3.12", "3.13")


def interpreter(version: str) -> str | None:
    """A working CPython of this version: on the path, or one of pyenv's or uv's."""
    homes = [Path.home() / ".pyenv/versions", Path.home() / ".local/share/uv/python"]
    names = [shutil.which(f"python{version}")]
    names += [str(each) for home in homes for each in sorted(home.glob(f"*{version}*/bin/python{version}"))]
    for name in filter(None, names):
        done = subprocess.run([name, "-c", "import ssl, venv; print(1)"], capture_output=True, check=False)
        if done.returncode == 0:
            return name
    return None


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel, the sdist, and the wheel that was made of the sdist."""
    folder = tmp_path_factory.mktemp("built")
    build = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (sdist,) = folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (source,) = (folder / "unpacked").iterdir()
    again = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "again")]
    subprocess.run(again, cwd=source, check=True, capture_output=True)
    return folder


def test_the_sdist_makes_the_same_wheel(built: Path) -> None:
    (one,), (other,) = built.glob("*.whl"), (built / "again").glob("*.whl")
    first, second = zipfile.ZipFile(one), zipfile.ZipFile(other)
    assert first.namelist() == second.namelist()
    differ = [name for name in first.namelist() if first.read(name) != second.read(name)]
    assert not differ


@pytest.mark.parametrize("version", VERSIONS)
def test_it_serves_from_a_wheel_of_the_sdist(version: str, built: Path, tmp_path: Path) -> None:
    python = interpreter(version)
    if python is None:
        pytest.skip(f"CPython {version} is not here")
    (wheel,) = (built / "again").glob("*.whl")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYENV", "VIRTUAL"))}
    ours = str(tmp_path / "venv/bin/python")
    for command in (
        [python, "-m", "venv", "venv"],
        [ours, "-m", "pip", "-q", "install", "--no-compile", "--require-hashes", "-r", str(ROOT / "requirements.lock")],
        [ours, "-m", "pip", "-q", "install", "--no-deps", "--no-index", str(wheel)],
    ):
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    where = [ours, "-c", "import gateway, sys; print(gateway.__path__[0], '%d.%d' % sys.version_info[:2])"]
    place, told = subprocess.run(where, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout.split()
    assert told == version
    assert place.startswith(str(tmp_path))
    config = f"{place}/_shipped/config/netid.yaml"
    command = f"{tmp_path}/venv/bin/gateway serve {config} --listen 127.0.0.1:{_free()} --admin 127.0.0.1:{_free()}"
    process = _serve(command, tmp_path, environment)
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) is not None
    asked = '{"SessionId": "", "Id": "1", "Count": "2"}'
    translate = [f"{tmp_path}/venv/bin/gateway", "translate", config, "--route", "POST /api/task/release", "--to", "xml"]
    done = subprocess.run(translate, cwd=tmp_path, env=environment, input=asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "ReleaseTask" in done.stdout
