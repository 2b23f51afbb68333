"""Entity tags: a version comes back as it went out, and comparisons are those of RFC 9110."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.problem import Kind, Problem
from gateway.dialect.conditions import none_match, tag_of_bytes, tag_of_version, version_of


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_a_version_survives_its_tag(version):
    tag = tag_of_version(version)
    assert tag.isascii()
    assert version_of(tag) == version


def test_a_base64_version_is_readable_in_its_tag():
    assert tag_of_version("AAAAAAB3x9M=") == '"AAAAAAB3x9M="'


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ('W/"a"', Kind.PRECONDITION_FAILED),
        ('"a", "b"', Kind.PARAMETER_INVALID),
        ("a", Kind.PARAMETER_INVALID),
        ('"a', Kind.PARAMETER_INVALID),
    ],
)
def test_an_if_match_that_cannot_match_is_refused(header, kind):
    with pytest.raises(Problem) as refused:
        version_of(header)
    assert refused.value.kind is kind


def test_a_star_asks_for_no_version():
    assert version_of("*") is None


def test_none_match_compares_weakly_and_in_lists():
    tag = tag_of_bytes(b"{}")
    assert none_match(tag, tag)
    assert none_match(f'"other", W/{tag}', tag)
    assert none_match("*", tag)
    assert not none_match('"other"', tag)
    assert not none_match("", tag)
