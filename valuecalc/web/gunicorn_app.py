"""The application as gunicorn loads it: once, with all it may need, before workers are forked.

What is loaded by then is in memory once for all workers, and nobody's first request waits for it.
"""

from __future__ import annotations

from importlib import import_module

from flask import Flask

from valuecalc.loading import quickly

_WAITED_FOR = ("pint", "scipy.special", "scipy.stats.qmc", "valuecalc.services.coordinator")
"""What the application itself loads when it is asked for; simulations take the most of it."""


def load() -> Flask:
    """The application, with the settings of the environment."""
    with quickly():
        for each in _WAITED_FOR:
            import_module(each)
        from valuecalc.web.app import create_app

        return create_app()
