"""How the sign-in library behaves here, whatever the environment says; `factory/settings.py` takes it over."""

from typing import Any

_ROOM = "factory.doors.pages.account_pages"
_CODE_SECONDS = 15 * 60

ACCOUNT: dict[str, Any] = {
    "ACCOUNT_ADAPTER": f"{_ROOM}.adapter.Accounts",
    "ACCOUNT_LOGIN_METHODS": {"email"},
    "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*"],
    "ACCOUNT_FORMS": {"signup": f"{_ROOM}.forms.SignUpForm"},
    # Whoever signs up as operator@... must not get the name by which the owner of the home team is found.
    "ACCOUNT_USERNAME_BLACKLIST": ["operator"],
    "ACCOUNT_PREVENT_ENUMERATION": True,
    "ACCOUNT_EMAIL_VERIFICATION": "mandatory",
    "ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED": True,
    "ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT": _CODE_SECONDS,
    # A wrong address cannot be changed there: that is offered only to who is new, and so would tell who is.
    "ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND": True,
    "ACCOUNT_LOGIN_BY_CODE_ENABLED": True,
    "ACCOUNT_LOGIN_BY_CODE_TIMEOUT": _CODE_SECONDS,
    "ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND": True,
    "ACCOUNT_CHANGE_EMAIL": True,
    "ACCOUNT_EMAIL_NOTIFICATIONS": True,
    "ACCOUNT_REAUTHENTICATION_REQUIRED": True,
    "ACCOUNT_SESSION_REMEMBER": True,
    "ACCOUNT_EMAIL_SUBJECT_PREFIX": "",
    "ACCOUNT_USER_DISPLAY": "factory.domain.accounts.selectors.name_of",
}
MFA: dict[str, Any] = {
    "MFA_ADAPTER": f"{_ROOM}.mfa_adapter.SecondFactors",
    "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
    "MFA_PASSKEY_LOGIN_ENABLED": True,
    # Nobody gets in with an unconfirmed address but by the terminal's link, and they may guard their account, too.
    "MFA_ALLOW_UNVERIFIED_EMAIL": True,
    "MFA_TOTP_ISSUER": "Media Pipeline Factory",
    # A step before and after the present one (RFC 6238, 5.2): the clocks of telephones differ.
    "MFA_TOTP_TOLERANCE": 1,
    "MFA_FORMS": {
        "authenticate": f"{_ROOM}.forms.CodeForm",
        "reauthenticate": f"{_ROOM}.forms.ReauthenticationCodeForm",
        "login_webauthn": f"{_ROOM}.forms.PasskeySignInForm",
        "authenticate_webauthn": f"{_ROOM}.forms.PasskeyStepForm",
        "reauthenticate_webauthn": f"{_ROOM}.forms.PasskeyReauthenticationForm",
        "add_webauthn": f"{_ROOM}.forms.PasskeyForm",
        "edit_webauthn": f"{_ROOM}.forms.PasskeyNameForm",
    },
}
