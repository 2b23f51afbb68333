"""gateway.settings.models: the top of the file, each rule with what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from gateway.observe.metrics import BUCKETS
from gateway.settings.fields import Part
from gateway.settings.models import Settings

SERVICES = {"a": {"wsdl": "x.wsdl"}}


def models(kind: Any, seen: set[Any]) -> Iterator[type[BaseModel]]:
    """Every model under an annotation."""
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in seen:
        seen.add(kind)
        yield kind
        for field in kind.model_fields.values():
            yield from models(field.annotation, seen)
    for argument in get_args(kind):
        yield from models(argument, seen)


def test_every_setting_is_described_in_a_sentence() -> None:
    for model in models(Settings, set()):
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name}"
            assert field.description[0].isupper() or not field.description[0].isalpha(), f"{model.__name__}.{name}"
            assert field.description.endswith("."), f"{model.__name__}.{name}"


def test_every_part_is_strict_closed_and_frozen() -> None:
    for model in models(Settings, set()):
        assert issubclass(model, Part)
        assert model.model_config["strict"]
        assert model.model_config["extra"] == "forbid"
        assert model.model_config["frozen"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"services": {}},
        {"services": {"a/b": {"wsdl": "x"}}},
        {"problem_base": "problems"},
        {"problem_base": "/errors/"},
        {"state": "mysql://x"},
        {"state": "memcached://127.0.0.1:11211"},
        {"cors": {"origins": ["*"], "credentials": True}},
        {"metrics": {"buckets": [1.0, 0.5]}},
        {"metrics": {"buckets": []}},
        {"drain": {"delay": -1}},
        {"listen": "8080"},
        {"logging": {"level": "INFO"}},
        {"plugins": {"a": 1}},
    ],
)
def test_what_is_refused(wrong: dict[str, Any]) -> None:
    import json

    with pytest.raises(ValidationError):
        Settings.model_validate_json(json.dumps({"services": SERVICES, **wrong}))


def test_the_least_that_is_needed() -> None:
    found = Settings.model_validate({"services": SERVICES})
    assert (found.listen, found.admin, found.state) == ("127.0.0.1:8080", "127.0.0.1:9901", "memory")


def test_the_buckets_are_the_metrics_own() -> None:
    assert Settings.model_validate({"services": SERVICES}).metrics.buckets == BUCKETS
