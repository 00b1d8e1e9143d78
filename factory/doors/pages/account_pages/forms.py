"""The forms of a person's own pages, where they differ from the sign-in library's."""

from typing import Any

from allauth.account.forms import SignupForm
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from factory.domain.accounts.models import User
from factory.domain.accounts.people import LONGEST_NAME
from factory.domain.accounts.selectors import person_of

_CODE_PLACEHOLDER = {"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "off", "spellcheck": "false"}


def _take_once(authenticator: Authenticator, code: str) -> None:
    """Refuse a code of an app for as long as it would be right: with a tolerance that is longer than its period.

    Raises:
        ValidationError: it was used before (RFC 6238, 5.2).
    """
    if authenticator.type != Authenticator.Type.TOTP:
        return
    seconds = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    digits = "".join(character for character in code if character.isalnum())
    if not cache.add(f"factory.second-factor.{authenticator.pk}.{digits}", True, seconds):
        raise get_adapter().validation_error("incorrect_code")


class SignUpForm(SignupForm):  # type: ignore[misc]
    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Two sign up with one address at the same moment, or twice by one click: the second is told as if later."""
        try:
            with transaction.atomic():
                saved: tuple[User | None, HttpResponse | None] = super().try_save(request)
        except IntegrityError:
            self.account_already_exists = person_of(email=self.cleaned_data["email"]) is not None
            saved = super().try_save(request)
        return saved


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["code"].widget = forms.TextInput(attrs=_CODE_PLACEHOLDER)

    def clean_code(self) -> str:
        code: str = super().clean_code()
        _take_once(self.authenticator, code)
        return code


class ReauthenticationCodeForm(ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["code"].widget = forms.TextInput(attrs=_CODE_PLACEHOLDER)

    def clean_code(self) -> str:
        code: str = super().clean_code()
        _take_once(self.authenticator, code)
        return code


class _UsedPasskey:
    """A passkey is no code: what is wrong with it is said in its own words."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except forms.ValidationError as error:
            if error.code != "incorrect_code":
                raise
            raise forms.ValidationError(
                "This passkey opens no account here. Take another one, or sign in another way and look whether it "
                "was removed.",
                code="incorrect_passkey",
            ) from None


class PasskeySignInForm(_UsedPasskey, LoginWebAuthnForm):  # type: ignore[misc]
    """Signs in alone."""


class PasskeyStepForm(_UsedPasskey, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """Comes after the password."""


class PasskeyReauthenticationForm(_UsedPasskey, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Shows that it is still the same person."""


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["name"].max_length = LONGEST_NAME
        self.fields["name"].widget.attrs["maxlength"] = LONGEST_NAME
        self.fields["name"].help_text = "To tell it from others: the device or the key that keeps it."
        passwordless = self.fields["passwordless"]
        passwordless.label = "Sign in with it alone"
        passwordless.initial = True
        passwordless.help_text = (
            "Without e-mail address and password. The device then asks for your finger, face or PIN. "
            "Older security keys cannot do this: leave it off for them, they still serve as a second factor."
        )

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except forms.ValidationError as error:
            if error.code != "incorrect_code":
                raise
            raise forms.ValidationError(
                "The key could not be taken: it came too late, or did not check that it is you. Try once more."
            ) from None

    def clean_name(self) -> str:
        name: str = super().clean_name()
        return name[:LONGEST_NAME]


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(max_length=LONGEST_NAME)


class ProfileForm(forms.Form):
    name = forms.CharField(
        label="Full name",
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="What others in your teams see. Without one they see your e-mail address.",
    )
