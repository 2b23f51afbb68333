"""Steps of a translation: each is looked at, one time in seven."""

from __future__ import annotations

import pytest

from gateway.observe.metrics import Metrics
from gateway.observe.stages import STAGES, Stages, unseen


def test_each_of_four_steps_gets_its_share() -> None:
    metrics = Metrics()
    look = Stages(metrics)
    for _ in range(70):
        for stage in STAGES:
            assert look(stage, lambda: 7)() == 7
    text = metrics.page()[0].decode()
    for stage in STAGES:
        assert f'soapgw_translation_seconds_count{{stage="{stage}"}} 10.0' in text


def test_a_step_that_fails_is_counted_and_fails() -> None:
    metrics = Metrics()

    def broken() -> None:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  # it is ours
        Stages(metrics, every=1)("read_reply", broken)()
    assert 'soapgw_translation_seconds_count{stage="read_reply"} 1.0' in metrics.page()[0].decode()


def test_who_does_not_look_gives_the_work_back() -> None:
    work = object
    assert unseen("read_reply", work) is work
