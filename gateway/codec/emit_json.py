"""The law of emitted JSON: a value that is only written out needs no number where its digits stand there already.

The reader as it is, but for a decimal whose text is its own JSON: that becomes a fragment for the writer, without a
Decimal between. What is made here is for `orjson` alone; no layer ever sees it.
"""

from __future__ import annotations

from typing import Final

import orjson

from .emit_read import POINTED, Reader

_LENGTH: Final = 100  # digits from which on a Decimal says whether they may be written out


class JsonReader(Reader):
    """Emits one function a complex type: `(el, doc) -> value`, with fragments in it."""

    fragments = False  # whether there are any: else it is the reader's own text

    def _decimal(self, c: str, after: str) -> str:
        self.fragments = True
        plain, fragment = self._source.constant(POINTED, "M"), self._source.constant(orjson.Fragment, "F")
        return f"({fragment}(t) if (t := {c}.text) and len(t) < {_LENGTH} and {plain}(t) else {after})"
