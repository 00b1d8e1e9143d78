"""A database for one measurement, on what DATABASE_URL names, or SQLite; nothing of it is left."""

import json
import os
import sys
import tempfile
from collections.abc import Callable

import django


def print_measured(measure: Callable[[], dict[str, list[float]]], **environment: str) -> int:
    """Set Django up, measure in a database of the measurement's own, and print what was found as JSON.

    Args:
        measure: asks requests and returns seconds, by what was asked; imports Django's models itself.
        environment: beside our own, for settings.
    """
    with tempfile.TemporaryDirectory(prefix="pf-bench-") as folder:
        os.environ |= {
            "ALLOWED_HOSTS": "testserver",
            "DJANGO_SETTINGS_MODULE": "factory.settings",
            "FACTORY_LOG_LEVEL": "WARNING",
            "FACTORY_STATE": folder,
            **environment,
        }
        os.environ.pop("REDIS_URL", None)
        django.setup()
        from django.db import connection

        if connection.vendor == "postgresql":
            # Tests that run meanwhile have the usual one.
            connection.settings_dict["TEST"]["NAME"] = f"bench_{os.getpid()}"
        connection.creation.create_test_db(verbosity=0)
        try:
            json.dump(measure(), sys.stdout)
        finally:
            connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    return 0
