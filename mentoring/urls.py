"""The room's addresses."""

from django.urls import path

from mentoring.views import insight, leads, register

app_name = "mentoring"
urlpatterns = [
    path("", register.mine, name="mine"),
    path("offer", register.offer, name="offer"),
    path("offer/<slug:to>", register.move_offer, name="move_offer"),
    path("look", register.look, name="look"),
    path("requests/<int:pk>", register.change_request, name="change_request"),
    path("requests/<int:pk>/withdraw", register.stop_looking, name="stop_looking"),
    path("exclusions", register.exclusions, name="exclusions"),
    path("exclusions/<int:pk>/remove", register.include, name="include"),
    path("register/mentors", leads.mentors, name="mentors"),
    path("insight", insight.insight, name="insight"),
    path("register/requests", leads.requests, name="requests"),
]
