"""A client at an endpoint of either kind, which has a pass and may forget it."""

import dataclasses
import json
from typing import Any

from django.test import AsyncClient

from factory.domain.pipelines.endpoint_tokens import make_endpoint_token, revoke_endpoint_token
from factory.domain.pipelines.models import Endpoint, EndpointToken, Version
from factory.domain.pipelines.passes import make_pass
from factory.foundation import clock

OFFER = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n"
FRAGMENT = "a=ice-ufrag:abcd\r\na=end-of-candidates\r\n"
SDP = "application/sdp"
SDP_FRAGMENT = "application/trickle-ice-sdpfrag"


@dataclasses.dataclass(frozen=True)
class Door:
    """An endpoint and its node, from outside."""

    kind: str
    endpoint: str
    node: str

    @property
    def address(self) -> str:
        return f"/{self.kind}/{self.endpoint}"

    @property
    def bearer(self) -> str:
        token, _expires_at = make_pass(endpoint=Endpoint(pk=self.endpoint), user=None, now=clock.now())
        return f"Bearer {token}"

    def make_token(self) -> tuple[EndpointToken, str]:
        """A token for a program."""
        endpoint = Endpoint.objects.get(pk=self.endpoint)
        return make_endpoint_token(endpoint=endpoint, name="OBS", by=None, now=clock.now())

    def revoke(self, token: EndpointToken) -> None:
        endpoint = Endpoint.objects.get(pk=self.endpoint)
        revoke_endpoint_token(endpoint=endpoint, token_id=token.pk, by=None, now=clock.now())

    async def send(
        self,
        method: str,
        path: str = "",
        *,
        body: str | bytes = "",
        content_type: str = SDP,
        authorization: str | None = "right",
        secure: bool = False,
        **headers: str,
    ) -> Any:
        given = self.bearer if authorization == "right" else authorization
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers |= {} if given is None else {"authorization": given}
        address = f"{self.address}{path}"
        return await AsyncClient().generic(
            method, address, data=body, content_type=content_type, headers=headers, secure=secure
        )

    async def offer(self, body: str | bytes = OFFER, **more: Any) -> Any:
        return await self.send("POST", body=body, **more)

    async def trickle(self, session: str, tag: str | None, body: str | bytes = FRAGMENT, **more: Any) -> Any:
        headers = {} if tag is None else {"if_match": tag}
        return await self.send("PATCH", f"/{session}", body=body, **{"content_type": SDP_FRAGMENT, **headers, **more})

    async def delete(self, session: str, **more: Any) -> Any:
        return await self.send("DELETE", f"/{session}", **more)


def door_of(version: Version, kind: str) -> Door:
    """The door of this kind that the version's pipeline has."""
    endpoint = Endpoint.objects.get(pipeline=version.pipeline, kind=kind)
    return Door(kind, endpoint.id, endpoint.node)


def problem_of(response: Any) -> str:
    """The sentence of problem details (RFC 9457), which pages of other origins may read."""
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    problem = json.loads(response.content)
    assert problem["status"] == response.status_code
    return str(problem["title"])
