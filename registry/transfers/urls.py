"""The addresses of imports."""

from django.urls import path, re_path

from registry.transfers import history_views, views

app_name = "transfers"
urlpatterns = [
    path("", views.batches, name="batches"),
    path("new", views.upload, name="upload"),
    re_path(r"^template\.(?P<kind>csv|xlsx)$", views.template, name="template"),
    path("<int:pk>", views.batch, name="batch"),
    path("<int:pk>/progress", views.progress_bar, name="progress"),
    path("<int:pk>/confirm", views.confirm, name="confirm"),
    path("<int:pk>/discard", views.discard, name="discard"),
    path("<int:pk>/to-mend.csv", views.errors, name="errors"),
    path("history/", history_views.batches, name="histories"),
    path("history/new", history_views.upload, name="upload_history"),
    re_path(r"^history/template-(?P<kind>lqf-360|external)\.csv$", history_views.template, name="history_template"),
    path("history/<int:pk>", history_views.batch, name="history"),
    path("history/<int:pk>/to-mend.csv", history_views.errors, name="history_errors"),
    path("history/<int:pk>/confirm", history_views.confirm, name="confirm_history"),
    path("history/<int:pk>/discard", history_views.discard, name="discard_history"),
    path("history/<int:pk>/remove", history_views.remove, name="remove_history"),
]
