"""The room's addresses."""

from django.urls import URLPattern

app_name = "transfers"
urlpatterns: list[URLPattern] = []
