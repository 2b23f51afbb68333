"""One canonical path, or a refusal: row S-07."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.problem import Kind, Problem
from gateway.net.path import canonical


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("/", "/"),
        ("/a/b", "/a/b"),
        ("/a/", "/a/"),
        ("/a.b/..c/...", "/a.b/..c/..."),
        ("/%61", "/a"),
        ("/a%20b", "/a b"),
        ("/%c3%a4", "/ä"),
        ("/%C3%a4", "/ä"),
        ("/a%3Bb", "/a;b"),
        ("/a%2541", "/a%41"),
        ("/~u/(x)!$&'*+,=:@", "/~u/(x)!$&'*+,=:@"),
    ],
)
def test_canonical(raw: str, path: str) -> None:
    assert canonical(raw) == path


@pytest.mark.parametrize(
    "raw",
    [
        *["", "a", "*", "/a/../b", "/..", "/.", "/a/./b", "/a/%2e%2e/b", "/%2E/b", "/a/.%2e", "/a//b", "//a", "//"],
        *[
            "/a%2fb",
            "/a%2Fb",
            "/a%5cb",
            "/a\\b",
            "/a;x",
            "/a;x=1/b",
            "/a#b",
            "/%00",
            "/%0a",
            "/%7f",
            "/%C0%AF",
            "/%e2%80%a8",
        ],
        *["/%", "/%1", "/%zz", "/%u0041", "/ä", "/%ff", "/%ed%a0%80", "/%C2%85", "/%ef%bf%bf"],
    ],
)
def test_refused(raw: str) -> None:
    with pytest.raises(Problem) as info:
        canonical(raw)
    assert info.value.kind is Kind.BAD_REQUEST
    assert info.value.close


@given(
    st.text(
        st.characters(
            min_codepoint=32, exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="/\\\uffff\ufffe"
        ),
        min_size=1,
    )
)
def test_any_segment_survives_its_escape(text: str) -> None:
    if text in {".", ".."}:
        return
    assert canonical("/x/" + quote(text, safe="")) == "/x/" + text


@given(st.text())
def test_any_text_gives_a_plain_path_or_a_problem(text: str) -> None:
    try:
        path = canonical("/" + text)
    except Problem:
        return
    assert path.startswith("/")
    assert not {".", ".."} & set(path.split("/"))
    assert "//" not in path
