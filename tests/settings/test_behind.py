"""gateway.settings.behind: rules for refusals that say nothing, or too much, are refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from gateway.settings.behind import UpstreamFault


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"name": "Gone"}, "needs a condition"),
        ({"status": 404}, "needs a fault"),
        ({"status": 404, "name": "Gone", "equals": "x"}, "needs a `path`"),
        ({"status": 404, "code": "Sender", "detail": "/x"}, "need a `name`"),
        ({"status": 200, "name": "Gone"}, "greater than or equal to 400"),
    ],
)
def test_a_rule_has_a_condition_and_a_fault(rule: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        UpstreamFault.model_validate(rule)
