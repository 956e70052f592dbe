"""Home, and the pages about the service itself."""

from django.urls import path

from registry.dashboard import views
from registry.dashboard.insight import views as insight

app_name = "dashboard"
urlpatterns = [
    path("", views.home, name="home"),
    path("insight/", insight.insight, name="insight"),
    path("insight/export", insight.export, name="insight_export"),
    path("accessibility", views.accessibility, name="accessibility"),
    path("privacy", views.privacy, name="privacy"),
]
