"""WHIP (RFC 9725): who may publish where."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from factory.domain.pipelines.models import EndpointKind
from factory.doors.signalling.exchange import at_endpoint, at_session


@csrf_exempt
async def endpoint(request: HttpRequest, endpoint: str) -> HttpResponse:
    """Where a publisher sends its offer (RFC 9725, 4.2)."""
    return await at_endpoint(request, EndpointKind.WHIP, endpoint)


@csrf_exempt
async def session(request: HttpRequest, endpoint: str, session: str) -> HttpResponse:
    """Where it adds candidates (4.3) and ends its session (4.2)."""
    return await at_session(request, EndpointKind.WHIP, endpoint, session)
