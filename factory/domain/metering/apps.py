"""Names the app `metering` to Django, and has it listen."""

from django.apps import AppConfig
from django.utils.module_loading import import_string


class MeteringConfig(AppConfig):
    """The room as a Django app."""

    name = "factory.domain.metering"
    label = "metering"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen; found by its name, since models may only be imported now."""
        import_string("factory.domain.metering.receivers.listen")()
