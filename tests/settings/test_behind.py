"""gateway.settings.behind: rules for refusals that say nothing, or too much, are refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from gateway.settings.behind import UpstreamFault
from gateway.settings.service import Upstream

URL = "http://127.0.0.1:1/v1"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"name": "Gone"}, "needs a condition"),
        ({"status": 404}, "needs a fault"),
        ({"status": 404, "name": "Gone", "equals": "x"}, "needs a `path`"),
        ({"status": 404, "code": "Sender", "detail": "/x"}, "need a `name`"),
        ({"status": 404, "name": "Gone", "detail": "", "members": {"/a": "/b"}}, "exclude"),
        ({"status": 200, "name": "Gone"}, "greater than or equal to 400"),
    ],
)
def test_a_rule_has_a_condition_and_a_fault(rule: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        UpstreamFault.model_validate(rule)


@pytest.mark.parametrize(
    ("upstream", "words"),
    [
        ({"url": URL, "routes": [{"route": "GET /x", "operation": "X"}]}, "`routes` is of a JSON service"),
        ({"url": URL, "faults": [{"status": 404, "name": "X"}]}, "`faults` is of a JSON service"),
        ({"url": URL, "speaks": "json", "soap": "1.1"}, "`soap` has no effect"),
        ({"url": URL, "speaks": "json", "action_headers": ["A"]}, "`action_headers` has no effect"),
        ({"speaks": "json"}, "needs `url`"),
        ({"url": URL, "speaks": "json", "routes": [{"route": "GET /x", "operation": "X", "cache": 3}]}, "`cache` of"),
    ],
)
def test_what_has_no_effect_on_a_service_is_refused(upstream: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Upstream.model_validate(upstream, strict=False)
