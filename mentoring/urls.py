"""The room's addresses."""

from django.urls import path

from mentoring.views import insight, leads, register, round_pairs, rounds, sessions

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
    path("log", sessions.log, name="log"),
    path("pairs/<int:pk>/log", sessions.log_session, name="log_session"),
    path("pairs/<int:pk>/sessions", sessions.all_sessions, name="sessions"),
    path("pairs/<int:pk>/plan", sessions.plan_next, name="plan_next"),
    path("pairs/<int:pk>/cancel", sessions.cancel_next, name="cancel_next"),
    path("sessions/<int:pk>", sessions.session, name="session"),
    path("sessions/<int:pk>/change", sessions.change_session, name="change_session"),
    path("sessions/<int:pk>/remove", sessions.remove_session, name="remove_session"),
    path("notes/<int:pk>/share", sessions.share_note, name="share_note"),
    path("notes/<int:pk>/unshare", sessions.unshare_note, name="unshare_note"),
    path("notes/<int:pk>/remove", sessions.remove_note, name="remove_note"),
]
