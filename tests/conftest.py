"""For all tests: generated cases are the same at each run, without a deadline, since two cores are shared.

`SOAPGW_SEARCH=1 make test` draws new ones; a failure prints how to repeat it, and becomes a test of its own.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_SAME = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("house", derandomize=True, **_SAME)
settings.register_profile("search", **_SAME)
settings.load_profile("search" if os.environ.get("SOAPGW_SEARCH") else "house")
