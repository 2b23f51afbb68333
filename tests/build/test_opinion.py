"""libxml2 is asked until it shows that it takes too long for a pattern of the schema (X-19)."""

from __future__ import annotations

import time

from lxml import etree

from gateway.build.opinion import MOST, Opinion
from gateway.schema.validator import Undecided

SMALL, LARGE = etree.fromstring("<a/>"), etree.fromstring("<a>" + "b" * (4 << 20) + "</a>")


class Judge:
    """Takes so many seconds of CPU, then says so."""

    def __init__(self, seconds: float = 0.0, found: tuple[str, ...] = (), gives_up: bool = False) -> None:
        self.seconds, self.found, self.gives_up, self.asked = seconds, found, gives_up, 0

    def __call__(self, _: object) -> list[str]:
        self.asked += 1
        end = time.thread_time() + self.seconds
        while time.thread_time() < end:
            pass
        if self.gives_up:
            raise Undecided("Internal error in XML Schema validation.")
        return list(self.found)


def asked(judge: Judge, element: object) -> tuple[list[bool | None], int]:
    opinion = Opinion(judge)
    return [opinion(element) for _ in range(3)], judge.asked


def test_it_says_what_it_is_told() -> None:
    assert asked(Judge(), SMALL) == ([True] * 3, 3)
    assert asked(Judge(found=("wrong",)), SMALL) == ([False] * 3, 3)


def test_who_gives_up_is_asked_no_more() -> None:
    assert asked(Judge(gives_up=True), SMALL) == ([None] * 3, 1)


def test_who_takes_too_long_for_a_small_message_is_asked_no_more() -> None:
    assert asked(Judge(MOST + 0.05, ("wrong",)), SMALL) == ([False, None, None], 2)  # a second time by the CPU's clock
    assert asked(Judge(MOST + 0.05), LARGE) == ([True] * 3, 3)


def test_who_only_waits_for_the_processor_is_asked_again() -> None:
    def waits(_: object) -> list[str]:
        time.sleep(MOST + 0.02)
        return []

    opinion = Opinion(waits)
    assert [opinion(SMALL), opinion(SMALL)] == [True, True]
