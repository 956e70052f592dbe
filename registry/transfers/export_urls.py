"""The addresses of exports: a table as a file, and the files that are made in the background."""

from django.urls import path, re_path

from registry.transfers import export_views

app_name = "exports"
urlpatterns = [
    re_path(r"^(?P<name>[a-z-]{1,40})\.(?P<kind>csv|xlsx)$", export_views.make, name="make"),
    path("<int:pk>", export_views.job, name="job"),
    path("<int:pk>/progress", export_views.progress_bar, name="progress"),
    path("<int:pk>/file", export_views.file, name="file"),
]
