"""Settings of the property tests: few examples by default, many with
`pytest --hypothesis-profile=long`. Both draw the same examples in every run.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

COMMON = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "print_blob": True,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}

settings.register_profile("default", max_examples=30, **COMMON)
settings.register_profile("long", max_examples=1000, **COMMON)
settings.load_profile("default")
