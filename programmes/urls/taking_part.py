"""Addresses of programmes: taking part, running a cohort, supporting, and verifying certificates."""

from django.urls import path

from programmes.views import certificates, changing_places, learning_sets, people, running, supporting, taking_part

app_name = "taking_part"
urlpatterns = [
    path("mine/", taking_part.mine, name="mine"),
    path("mine/<int:pk>", taking_part.place, name="place"),
    path("mine/<int:pk>/give-up", taking_part.give_up, name="give_up"),
    path("mine/<int:pk>/host", taking_part.host, name="host"),
    path("mine/<int:pk>/objectives/add", taking_part.add_objective, name="add_objective"),
    path("mine/<int:pk>/objectives/met", taking_part.look_back, name="look_back"),
    path("mine/objectives/<int:pk>", taking_part.change_objective, name="objective"),
    path("mine/objectives/<int:pk>/remove", taking_part.remove_objective, name="remove_objective"),
    path("sets/<int:pk>", learning_sets.learning_set, name="set"),
    path("sets/meetings/<int:pk>", learning_sets.meeting, name="meeting"),
    path("sets/meetings/<int:pk>/change", learning_sets.change_meeting, name="change_meeting"),
    path("sets/meetings/<int:pk>/remove", learning_sets.remove_meeting, name="remove_meeting"),
    path("sets/notes/<int:pk>/remove", learning_sets.remove_note, name="remove_note"),
    path("teaching/", running.teaching, name="teaching"),
    path("running/<int:pk>", running.cohort, name="cohort"),
    path("running/<int:pk>/export", people.cohort_export, name="export"),
    path("running/<int:pk>/start", running.start, name="start"),
    path("running/<int:pk>/finish", running.finish, name="finish"),
    path("running/<int:pk>/complete", running.complete_ready, name="complete_ready"),
    path("running/<int:pk>/sessions/add", running.add_session, name="add_session"),
    path("running/<int:pk>/sets", running.sets, name="sets"),
    path("running/<int:pk>/sets/join", running.add_newcomers, name="add_newcomers"),
    path("sessions/<int:pk>", running.change_session, name="session"),
    path("sessions/<int:pk>/cancel", running.cancel_session, name="cancel_session"),
    path("sessions/<int:pk>/attendance", running.attendance, name="attendance"),
    path("places/<int:pk>", running.person, name="person"),
    path("places/<int:pk>/withdraw", changing_places.withdraw, name="withdraw"),
    path("places/<int:pk>/defer", changing_places.defer, name="defer"),
    path("places/<int:pk>/come-back", changing_places.come_back, name="come_back"),
    path("places/<int:pk>/move", changing_places.transfer, name="transfer"),
    path("places/<int:pk>/complete", changing_places.complete, name="complete"),
    path("places/<int:pk>/supporter", changing_places.supporter, name="supporter"),
    path("certificates/<int:pk>.pdf", certificates.certificate, name="certificate"),
    path("certificates/<int:pk>/revoke", changing_places.revoke, name="revoke"),
    path("certificates/verify/<str:code>", certificates.verify, name="verify"),
    path("fellows/", supporting.fellows, name="fellows"),
    path("fellows/<int:pk>", supporting.fellow, name="fellow"),
    path("fellows/<int:pk>/plan-all", supporting.plan_all, name="plan_all"),
    path("fellows/check-ins/<int:pk>", supporting.check_in, name="check_in"),
    path("fellows/check-ins/<int:pk>/remove", supporting.remove_check_in, name="remove_check_in"),
]
