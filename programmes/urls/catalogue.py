"""Addresses of programmes: the catalogue, its leads' pages, and what HR sees of its people."""

from django.urls import path

from programmes.views import catalogue, cohorts, people

app_name = "programmes"
urlpatterns = [
    path("", catalogue.index, name="catalogue"),
    path("catalogue/<slug:code>", catalogue.programme, name="programme"),
    path("cohorts/<int:pk>", catalogue.cohort, name="cohort"),
    path("people", people.people, name="people"),
    path("manage", cohorts.index, name="manage"),
    path("manage/cohorts/<int:pk>", cohorts.manage, name="manage_cohort"),
]
