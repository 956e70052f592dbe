"""The room's addresses."""

from django.urls import URLPattern

app_name = "clinicians"
urlpatterns: list[URLPattern] = []
