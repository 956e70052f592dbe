"""The addresses of organisations."""

from django.urls import path

from registry.organisations import views

app_name = "organisations"
urlpatterns = [
    path("", views.organisations, name="organisations"),
    path("<str:ods_code>", views.organisation, name="organisation"),
]
