"""The law of layers: a feature is a layer, a layer is a function, and there are two depths.

`Send` works on bytes, at either edge; `Service` works on values. `stack([a, b], s)` is `a(b(s))`:
written outermost first, in one place (`gateway.app`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias, TypeVar

from .message import Exchange, Message, Wire

Send: TypeAlias = Callable[[Wire], Awaitable[Wire]]
Service: TypeAlias = Callable[[Exchange], Awaitable[Message]]
WireLayer: TypeAlias = Callable[[Send], Send]
Layer: TypeAlias = Callable[[Service], Service]

S = TypeVar("S")


def stack(layers: Sequence[Callable[[S], S] | None], inner: S) -> S:
    """Wrap `inner` in the layers, outermost first; None means: not in this path."""
    for layer in reversed(layers):
        if layer is not None:
            inner = layer(inner)
    return inner
