"""Takes secrets out of what an instance says: components repeat in their reasons what they were given."""

import dataclasses
from typing import Any

from components.contract.messages import Event, Hello, Message, Reply, Report
from factory.orchestration.secret_values import RunSecrets

_REFUSED = 400
"""What is no refusal is for a program, which would stumble over stars."""


def without_secrets(message: Message, secrets: RunSecrets) -> Message:
    """The message with stars in place of the run's secrets, in whatever people get to read of it."""
    if not secrets.values:
        return message
    match message:
        case Hello():
            return dataclasses.replace(message, reason=_hidden(message.reason, secrets))
        case Report():
            refused = _hidden(message.refused, secrets)
            return dataclasses.replace(message, reason=_hidden(message.reason, secrets), refused=refused)
        case Event():
            return dataclasses.replace(message, body=_hidden(message.body, secrets))
        case Reply() if message.status >= _REFUSED:
            return dataclasses.replace(message, body=_hidden(message.body, secrets))
    return message


def _hidden(value: Any, secrets: RunSecrets) -> Any:
    if isinstance(value, str):
        return secrets.hide(value)
    if isinstance(value, dict):
        return {key: _hidden(each, secrets) for key, each in value.items()}
    return value
