"""The law of the breaker's settings: they mirror `gateway.layers.breaker.Rule`, field by field (a test holds that)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from .fields import Part, Seconds


class Breaker(Part):
    """When a service that keeps failing is left alone."""

    window: Seconds = Field(default=10.0, description="Seconds that are looked back.")
    least: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        default=10, description="Calls in that time before it can open."
    )
    share: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.5, description="Share of them that failed, from which on it opens."
    )
    pause: Seconds = Field(default=5.0, description="Seconds without a call; then one call tries.")


def _kind(value: Any) -> str:
    return "word" if isinstance(value, str) else "rule"


BreakerOrOff = Annotated[
    Annotated[Breaker, Tag("rule")] | Annotated[Literal["off"], Tag("word")],
    Discriminator(_kind),  # one mistake, not one for each that it might have been
]
