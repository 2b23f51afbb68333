"""Running commands in this process: arguments and stdin in; exit code, stdout and stderr out."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from gateway.cli import run

ROOT = Path(__file__).resolve().parents[2]


class Ran(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str


Call = Callable[..., Ran]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Call:
    """Run `gateway ARGUMENTS` with a stdin, in the project's folder."""
    monkeypatch.chdir(ROOT)

    def gateway(*arguments: str, stdin: bytes | str = b"") -> Ran:
        raw = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        code = run(arguments)
        sys.stdout.flush()
        found = capfdbinary.readouterr()
        return Ran(code, found.out.decode(), found.err.decode())

    return gateway


SCHEMA = """\
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t" xmlns:t="urn:t" elementFormDefault="qualified">
  <xs:element name="order"><xs:complexType><xs:sequence>
    <xs:element name="id" type="xs:long"/>
    <xs:element name="line" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence></xs:complexType></xs:element>
  <xs:element name="note" type="xs:string"/>
</xs:schema>
"""


@pytest.fixture
def xsd(tmp_path: Path) -> str:
    """A schema with two global elements."""
    path = tmp_path / "orders.xsd"
    path.write_text(SCHEMA)
    return str(path)
