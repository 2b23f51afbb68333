"""Each folder of `refusals`: a WSDL that is broken or odd in one way, and said.txt: the words in which `gateway import` tells it.

What is refused names file, line, construct and section; what loads all the same has its note.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.golden.test_wsdl import verdict

CASES = Path(__file__).parent / "refusals"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())
# Of no specification but our policy, or of XML itself: no section of WSDL or XSD says it.
_PLAIN = re.compile(r"not well-formed XML|document type declaration|neither WSDL nor XML Schema|not utf-8|is not read")


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])


@pytest.mark.parametrize("name", NAMES)
def test_it_is_said_so(name: str) -> None:
    said = (CASES / name / "said.txt").read_text(encoding="utf-8")
    assert verdict(CASES / name / "contract.wsdl") == said
    if said.startswith("refused: "):
        assert re.match(r"refused: contract\.wsdl:\d+: ", said)
        assert "Xsd" not in said
        assert _PLAIN.search(said) or re.search(r"\((?:WSDL 1\.1|XSD 1\.0|Namespaces)[^()]*(?:\([^()]*\))?[^()]*\)\n$", said), said
