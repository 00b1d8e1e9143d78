#!/usr/bin/env python
"""Every command of the house; `python manage.py help` lists them."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "factory.settings")
    # Whoever types a command means the Redis that `run` and `up` start here, unless REDIS_URL names another.
    os.environ.setdefault("FACTORY_USE_EMBEDDED_REDIS", "1")
    execute_from_command_line(sys.argv)
