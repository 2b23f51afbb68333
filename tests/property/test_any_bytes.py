"""Any bytes in, a value or a Problem out; and what came out goes back. Seeds are the golden cases, spoilt.

300 inputs in `make test`; SOAPGW_FUZZ says how many at length (20,000), SOAPGW_SEARCH=1 draws new ones.
"""

from __future__ import annotations

import os
import time
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

import pytest

from gateway.commands.elements import Elements
from gateway.commands.task import Task
from gateway.core.limits import DEFAULT
from gateway.core.problem import Kind, Problem

CASES: Final = Path(__file__).parents[1] / "golden" / "cases"
NAMES: Final = sorted(path.parent.name for path in CASES.glob("*/schema.xsd"))
ROOT: Final = "{urn:t}r"
AT_LENGTH: Final = int(os.environ.get("SOAPGW_FUZZ", "20000"))
SEED: Final = time.time_ns() if os.environ.get("SOAPGW_SEARCH") else 20261130
_XML: Final = (
    "< > /> </ &#0; &#x10FFFF; &lt; <![CDATA[ ]]> <!-- --> <?x?> xmlns=\"\" xml:lang=\"x\" xsi:nil=\"true\" xsi:type=\"t:B\" <!DOCTYPE"
)
_JSON: Final = (
    '{ } [ ] , : " null true 1e999 -0 99999999999999999999 {} [] "" "$items" "$any" "$mixed" "$value" "$nil":true "$type":"xs:int" "@a" "{urn:u}x"'
)
_TOKENS: Final = (
    *(word.encode() for word in (_XML + " " + _JSON).split()),
    *(b"\\ud800", b"\\u0000", b"\xff", b"\xef\xbb\xbf", b"\x00", b" ", b"\n", b"%zz", b"]"),
)


@cache
def elements(name: str) -> Elements:
    return Elements([str(CASES / name / "schema.xsd")], DEFAULT)


@cache
def seeds(name: str) -> tuple[bytes, ...]:
    files = sorted((*(CASES / name).glob("*.xml"), *(CASES / name).glob("*.json")))
    return tuple(path.read_bytes() for path in files if path.name != "settings.json")


def spoil(random: Random, name: str) -> bytes:
    """A document of the case, changed in a few places."""
    data = bytearray(random.choice(seeds(name)))
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        at, roll = random.randint(0, len(data)), random.random()
        if roll < 0.3:
            data[at:at] = random.choice(_TOKENS)
        elif roll < 0.5:
            del data[at : at + random.randint(1, 12)]
        elif roll < 0.6:
            data[at : at + 1] = bytes([random.randint(0, 255)])
        else:
            other = data if roll < 0.8 else random.choice(seeds(name))
            begin = random.randint(0, len(other))
            data[at:at] = other[begin : begin + random.randint(1, 60)]
    return bytes(data)


def judge(name: str, data: bytes) -> None:
    """Both ways. A Problem is told with words and places; anything else raised is a bug."""
    for form, back in (("json", "xml"), ("xml", "json")):
        try:
            out = elements(name).translate(Task(data, to=form, element=ROOT))  # type: ignore[arg-type]
        except Problem as problem:
            if problem.kind is Kind.INTERNAL or not all(found.detail for found in problem.findings):
                raise
            continue
        elements(name).translate(Task(out, to=back, element=ROOT))  # type: ignore[arg-type]


def run(count: int, seed: int) -> None:
    random = Random(seed)
    for _ in range(count):
        name = random.choice(NAMES)
        data = spoil(random, name)
        try:
            judge(name, data)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {name}: {data!r}") from error


def test_any_bytes() -> None:
    run(300, SEED)


@pytest.mark.slow
def test_any_bytes_at_length() -> None:
    run(AT_LENGTH, SEED + 1)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("qname", b'{"q": ["{urn:<u}x"]}'),
        ("qname", b'{"q": ["{urn:u]}x"]}'),
        ("any-unknown", b'<t:r xmlns:t="urn:t"><q xmlns="http://www.w3.org/2001/XMLSchema-instance"/></t:r>'),
        ("anyattribute", b'{"@{urn:\\"u}a": "1"}'),
    ],
)
def test_found_by_search(name: str, data: bytes) -> None:
    judge(name, data)
