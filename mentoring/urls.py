"""The room's addresses."""

from django.urls import path

from mentoring.views import agreements, insight, leads, pairs, register, supervision

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
    path("supervision", supervision.log, name="supervision"),
    path("supervision/<int:pk>/remove", supervision.remove, name="remove_supervision"),
    path("pairs", pairs.pairs, name="pairs"),
    path("pairs/<int:pk>", pairs.pair, name="pair"),
    path("pairs/<int:pk>/accept", pairs.accept, name="accept"),
    path("pairs/<int:pk>/decline", pairs.decline, name="decline"),
    path("pairs/<int:pk>/first-meeting", pairs.first_meeting, name="first_meeting"),
    path("pairs/<int:pk>/agreement", agreements.agreement, name="agreement"),
    path("pairs/<int:pk>/agree", agreements.agree, name="agree"),
    path("pairs/<int:pk>/goals", agreements.add_goal, name="add_goal"),
    path("goals/<int:pk>", agreements.goal, name="goal"),
    path("goals/<int:pk>/<slug:to>", agreements.move_goal, name="move_goal"),
    path("pairs/<int:pk>/review/<slug:point>", agreements.evaluate, name="evaluate"),
    path("pairs/<int:pk>/end", pairs.end, name="end"),
    path("register/mentors", leads.mentors, name="mentors"),
    path("insight", insight.insight, name="insight"),
    path("register/requests", leads.requests, name="requests"),
    path("register/relationships", leads.relationships, name="relationships"),
    path("register/relationships/<int:pk>/end", leads.end_for, name="end_for"),
    path("register/answers", leads.answers, name="answers"),
]
