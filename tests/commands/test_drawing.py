"""gateway.commands.drawing: a folder that `check` accepts, and everything said."""

from __future__ import annotations

import json

import pytest

from gateway.cli import run
from gateway.commands.drawing import is_json
from tests.schema.drawn.drawing import document


@pytest.fixture(name="file")
def _file(tmp_path):
    file = tmp_path / "a.json"
    file.write_text(json.dumps(document({}, {"type": "array", "uniqueItems": True})))
    return file


def test_a_folder_that_check_accepts(file, tmp_path, capsys):
    assert run(["import", str(file), "-o", str(tmp_path / "out"), "--name", "My shop", "--namespace", "urn:shop"]) == 0
    assert "uniqueItems" in capsys.readouterr().out
    assert run(["check", str(tmp_path / "out/gateway.yaml")]) == 0
    verdict = json.loads((tmp_path / "out/verdict.json").read_text())
    assert (verdict["service"], verdict["namespace"]) == ("MyShop", "urn:shop")
    assert verdict["remarks"][0]["pointer"].startswith("/paths")


def test_a_configuration_that_is_there_is_left(file, tmp_path):
    (tmp_path / "gateway.yaml").write_text("mine")
    assert run(["import", str(file), "-o", str(tmp_path)]) == 0
    assert (tmp_path / "gateway.yaml").read_text() == "mine"
    assert (tmp_path / "gateway.proposed.yaml").is_file()


def test_the_report_as_json(file, capsys):
    assert run(["import", str(file), "--report", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["operations"][0]["call"] == "POST /t"


def test_what_is_no_document_is_refused(tmp_path, capsys):
    (tmp_path / "a.json").write_text('{"openapi": "3.1.0"}')
    assert run(["import", str(tmp_path / "a.json")]) == 1
    assert "a.json" in capsys.readouterr().err


def test_markup_is_no_json(tmp_path):
    (tmp_path / "a.wsdl").write_text(" <x/>")
    assert not is_json(str(tmp_path / "a.wsdl"))
    assert not is_json("https://example.com/a")
    assert is_json(str(tmp_path))
