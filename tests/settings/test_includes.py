"""A configuration on top of others: who wins, and whose line a mistake has."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.build.watched import files_of
from gateway.settings import Loaded, Refused, load

BASE = """\
listen: 127.0.0.1:8000
services:
  portal:
    wsdl: x.wsdl
    upstream: {url: "http://test/", timeout: 3}
    routes:
      - {route: POST /a, operation: A}
      - {route: POST /b, operation: B}
limits: {findings: 3}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "x.wsdl").write_text("<x/>")
    (tmp_path / "base.yaml").write_text(BASE)
    return tmp_path


def loaded(folder: Path, text: str, **env: str) -> Loaded:
    (folder / "over.yaml").write_text(text)
    return load(folder / "over.yaml", env)


def refused(folder: Path, text: str) -> list[str]:
    with pytest.raises(Refused) as caught:
        loaded(folder, text)
    return [str(each).replace(f"{folder}/", "") for each in caught.value.mistakes]


def test_an_overlay_changes_what_it_names_and_nothing_else(folder: Path) -> None:
    found = loaded(folder, 'include: [base.yaml]\nservices: {portal: {upstream: {url: "${URL}"}}}\n', URL="https://live/")
    portal = found.settings.services["portal"]
    assert (portal.upstream.url, portal.upstream.timeout) == ("https://live/", 3)
    assert [route.operation for route in portal.routes] == ["A", "B"]
    assert found.settings.listen == "127.0.0.1:8000"
    assert found.filled("services", "portal", "upstream", "url")


def test_a_list_is_replaced_whole_and_its_places_with_it(folder: Path) -> None:
    text = "include: [base.yaml]\nservices:\n  portal:\n    routes:\n      - {route: GET /c, operation: C}\n"
    found = loaded(folder, text)
    assert [route.operation for route in found.settings.services["portal"].routes] == ["C"]
    routes = ("services", "portal", "routes")
    assert found.where(*routes, 0).endswith("over.yaml:5")
    assert found.where("services", "portal", "upstream").endswith("base.yaml:5")
    assert (*routes, 1) not in found.document.marks


def test_later_files_win_over_earlier_ones_and_may_include_too(folder: Path) -> None:
    (folder / "two.yaml").write_text("include: [three.yaml]\nlisten: 127.0.0.1:2\n")
    (folder / "three.yaml").write_text("listen: 127.0.0.1:3\nadmin: 127.0.0.1:4\n")
    found = loaded(folder, "include: [base.yaml, two.yaml]\n")
    assert (found.settings.listen, found.settings.admin) == ("127.0.0.1:2", "127.0.0.1:4")
    names = {path.name for path in files_of(found)}
    assert {"over.yaml", "base.yaml", "two.yaml", "three.yaml", "x.wsdl"} <= names


def test_a_mistake_has_the_file_and_line_that_it_stands_on(folder: Path) -> None:
    (folder / "base.yaml").write_text(BASE.replace("findings", "findngs"))
    words = refused(folder, "include: [base.yaml]\nlissen: 127.0.0.1:1\n")
    assert words[0].startswith("base.yaml:9:10: limits.findngs: there is no such setting here")
    assert words[1].startswith('over.yaml:2:1: lissen: there is no such setting here; did you mean "listen"?'), words


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("gone.yaml", None, "cannot be read: No such file or directory"),
        ("latin.yaml", b"listen: \xe9", "is not UTF-8"),
        ("list.yaml", b"- a\n", "is no mapping of settings"),
        ("over.yaml", None, "includes itself"),
        ("bad.yaml", b"a: [", "this is not YAML"),
    ],
)
def test_what_cannot_be_included_is_told(folder: Path, name: str, text: bytes | None, words: str) -> None:
    if text is not None:
        (folder / name).write_bytes(text)
    found = refused(folder, f"include: [base.yaml, {name}]\n")
    assert len(found) == 1, found
    assert words in found[0]
