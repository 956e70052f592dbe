"""The room's addresses."""

from django.urls import URLPattern

app_name = "boards"
urlpatterns: list[URLPattern] = []
