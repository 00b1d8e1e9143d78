"""The `manage.py` commands that people type: run, set, up, reconcile."""
