"""gateway.xml.release: a tree is empty afterwards, whatever its shape; what stands beside it stays."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.xml import release as module
from gateway.xml.release import release


@pytest.mark.parametrize(
    "inside",
    ["", "text", "<a/>tail<b>x</b>", "<a>1</a>" * 1000, "<l>" + "<a>1</a>" * 100 + "</l>" * 1, "<n>" * 50 + "</n>" * 50, "<!-- c --><a/>"],
)
def test_what_is_released_has_no_children(inside: str) -> None:
    root = etree.fromstring(f'<e xmlns="urn:e"><h id="1">kept</h><b>{inside}</b></e>')
    release(root[1])
    assert len(root[1]) == 0
    assert etree.tostring(root[0]) == b'<h xmlns="urn:e" id="1">kept</h>'


def test_a_child_that_somebody_holds_stays_whole() -> None:
    root = etree.fromstring("<r>" + "<a><b>1</b></a>" * 40 + "</r>")
    held = root[7]
    release(root)
    assert etree.tostring(held) == b"<a><b>1</b></a>"


def test_where_the_c_library_has_no_trim_the_tree_is_released_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(module, "_trim", asked.append)
    release(etree.fromstring("<r><a/></r>"))
    assert asked == [0]
    monkeypatch.setattr(module, "_trim", None)
    root = etree.fromstring("<r><a/></r>")
    release(root)
    assert len(root) == 0
