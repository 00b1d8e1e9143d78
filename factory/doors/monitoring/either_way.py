"""What middleware needs to stand before asynchronous and other views alike."""

from collections.abc import Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class EitherWay:
    """Middleware that is called as what it wraps is: with `_pass`, or with `_await` where that is a coroutine."""

    async_capable = True
    sync_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._is_asynchronous = iscoroutinefunction(get_response)
        if self._is_asynchronous:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if self._is_asynchronous:
            return self._await(request)  # type: ignore[return-value]
        return self._pass(request)

    def _pass(self, request: HttpRequest) -> HttpResponseBase:
        raise NotImplementedError

    async def _await(self, request: HttpRequest) -> HttpResponseBase:
        raise NotImplementedError
