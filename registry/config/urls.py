"""Every address of the service; each room's own are in its `urls.py`."""

from django.urls import include, path

urlpatterns = [
    path("", include("registry.dashboard.urls")),
    path("account/", include("registry.accounts.urls")),
    path("organisations/", include("registry.organisations.urls")),
    path("people/", include("registry.clinicians.urls")),
    path("leadership/", include("registry.competency.urls")),
    path("vacancies/", include("registry.boards.urls")),
    path("imports/", include("registry.transfers.urls")),
    path("api/", include("registry.api.urls")),
]

handler400 = "registry.dashboard.views.bad_request"
handler403 = "registry.dashboard.views.forbidden"
handler404 = "registry.dashboard.views.not_found"
handler500 = "registry.dashboard.views.server_error"
