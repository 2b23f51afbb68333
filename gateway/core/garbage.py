"""The law of garbage: what was built to stay is not looked at again and again.

A contract is half a million objects that refer to each other. A full pass of the collector goes through all of them
while no request is answered (60 to 100 ms), and finds nothing: they are set aside once they stand.
"""

from __future__ import annotations

import gc


def settle() -> None:
    """Collect what is garbage now, that of an earlier configuration too, and set aside whatever is left."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
