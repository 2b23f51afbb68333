"""P-01: mutated texts of every built-in type; libxml2's verdict is ours, but for the kinds that docs/lexical.md lists."""

from __future__ import annotations

import re
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.codec.lexical import Unfit
from gateway.core.lexical import XSD, builtin
from tests.codec.lexical_cases import TAKEN
from tests.codec.models import scalar

_SEEDS = [(name, text) for name, (good, bad) in TAKEN.items() for text in (*good, *bad) if len(text) < 99]
_CHARS = st.sampled_from("0123456789+-.:TZPYMDHSeEINFa/=AQgw_ #%")

# why libxml2 may say otherwise; each stands in docs/lexical.md
_KNOWN = {
    "no digits in an exponent": lambda name, text: name in ("float", "double") and re.search("[eE][+-]?$", text),
    "overflow": lambda name, text: name in ("float", "double") and re.search("[eE]|[0-9]{39}", text),
    "digits on both sides of the point": lambda name, text: name == "duration" and re.search(r"[^0-9]\.|\.S", text),
    "size": lambda name, text: (
        name in ("duration", "dateTime", "date", "gYear", "gYearMonth") and re.search("[0-9]{10}", text)
    ),
    "authority": lambda name, text: name == "anyURI" and "//" in text,
    "nothing after the scheme": lambda name, text: name == "anyURI" and re.fullmatch("[A-Za-z][^:/]*:(#.*)?", text),
    "brackets": lambda name, text: name == "anyURI" and re.search(r"[\[\]]", text),
    "foreign characters": lambda name, text: name == "base64Binary" and re.search("[^A-Za-z0-9+/= \t\n]", text),
    "empty list": lambda name, text: name in ("NMTOKENS", "IDREFS") and not text.strip(),
}


@cache
def libxml2(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(
        etree.XML(f'<xs:schema xmlns:xs="{XSD}"><xs:element name="r" type="xs:{name}"/></xs:schema>')
    )


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, str]:
    name, text = draw(st.sampled_from(_SEEDS))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        gone = draw(st.integers(0, 2))
        text = text[:at] + draw(st.text(_CHARS, max_size=2)) + text[at + gone :]
    return name, text


@settings(max_examples=2000, deadline=None)
@given(mutated())
def test_libxml2_agrees(case: tuple[str, str]) -> None:
    name, text = case
    element = etree.Element("r")
    element.text = text
    try:
        scalar(name).read(text, {})
        ours = True
    except Unfit:
        ours = False
    if ours is not libxml2(name).validate(element):
        assert any(known(name, text) for known in _KNOWN.values()), (name, text, ours)


@settings(max_examples=500, deadline=None)
@given(mutated())
def test_what_is_read_is_written_and_read_again(case: tuple[str, str]) -> None:
    name, text = case
    one = scalar(name)
    try:
        value = one.read(text, {})
    except Unfit:
        return
    written = one.write(value, None)  # type: ignore[arg-type]
    again = one.read(written, {})
    assert (again, repr(again)) == (value, repr(value))
    if builtin(name).kind not in ("float", "double"):  # rounded there
        assert one.equal(written, text, {})
