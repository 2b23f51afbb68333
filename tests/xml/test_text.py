"""Reading text past comments and children."""

from __future__ import annotations

from lxml import etree

from gateway.xml import text_of


def test_text_is_whole() -> None:
    assert text_of(etree.fromstring("<a/>")) == ""
    assert text_of(etree.fromstring("<a>1<!--x-->000</a>")) == "1000"
    assert text_of(etree.fromstring("<a>1<?p x?>2<b>3</b>4</a>")) == "1234"


def test_the_tail_is_not_the_text() -> None:
    assert text_of(etree.fromstring("<a><b>1<c/></b>2</a>")[0]) == "1"
    assert type(text_of(etree.fromstring("<a>1<b/></a>"))) is str
