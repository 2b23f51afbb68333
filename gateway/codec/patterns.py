"""The law of matching: schema patterns meet message text here only, on an engine that is linear in the text.

`re` backtracks: `(a+)+b` would stop a worker for hours. jsonschema-rs carries Rust's `regex` automata, which
take 0.15 µs for a short text and 0.3 ms for 100,000 characters of that pattern (docs/adr/0020); one validator
holds all derivation steps.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import jsonschema_rs

from ..core.patterns import PatternError, anchored

SIZE: Final = 64 * 1024 * 1024  # bytes that one compiled expression may take


@lru_cache(maxsize=4096)
def matcher(steps: tuple[tuple[str, ...], ...]) -> Callable[[str], bool]:
    """Whether a text matches an alternative of every step. Raises PatternError."""
    schema = {"allOf": [{"pattern": anchored(step)} for step in steps]}
    options = jsonschema_rs.RegexOptions(size_limit=SIZE)
    try:
        compiled = jsonschema_rs.Draft202012Validator(schema, pattern_options=options)
    except (ValueError, jsonschema_rs.ValidationError) as error:
        shown = " and ".join(" or ".join(step) for step in steps)
        raise PatternError(
            f"the pattern {shown[:200]!r} needs more than {SIZE // 2**20} MiB to be matched in linear time"
        ) from error
    accepts: Callable[[str], bool] = compiled.is_valid
    return accepts
