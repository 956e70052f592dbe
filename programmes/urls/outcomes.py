"""Addresses of programmes: what came of them, and their alumni."""

from django.urls import path

from programmes.views import alumni, learning, outcome_reports, outcomes

app_name = "outcomes"
urlpatterns = [
    path("reports", outcome_reports.index, name="report"),
    path("reports/<slug:code>", outcome_reports.programme, name="programme"),
    path("reports/<slug:code>/file", outcome_reports.export, name="export"),
    path("reports/cohorts/<int:pk>", outcome_reports.cohort, name="cohort"),
    path("outcomes/<int:pk>", outcomes.own, name="own"),
    path("outcomes/<int:pk>/<int:months>", outcomes.tell, name="tell"),
    path("outcomes/take-back/<int:pk>", outcomes.take_back, name="take_back"),
    path("outcomes/cohorts/<int:pk>", outcomes.people, name="people"),
    path("outcomes/<int:pk>/note/<int:months>", outcomes.note, name="note"),
    path("outcomes/<int:pk>/learning", learning.add, name="add_learning"),
    path("outcomes/learning/<int:pk>", learning.change, name="change_learning"),
    path("outcomes/learning/<int:pk>/remove", learning.remove, name="remove_learning"),
    path("alumni", alumni.index, name="alumni"),
    path("alumni/<int:pk>", alumni.group, name="group"),
    path("alumni/<int:pk>/entry", alumni.entry, name="entry"),
    path("alumni/<int:pk>/hide", alumni.hide, name="hide"),
]
