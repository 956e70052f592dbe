"""The addresses of staff imports."""

from django.urls import path, re_path

from registry.transfers import views

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
]
