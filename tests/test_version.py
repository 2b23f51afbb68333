"""gateway.version: the distribution's own, 0 without one."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from gateway import version


def test_it_is_the_distributions(monkeypatch: pytest.MonkeyPatch) -> None:
    project = tomllib.loads((Path(__file__).resolve().parents[1] / "pyproject.toml").read_text())["project"]
    assert version.version() == project["version"]

    def gone(_: str) -> str:
        raise PackageNotFoundError

    monkeypatch.setattr(version, "_of", gone)
    assert version.version() == "0"
