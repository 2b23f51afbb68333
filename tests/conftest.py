"""For all tests: hypothesis without a deadline, since two cores are shared, and with a failure that can be repeated."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("house", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
