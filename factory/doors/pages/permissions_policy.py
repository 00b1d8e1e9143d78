"""What browsers may offer our pages: nothing, but camera, microphone and screen to the editor."""

from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

HEADER = "Permissions-Policy"
_NEVER = ("accelerometer", "geolocation", "gyroscope", "magnetometer", "midi", "payment", "serial", "usb")
_CAPTURE = ("camera", "display-capture", "microphone")

NOTHING = ", ".join(f"{feature}=()" for feature in (*_CAPTURE, *_NEVER))
CAPTURE = ", ".join([*(f"{feature}=(self)" for feature in _CAPTURE), *(f"{feature}=()" for feature in _NEVER)])


class PermissionsPolicyMiddleware(MiddlewareMixin):
    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response.headers.setdefault(HEADER, NOTHING)
        return response
