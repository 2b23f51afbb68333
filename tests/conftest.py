"""For all tests: generated cases are the same at each run, without a deadline, since two cores are shared.

`SOAPGW_SEARCH=1 make test` draws new ones; a failure prints how to repeat it, and becomes a test of its own.

Most tests build a gateway of the same few contracts. A process compiles each once: what `Workbench` makes of a contract
(its model, layouts and codecs) is frozen, and the same for the same documents and settings. Tests of the compilers
themselves call these and not the workbench.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from gateway.build import workbench
from gateway.schema.bundle import Bundle

_SAME = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("house", derandomize=True, **_SAME)
settings.register_profile("search", **_SAME)
settings.load_profile("search" if os.environ.get("SOAPGW_SEARCH") else "house")


def remembered(make: Callable[..., Any], key: Callable[..., Hashable], room: int) -> Callable[..., Any]:
    """The function, its last `room` results kept; arguments are kept with them, so that an id stays one object's."""
    kept: OrderedDict[Hashable, tuple[object, Any]] = OrderedDict()

    def call(*given: Any, **named: Any) -> Any:
        what = key(*given, **named)
        if what in kept:
            kept.move_to_end(what)
        else:
            kept[what] = (given, make(*given, **named))
            if len(kept) > room:
                kept.popitem(last=False)
        return kept[what][1]

    return call


def _documents(bundle: Bundle) -> Hashable:
    return bundle.version, tuple(sorted(bundle.texts.items())), tuple(part.source.url for part in bundle.parts)


def _of_model(model: object, *given: Hashable, **named: Hashable) -> Hashable:
    return id(model), given, tuple(sorted(named.items()))


def pytest_configure(config: pytest.Config) -> None:
    workbench.read_bundle = remembered(workbench.read_bundle, _documents, 64)
    workbench.lay_out = remembered(workbench.lay_out, _of_model, 256)
    workbench.emit_element = remembered(workbench.emit_element, _of_model, 4096)
