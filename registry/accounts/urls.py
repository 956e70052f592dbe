"""Sign-in, sign-out and passwords (allauth's views), one's own account, roles, clients of the API."""

from allauth.account import views as allauth_views
from django.urls import path, re_path
from django.views.generic import RedirectView

from registry.accounts.views import clients, messages, own, roles

urlpatterns = [
    path("", own.details, name="account_details"),
    path("board-posts", own.consent, name="consent"),
    path("board-posts/withdraw", own.withdraw_consent, name="withdraw_consent"),
    path("messages", messages.settings_of_messages, name="message_settings"),
    path("calendar", messages.own_calendar, name="own_calendar"),
    path("calendar/revoke", messages.revoke_calendar, name="revoke_calendar"),
    path("roles/", roles.index, name="roles"),
    path("roles/grant", roles.grant, name="grant_role"),
    path("roles/<int:pk>/revoke", roles.revoke, name="revoke_role"),
    path("api-clients/", clients.index, name="clients"),
    path("api-clients/new", clients.new, name="new_client"),
    path("api-clients/<int:pk>/secret", clients.rotate, name="rotate_client"),
    path("api-clients/<int:pk>/revoke", clients.revoke, name="revoke_client"),
    path("sign-in", allauth_views.login, name="account_login"),
    path("sign-out", allauth_views.logout, name="account_logout"),
    path("closed", allauth_views.account_inactive, name="account_inactive"),
    path("change-password", allauth_views.password_change, name="account_change_password"),
    path("set-password", allauth_views.password_reset, name="account_reset_password"),
    # Where allauth sends a signed-in person who has no password yet.
    path("first-password", RedirectView.as_view(pattern_name="account_reset_password"), name="account_set_password"),
    path("set-password/sent", allauth_views.password_reset_done, name="account_reset_password_done"),
    # The key has hyphens of its own; the first one ends the account's number.
    re_path(
        r"^set-password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "set-password/done",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
