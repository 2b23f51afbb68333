"""gateway.demo.shipped: the same two folders in a clone and in an installed package."""

from __future__ import annotations

from pathlib import Path

from gateway.demo.shipped import shipped


def test_in_a_clone_it_is_the_root() -> None:
    assert (shipped() / "schemas" / "netid" / "portal.wsdl").is_file()
    assert (shipped() / "config" / "netid.yaml").is_file()


def test_in_an_installed_package_it_is_inside(tmp_path: Path) -> None:
    assert shipped(tmp_path / "gateway") == tmp_path
    (tmp_path / "gateway" / "_shipped").mkdir(parents=True)
    assert shipped(tmp_path / "gateway") == tmp_path / "gateway" / "_shipped"
