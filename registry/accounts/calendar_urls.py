"""The address of a private calendar feed, outside the account's own pages: programs open it, without signing in."""

from django.urls import path

from registry.accounts.views import messages

urlpatterns = [path("<str:token>.ics", messages.feed, name="calendar_feed")]
