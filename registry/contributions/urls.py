"""The room's addresses."""

from django.urls import path

from registry.contributions.views import changes, clearing, opportunities, ventures

app_name = "contributions"
urlpatterns = [
    path("", changes.mine, name="mine"),
    path("changes/add", changes.add, name="add_change"),
    path("changes/<int:pk>", changes.change, name="change"),
    path("changes/<int:pk>/edit", changes.edit, name="edit_change"),
    path("changes/<int:pk>/remove", changes.remove, name="remove_change"),
    path("ventures/start", ventures.start, name="start_venture"),
    path("ventures/<int:pk>", ventures.venture, name="venture"),
    path("ventures/<int:pk>/describe", ventures.describe, name="describe_venture"),
    path("ventures/<int:pk>/move", ventures.move, name="move_venture"),
    path("ventures/<int:pk>/declare", ventures.declare, name="declare"),
    path("ventures/<int:pk>/show", ventures.show, name="show_venture"),
    path("ventures/<int:pk>/hide", ventures.hide, name="hide_venture"),
    path("ventures/<int:pk>/<slug:kind>/add", ventures.add_part, name="add_part"),
    path("ventures/<int:pk>/<slug:kind>/<int:part_pk>", ventures.edit_part, name="edit_part"),
    path("ventures/<int:pk>/<slug:kind>/<int:part_pk>/remove", ventures.remove_part, name="remove_part"),
    path("clearing", clearing.clearing, name="clearing"),
    path("clearing/<int:pk>", clearing.decide, name="decide"),
    path("opportunities", opportunities.board, name="opportunities"),
    path("opportunities/add", opportunities.add, name="add_opportunity"),
    path("opportunities/<int:pk>", opportunities.opportunity, name="opportunity"),
    path("opportunities/<int:pk>/edit", opportunities.edit, name="edit_opportunity"),
    path("opportunities/<int:pk>/remove", opportunities.remove, name="remove_opportunity"),
    path("showcase", opportunities.showcase, name="showcase"),
]
