"""What is recorded of a request: by whose decision, and never more than there is room for."""

from __future__ import annotations

import pytest

from gateway.observe.spans import Span, Spans

KEPT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
LEFT = KEPT[:-2] + "00"


def spans(share: float = 1.0, room: int = 10) -> tuple[Spans, list[tuple[str, int]]]:
    told: list[tuple[str, int]] = []
    return Spans(share, room, lambda what, count: told.append((what, count))), told


def test_a_caller_decides_for_its_own_trace() -> None:
    for share in (0.0, 1.0):
        kept, left = (spans(share)[0].begin(given) for given in (KEPT, LEFT))
        assert left is None
        assert kept is not None
        assert kept.parent == "b7ad6b7169203331"
        assert kept.own.split("-")[1] == "0af7651916cd43dd8448eb211c80319c"
        assert kept.own.split("-")[2] != kept.parent


@pytest.mark.parametrize("given", [None, "", "00-bad", KEPT.upper(), "00-" + "0" * 32 + "-b7ad6b7169203331-01"])
def test_a_trace_that_begins_here_is_kept_by_its_share(given: str | None) -> None:
    assert spans(0.0)[0].begin(given) is None
    span = spans(1.0)[0].begin(given)
    assert span is not None
    assert (span.parent, span.own[-3:]) == ("", "-01")
    half = spans(0.5)[0]
    kept = sum(half.begin(given) is not None for _ in range(2000))
    assert 800 < kept < 1200


def test_what_finds_no_room_is_dropped_and_counted() -> None:
    queue, told = spans(room=3)
    for number in range(5):
        queue.add(Span(KEPT, "", "server", name=str(number)))
    assert told == [("dropped", 1)] * 2
    assert [span.name for span in queue.take(2)] == ["0", "1"]
    assert [span.name for span in queue.take(9)] == ["2"]
    assert queue.take(9) == []
    assert queue.waiting == 0


def test_a_span_ends_after_it_has_begun() -> None:
    queue, _ = spans()
    queue.add(Span(KEPT, "", "client"))
    (span,) = queue.take(1)
    assert span.ended >= span.began > 10**18
