"""The room's addresses."""

from django.urls import path

from mentoring.views import insight, leads, register, round_pairs, rounds

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
    path("rounds", rounds.index, name="rounds"),
    path("rounds/open", rounds.open_round, name="open_round"),
    path("rounds/<int:pk>", rounds.detail, name="round"),
    path("rounds/<int:pk>/match", rounds.match, name="match"),
    path("rounds/<int:pk>/weights", rounds.weights, name="weights"),
    path("rounds/<int:pk>/publish", rounds.publish, name="publish_round"),
    path("rounds/<int:pk>/cancel", rounds.cancel, name="cancel_round"),
    path("rounds/versions/<int:pk>", rounds.version, name="version"),
    path("rounds/versions/<int:pk>/progress", rounds.matching, name="matching"),
    path("rounds/versions/<int:pk>/stop", rounds.stop, name="stop_matching"),
    path("rounds/versions/<int:pk>/keep", rounds.keep, name="keep_version"),
    path("rounds/versions/<int:pk>/pairs", round_pairs.index, name="round_pairs"),
    path("rounds/pairs/<int:pk>", round_pairs.pair, name="pair_in_round"),
    path("rounds/pairs/<int:pk>/<slug:what>", round_pairs.decide, name="decide"),
]
