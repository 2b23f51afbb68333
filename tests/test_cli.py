"""gateway.cli: words in, one call out; exit codes; nothing slow is imported for --help."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from gateway import cli
from gateway.cli import Misuse, run

COMMANDS = ("serve", "demo", "check", "routes", "explain", "openapi", "jsonschema", "wsdl", "problems", "translate")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_help_and_its_function(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"usage: gateway {command}")
    subparsers = next(a for a in cli.parser()._actions if a.dest == "command")
    assert subparsers.choices is not None
    assert set(COMMANDS) <= set(subparsers.choices)
    where = subparsers.choices[command].get_default("where")  # type: ignore[index,call-overload]
    module, _, name = where.partition(":")
    assert callable(getattr(importlib.import_module(f"gateway.commands.{module}"), name))


def test_no_command_and_an_unknown_one_are_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    assert run(["bogus"]) == 2
    assert run(["check", "--bogus"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "usage: gateway" in said.err


def test_the_version_is_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("soapgw ")


@pytest.mark.parametrize(("error", "code"), [(Misuse("x"), 2), (KeyboardInterrupt(), 130)])
def test_how_a_command_ends(error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def command(_: object) -> int:
        raise error

    monkeypatch.setattr("gateway.commands.show.problems", command)
    assert run(["problems"]) == code


def test_a_reader_that_has_gone_is_no_error() -> None:
    words = f"{sys.executable} -m gateway problems --json | head -c 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout == "[0\n"
    assert "Traceback" not in done.stderr


def test_help_imports_nothing_slow() -> None:
    code = (
        "import sys; from gateway.cli import run; run(['--help']);"
        "print(sorted({'aiohttp','lxml','pydantic','xmlschema','yaml','orjson','asyncio'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
