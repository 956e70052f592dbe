"""The room's addresses."""

from django.urls import URLPattern

app_name = "competency"
urlpatterns: list[URLPattern] = []
