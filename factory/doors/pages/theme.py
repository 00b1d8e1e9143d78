"""Light or dark as the person chose; the server reads the choice, so that no page flashes in the other one."""

from django.http import HttpRequest

COOKIE = "theme"
THEMES = ("light", "dark")


def chosen_theme(request: HttpRequest) -> dict[str, str]:
    """For every template; empty where the system decides."""
    theme = request.COOKIES.get(COOKIE, "")
    return {"theme": theme if theme in THEMES else ""}
