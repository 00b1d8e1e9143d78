"""What the sign-in library asks about second factors: how they are kept, and what they are called."""

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator

from factory.doors.pages.account_pages.device_words import describe_device
from factory.doors.pages.account_pages.sealing import seal, unseal

_MOST_NUMBERED = 50


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code is not right. An app's code changes every 30 seconds; a recovery code works once.",
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002
        """Called after the browser it is made with; numbered where that name is taken."""
        base = describe_device(context.request.META.get("HTTP_USER_AGENT", ""))
        rows = Authenticator.objects.filter(user_id=user.pk, type=type)[:_MOST_NUMBERED]
        taken = {row.data.get("name") for row in rows}
        names = (base, *(f"{base} {number}" for number in range(2, _MOST_NUMBERED + 2)))
        return next(name for name in names if name not in taken)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Media Pipeline Factory"}
