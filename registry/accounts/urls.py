"""Sign-in, sign-out and passwords (allauth's views), and the person's own account page."""

from allauth.account import views as allauth_views
from django.urls import path

from registry.accounts import views

urlpatterns = [
    path("", views.details, name="account_details"),
    path("sign-in", allauth_views.login, name="account_login"),
    path("sign-out", allauth_views.logout, name="account_logout"),
    path("closed", allauth_views.account_inactive, name="account_inactive"),
    path("change-password", allauth_views.password_change, name="account_change_password"),
    path("set-password", allauth_views.password_reset, name="account_reset_password"),
    path("set-password/sent", allauth_views.password_reset_done, name="account_reset_password_done"),
    path(
        "set-password/<str:uidb36>-<str:key>",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "set-password/done",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
