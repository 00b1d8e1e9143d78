"""WHEP (draft-ietf-wish-whep-03): who may watch what."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from factory.domain.pipelines.models import EndpointKind
from factory.doors.signalling.exchange import at_endpoint, at_session


@csrf_exempt
async def endpoint(request: HttpRequest, endpoint: str) -> HttpResponse:
    """Where a viewer sends its offer (4.2); the gateway takes it or answers 406, it makes no counter-offers."""
    return await at_endpoint(request, EndpointKind.WHEP, endpoint)


@csrf_exempt
async def session(request: HttpRequest, endpoint: str, session: str) -> HttpResponse:
    """Where it adds candidates and ends its session."""
    return await at_session(request, EndpointKind.WHEP, endpoint, session)
