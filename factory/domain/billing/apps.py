"""Names the app `billing` to Django, and has it listen."""

from django.apps import AppConfig
from django.utils.module_loading import import_string


class BillingConfig(AppConfig):
    """The room as a Django app."""

    name = "factory.domain.billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen; found by its name, since models may only be imported now."""
        import_string("factory.domain.billing.receivers.listen")()
