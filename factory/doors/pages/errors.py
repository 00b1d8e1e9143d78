"""The pages of what went wrong; the one of our own mistakes asks neither database nor session."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def show_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)


def show_too_many_requests(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "60"
    return response
