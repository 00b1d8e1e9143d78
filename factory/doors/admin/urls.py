"""The address of the operators' pages; importing its modules fills them."""

from django.urls import path

from factory.doors.admin import books, components, credit, people, prices, runs
from factory.doors.admin.site import site

SUBJECTS = (people, credit, prices, components, runs, books)

urlpatterns = [path("admin/", site.urls)]
