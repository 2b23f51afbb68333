"""Several pages become one: sums where counts are, one value where a state is."""

from __future__ import annotations

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from gateway.observe.merge import OPENMETRICS, counted, exposition, families, merged
from gateway.observe.metrics import Metrics


def page(calls: int, *, lag: float = 0.0, inflight: int = 0, taken: float = 100.0) -> dict:
    metrics = Metrics("1.2.3")
    metrics.expect({"Release": ["Held"]}, [("Release", "POST")])
    for at in range(calls):
        metrics.request("Release", "POST", 200, 0.02, trace=f"{at:032x}")
    metrics.inflight = inflight
    metrics.loop_lag.set(lag)
    metrics.reloaded_at.set(taken)
    return families(metrics.page(OPENMETRICS)[0].decode())


def values(page: dict, name: str, **labels: str) -> list[float]:
    return [
        sample.value
        for family in page.values()
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]


def test_counts_are_added_and_states_are_told_by_their_rule() -> None:
    whole = merged([page(2, lag=0.3, inflight=1, taken=50), page(5, lag=0.1, inflight=3, taken=90)])
    assert values(whole, "soapgw_request_duration_seconds_count", operation="Release", code="200") == [7]
    assert values(whole, "soapgw_request_duration_seconds_bucket", operation="Release", le="0.025") == [7]
    assert values(whole, "soapgw_request_duration_seconds_bucket", operation="Release", le="0.01") == [0]
    assert values(whole, "soapgw_inflight_requests") == [4]
    assert values(whole, "soapgw_event_loop_lag_seconds") == [0.3]
    assert values(whole, "soapgw_config_last_reload_success_timestamp_seconds") == [50]
    assert values(whole, "soapgw_build_info", version="1.2.3") == [1]


def test_a_series_of_one_page_alone_is_kept_as_it_is() -> None:
    more = Metrics("1.2.3")
    more.request("Other", "GET", 404, 1.0)
    whole = merged([page(1), families(more.page(OPENMETRICS)[0].decode())])
    assert values(whole, "soapgw_request_duration_seconds_count", operation="Other") == [1]
    assert values(whole, "soapgw_request_duration_seconds_count", operation="Release", code="200") == [1]


def test_of_who_is_gone_only_counts_stay() -> None:
    left = counted(page(4, inflight=2, lag=9.0))
    whole = merged([left, page(1, inflight=1)])
    assert values(whole, "soapgw_request_duration_seconds_count", operation="Release", code="200") == [5]
    assert values(whole, "soapgw_inflight_requests") == [1]
    assert values(whole, "soapgw_event_loop_lag_seconds") == [0.0]


@pytest.mark.parametrize("accept", ["", OPENMETRICS])
def test_the_page_is_written_in_both_forms(accept: str) -> None:
    body, content_type = exposition(merged([page(2), page(3)]), accept)
    text = body.decode()
    assert content_type.startswith("application/openmetrics-text" if accept else "text/plain")
    assert 'operation="Release"' in text
    assert "# TYPE soapgw_problems" in text
    if accept:
        again = {family.name: family for family in text_string_to_metric_families(text)}
        samples = again["soapgw_request_duration_seconds"].samples
        assert any(sample.exemplar for sample in samples)
        assert values(again, "soapgw_request_duration_seconds_count", operation="Release", code="200") == [5]


def test_what_is_no_page_is_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        families("no page at all {")
