"""A sign-up in whose middle somebody else is faster."""

from typing import Any

from django.http import HttpRequest

from factory.domain.accounts.models import User
from factory.doors.pages.account_pages.forms import SignUpForm
from tests.factory.doors.pages.account_pages.newcomers import EMAIL


class RacedByTheSameAddress(SignUpForm):
    """After it was looked whether the address is free."""

    def try_save(self, request: HttpRequest) -> Any:
        User.objects.create_user("rival", email=EMAIL)
        return super().try_save(request)


class RacedByTheSameName(SignUpForm):
    """The name of the account is chosen, and taken before it is saved."""

    tries = 0

    def save(self, request: HttpRequest) -> Any:
        self.tries += 1
        if self.tries == 1:
            User.objects.create_user("dora", email="dora@other.example")
            return User.objects.create_user("dora", email=EMAIL)
        return super().save(request)
