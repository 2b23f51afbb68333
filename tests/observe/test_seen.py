"""The last problems: bounded in number and length."""

from __future__ import annotations

from gateway.observe.seen import Seen


def test_the_oldest_goes_and_long_words_are_cut() -> None:
    seen = Seen(2)
    for name in ("a", "b", "c" * 1000):
        seen.add(name, 500, "internal", "x" * 1000, "r")
    assert [line.operation for line in seen.lines] == ["b", "c" * 200]
    assert len(seen.lines[0].cause) == 300
