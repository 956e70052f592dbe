"""Every address of the service; each room's own are in its `urls.py`."""

from django.urls import include, path

urlpatterns = [
    path("", include("registry.dashboard.urls")),
    path("account/", include("registry.accounts.urls")),
    path("account/equality/", include("registry.equality.urls")),
    path("calendar/", include("registry.accounts.calendar_urls")),
    path("organisations/", include("registry.organisations.urls")),
    path("people/", include("registry.clinicians.urls")),
    path("contributions/", include("registry.contributions.urls")),
    path("leadership/", include("registry.competency.urls")),
    path("", include("registry.competency.feedback.urls")),
    path("messages/", include("registry.notifications.urls")),
    path("appraisals/", include("registry.appraisals.urls")),
    path("appraisals/", include("registry.appraisals.calendar_urls")),
    path("programmes/", include("programmes.urls.catalogue")),
    path("programmes/", include("programmes.urls.applying")),
    path("programmes/", include("programmes.urls.selecting")),
    path("programmes/", include("programmes.urls.taking_part")),
    path("programmes/", include("programmes.urls.outcomes")),
    path("mentoring/", include("mentoring.urls")),
    path("vacancies/", include("registry.boards.urls")),
    path("appraisals/organisation/", include("registry.appraisals.officers.urls")),
    path("exports/", include("registry.transfers.export_urls")),
    path("imports/", include("registry.transfers.urls")),
    path("api/", include("registry.api.urls")),
]

handler400 = "registry.config.errors.bad_request"
handler403 = "registry.config.errors.forbidden"
handler404 = "registry.config.errors.not_found"
handler500 = "registry.config.errors.server_error"
