"""The addresses of one's own answers, in the account."""

from django.urls import path

from registry.equality import views

app_name = "equality"
urlpatterns = [
    path("", views.own, name="own"),
    path("erase", views.erase, name="erase"),
]
