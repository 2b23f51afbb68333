"""gateway.commands.folder: what an import writes, and what it leaves alone."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from gateway.cli import Misuse
from gateway.commands.folder import CONTRACT, configuration_file, folder_of, write_documents


def test_a_file_is_no_folder_and_none_is_asked_for_without_o(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Misuse, match="file is no folder"):
        folder_of(argparse.Namespace(output=str(tmp_path / "file")))
    assert folder_of(argparse.Namespace(output=None)) is None
    assert folder_of(argparse.Namespace(output=str(tmp_path / "new"))) == tmp_path / "new"


def test_documents_and_verdict_are_written_anew(tmp_path: Path) -> None:
    for text in (b"<old/>", b"<new/>"):
        verdict = write_documents(tmp_path / "made", {"a.xsd": text}, {"served": text.decode()})
    assert (tmp_path / "made" / CONTRACT / "a.xsd").read_bytes() == b"<new/>"
    assert json.loads(Path(verdict).read_text()) == {"served": "<new/>"}


def test_a_configuration_that_is_there_is_its_owners(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = configuration_file(tmp_path)
    first.write_text("mine")
    assert configuration_file(tmp_path).name == "gateway.proposed.yaml"
    assert f"{first} is there already" in capsys.readouterr().err
