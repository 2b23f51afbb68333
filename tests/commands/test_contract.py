"""gateway.commands.contract: exactly one contract, and one way to say what is wrong."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from gateway.cli import Misuse
from gateway.commands.contract import of_wsdl, one_of, put, refusals
from gateway.core.problem import Kind, Problem
from gateway.schema.errors import ContractError
from gateway.settings import Mistake, Refused

from .conftest import ROOT


@pytest.mark.parametrize(
    ("named", "kind"), [({"config": "a"}, "config"), ({"wsdl": "a", "service": "S"}, "wsdl"), ({"xsd": ["a"]}, "xsd")]
)
def test_exactly_one_contract(named: dict[str, object], kind: str) -> None:
    nothing = {"config": None, "wsdl": None, "xsd": None, "service": None}
    assert one_of(argparse.Namespace(**{**nothing, **named})) == kind
    with pytest.raises(Misuse):
        one_of(argparse.Namespace(**nothing))
    with pytest.raises(Misuse):
        one_of(argparse.Namespace(**{**nothing, "config": "a", "xsd": ["b"]}))


def test_a_service_goes_with_a_wsdl() -> None:
    with pytest.raises(Misuse, match="--service"):
        one_of(argparse.Namespace(config="a", wsdl=None, service="S"))


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (Refused([Mistake("c", 1, 2, "a", "b")]), "c:1:2: a: b"),
        (ContractError("odd", file="x.wsdl", line=3), "x.wsdl:3: odd"),
        (Problem(Kind.MALFORMED_XML), '"type": "/problems/malformed-xml"'),
    ],
)
def test_what_is_refused_is_told_once_on_stderr(
    refusal: Exception, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def command(_: argparse.Namespace) -> int:
        raise refusal

    assert refusals(command)(argparse.Namespace()) == 1
    assert refusals(command, 78)(argparse.Namespace()) == 78
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count(words) == 2


def test_data_ends_with_one_line_break(capsys: pytest.CaptureFixture[str]) -> None:
    put("a")
    put("b\n")
    assert capsys.readouterr().out == "a\nb\n"


def test_a_wsdl_on_the_command_line_is_taken_as_it_stands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "${X}.wsdl").write_text("<a/>")
    monkeypatch.chdir(tmp_path)
    assert of_wsdl("${X}.wsdl").settings.services["main"].wsdl == str(tmp_path / "${X}.wsdl")
    found = of_wsdl("http://h/x?wsdl", service="S", upstream="http://u/", limits="large").settings
    assert found.services["main"].wsdl == "http://h/x?wsdl"
    assert (found.services["main"].service, found.services["main"].upstream.url, found.limits) == (
        "S",
        "http://u/",
        "large",
    )
    with pytest.raises(Refused, match="there is no file"):
        of_wsdl(str(ROOT / "gone.wsdl"))
