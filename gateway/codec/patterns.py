"""The law of matching: schema patterns meet message text here only, on an engine that is linear in the text.

`re` backtracks: `(a+)+b` would stop a worker for hours. jsonschema-rs carries Rust's `regex` automata, which
take 0.15 µs for a short text and 0.3 ms for 100,000 characters of that pattern (docs/adr/0020); one validator
holds all derivation steps.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

import jsonschema_rs

from ..core.patterns import PatternError, anchored, translate

Matches: TypeAlias = "Callable[[str], bool]"
SIZE: Final = 64 * 1024 * 1024  # bytes that one compiled expression may take
_TOO_LARGE: Final = (ValueError, jsonschema_rs.ValidationError)


@lru_cache(maxsize=4096)
def matcher(steps: tuple[tuple[str, ...], ...]) -> Matches:
    """Whether a text matches an alternative of every step. Raises PatternError."""
    try:
        return _compiled([anchored(step) for step in steps])
    except _TOO_LARGE:
        each = [_counted(step) for step in steps]
        return lambda text: all(matches(text) for matches in each)


def _compiled(patterns: list[str]) -> Matches:
    schema = {"allOf": [{"pattern": pattern} for pattern in patterns]}
    compiled = jsonschema_rs.Draft202012Validator(schema, pattern_options=jsonschema_rs.RegexOptions(size_limit=SIZE))
    accepts: Matches = compiled.is_valid
    return accepts


def _counted(step: tuple[str, ...]) -> Matches:
    """A large `[class]{n,m}` is a count and a loop; anything else that is too large is refused."""
    try:
        return _compiled([anchored(step)])
    except _TOO_LARGE as error:
        repeat = translate(step[0]).repeat if len(step) == 1 else None
        if repeat is None:
            shown = " or ".join(step)[:200]
            raise PatternError(f"the pattern {shown!r} needs over {SIZE // 2**20} MiB for a linear match") from error
    one, low, high = repeat
    inside = _compiled([f"^(?:{one})*$"])
    return lambda text: low <= len(text) and (high is None or len(text) <= high) and inside(text)
