"""Addresses of programmes: applying, endorsing, settling gates, and earlier learning."""

from django.urls import path

from programmes.views import applying, endorsing, equivalences, settling

app_name = "applying"
urlpatterns = [
    path("applications", applying.mine, name="mine"),
    path("applications/<int:pk>", applying.application, name="application"),
    path("applications/<int:pk>/withdraw", applying.withdraw, name="withdraw"),
    path("applications/<int:pk>/manager", applying.ask_manager, name="ask_manager"),
    path("cohorts/<int:pk>/apply", applying.apply, name="apply"),
    path("cohorts/<int:pk>/gates", settling.settle, name="settle"),
    path("endorsements", endorsing.endorsements, name="endorsements"),
    path("endorsements/<int:pk>", endorsing.endorse, name="endorse"),
    path("earlier-learning", equivalences.mine, name="equivalences"),
    path("earlier-learning/ask", equivalences.ask, name="ask"),
    path("earlier-learning/register", equivalences.register, name="register"),
    path("earlier-learning/<int:pk>", equivalences.decide, name="decide"),
]
