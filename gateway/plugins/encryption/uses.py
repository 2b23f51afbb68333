"""The law of uses: how often a key has encrypted with random nonces, and when that is too often.

NIST SP 800-38D §8.3: with random nonces of 96 bits a key may be used 2^32 times; here it ends at half of that. Counted
by what the key is, not by its name; in one process (several at once reach the true bound together only far beyond
what one key sees in its life). Keys that live for one message are not counted.
"""

from __future__ import annotations

import hashlib
import threading
from typing import Final

LIMIT: Final = 2**31


class Uses:
    """Counts for the keys of one plug-in; threads may share it."""

    def __init__(self) -> None:
        self._counts: dict[bytes, int] = {}
        self._lock = threading.Lock()

    def another(self, secret: bytes) -> bool:
        """Note one more use; False when there may be none."""
        name = hashlib.sha256(secret).digest()  # the secret itself is not kept here
        with self._lock:
            self._counts[name] = used = self._counts.get(name, 0) + 1
        return used <= LIMIT
