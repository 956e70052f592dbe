"""The API's addresses."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from drf_spectacular.views import SpectacularAPIView
from oauth2_provider.views import TokenView

from registry.api import views
from registry.api.v1 import shortlists

app_name = "api"
urlpatterns = [
    path("", views.documentation, name="documentation"),
    path("oauth/token", TokenView.as_view(), name="token"),
    path("v1/schema/", login_not_required(SpectacularAPIView.as_view()), name="schema"),
    path("v1/shortlists/", shortlists.Shortlists.as_view(), name="shortlists"),
    path("v1/shortlists/<uuid:reference>/", shortlists.OneShortlist.as_view(), name="shortlist"),
]
