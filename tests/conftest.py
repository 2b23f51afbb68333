"""What every test shares: generated cases are the same at each run, unless a search is asked for.

`SOAPGW_SEARCH=1 make test` draws new ones; what it finds becomes a test of its own.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None)
settings.load_profile("search" if os.environ.get("SOAPGW_SEARCH") else "repeatable")
