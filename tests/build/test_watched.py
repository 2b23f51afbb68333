"""Which files a configuration was made of, and when they read differently."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from gateway.build.book import build
from gateway.build.watched import Digests, changed, files_of
from gateway.settings import load, parse

ROOT = Path(__file__).resolve().parents[2]


def test_all_that_it_was_made_of(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "schemas/netid", tmp_path, dirs_exist_ok=True)
    (tmp_path / "note").write_text("x")
    file = tmp_path / "g.yaml"
    file.write_text("services: {p: {wsdl: portal.wsdl, upstream: {headers: {x-note: '${file:note}'}}}}")
    loaded = load(file)
    alone, whole = files_of(loaded), files_of(loaded, build(loaded))
    assert {path.name for path in alone} == {"g.yaml", "note", "portal.wsdl"}
    assert alone <= whole
    assert all(path.is_absolute() for path in whole)


def test_a_text_that_is_no_file_names_only_its_contracts() -> None:
    loaded = parse(f"services: {{p: {{wsdl: {ROOT}/schemas/netid/portal.wsdl}}}}", env={})
    assert {path.name for path in files_of(loaded)} == {"portal.wsdl"}


def test_content_counts_and_a_date_does_not(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("one")
    digests = Digests()
    before = digests.of([file])
    os.utime(file, (1, 1))
    assert digests.of([file]) == before
    file.write_text("two")
    assert changed(before, digests.of([file])) == (str(file),)
    file.unlink()
    gone = digests.of([file])
    assert changed(before, gone) == (str(file),)
    assert digests.of([file]) == gone


def test_a_link_that_leads_elsewhere_is_a_change_even_to_the_same_content(tmp_path: Path) -> None:
    for name in ("v1", "v2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "f").write_text("same")
    link = tmp_path / "data"
    link.symlink_to("v1")
    digests = Digests()
    before = digests.of([link / "f"])
    link.unlink()
    link.symlink_to("v2")
    assert changed(before, digests.of([link / "f"]))
