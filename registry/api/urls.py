"""The API's addresses."""

from django.urls import path
from oauth2_provider.views import TokenView

app_name = "api"
urlpatterns = [path("oauth/token", TokenView.as_view(), name="token")]
