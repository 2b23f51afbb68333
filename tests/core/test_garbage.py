"""gateway.core.garbage: what stays is set aside, and what was set aside is collected once nobody refers to it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from gateway.core.garbage import settle


class Knot:
    """Refers to itself: only the collector frees it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_stands_is_set_aside() -> None:
    knot = Knot()
    settle()
    assert gc.get_freeze_count() > 1000
    assert not any(each is knot for each in gc.get_objects())


def test_what_an_earlier_configuration_left_is_collected() -> None:
    knot = Knot()
    seen = weakref.ref(knot)
    settle()
    del knot
    gc.collect()
    assert seen() is not None
    settle()
    assert seen() is None
