"""Addresses of programmes: the catalogue, its leads' pages, and what HR sees of its people."""

from django.urls import path

from programmes.views import catalogue, cohorts, editing, parts, people

app_name = "programmes"
urlpatterns = [
    path("", catalogue.index, name="catalogue"),
    path("catalogue/<slug:code>", catalogue.programme, name="programme"),
    path("cohorts/<int:pk>", catalogue.cohort, name="cohort"),
    path("people", people.people, name="people"),
    path("people/export", people.export, name="people_export"),
    # Of leads: programmes
    path("manage", editing.index, name="manage"),
    path("manage/new", editing.create, name="new"),
    path("manage/programmes/<slug:code>", editing.programme, name="manage_programme"),
    path("manage/programmes/<slug:code>/edit", editing.edit, name="edit"),
    path("manage/programmes/<slug:code>/retire", editing.retire, name="retire"),
    path("manage/programmes/<slug:code>/draft", editing.draft, name="draft"),
    path("manage/programmes/<slug:code>/cohorts/new", cohorts.create, name="new_cohort"),
    # Versions and their parts
    path("manage/versions/<int:pk>", editing.version, name="version"),
    path("manage/versions/<int:pk>/describe", editing.describe, name="describe"),
    path("manage/versions/<int:pk>/publish", editing.publish, name="publish"),
    path("manage/versions/<int:pk>/close", editing.close, name="close_version"),
    path("manage/versions/<int:pk>/stages/new", parts.add_stage, name="add_stage"),
    path("manage/versions/<int:pk>/gates/new/<str:kind>", parts.add_gate, name="add_gate"),
    path("manage/gates/<int:pk>/criteria/new", parts.add_criterion, name="add_criterion"),
    path("manage/parts/<str:what>/<int:pk>", parts.edit, name="part"),
    path("manage/parts/<str:what>/<int:pk>/remove", parts.remove, name="remove_part"),
    path("manage/parts/<str:what>/<int:pk>/move", parts.move, name="move_part"),
    # Cohorts
    path("manage/cohorts", cohorts.index, name="manage_cohorts"),
    path("manage/cohorts/<int:pk>", cohorts.manage, name="manage_cohort"),
    path("manage/cohorts/<int:pk>/edit", cohorts.edit, name="edit_cohort"),
    path("manage/cohorts/<int:pk>/newest-version", cohorts.newest_version, name="newest_version"),
    path("manage/cohorts/<int:pk>/announce", cohorts.open_, name="open_cohort"),
    path("manage/cohorts/<int:pk>/close", cohorts.close, name="close_applications"),
    path("manage/cohorts/<int:pk>/cancel", cohorts.cancel, name="cancel_cohort"),
    path("manage/cohorts/<int:pk>/limits", cohorts.limits, name="limits"),
    path("manage/cohorts/<int:pk>/assessors", cohorts.assessors, name="assessors"),
    path("manage/cohorts/<int:pk>/tutors", cohorts.tutors, name="tutors"),
    path("manage/cohorts/<int:pk>/<str:what>/<int:row>/remove", cohorts.remove, name="remove_from_cohort"),
]
