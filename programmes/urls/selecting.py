"""Addresses of programmes: scoring, places, answers to offers, appeals and statistics."""

from django.urls import path

from programmes.views import answering, appeals, places, readings, scoring, statistics

app_name = "selecting"
urlpatterns = [
    path("to-score", scoring.to_score, name="to_score"),
    path("to-score/<int:pk>", scoring.declare, name="declare"),
    path("to-score/<int:pk>/scores", scoring.score, name="score"),
    path("to-score/<int:pk>/conflict", scoring.conflict, name="conflict"),
    path("cohorts/<int:pk>/selection", readings.cohort, name="cohort"),
    path("cohorts/<int:pk>/selection/gates/<int:gate>", readings.gate, name="gate"),
    path("cohorts/<int:pk>/selection/gates/<int:gate>/assign", readings.assign, name="assign"),
    path("cohorts/<int:pk>/places", places.places, name="places"),
    path("cohorts/<int:pk>/places/decide", places.decide, name="decide"),
    path("cohorts/<int:pk>/places/close-waiting-list", places.close_waiting_list, name="close_waiting_list"),
    path("cohorts/<int:pk>/feedback", places.feedback, name="feedback"),
    path("cohorts/<int:pk>/statistics", statistics.statistics, name="statistics"),
    path("cohorts/<int:pk>/statistics/publish", statistics.publish, name="publish_statistics"),
    path("selection/applications/<int:pk>", readings.application, name="application"),
    path("selection/applications/<int:pk>/withdraw", readings.withdraw_for, name="withdraw_for"),
    path("selection/applications/<int:pk>/gates/<int:gate>/reader", readings.add_reader, name="add_reader"),
    path("selection/applications/<int:pk>/feedback", places.write_feedback, name="write_feedback"),
    path("selection/readings/<int:pk>/take-back", readings.take_back, name="take_back"),
    path("applications/<int:pk>/offer", answering.offer, name="offer"),
    path("applications/<int:pk>/offer/decline", answering.decline, name="decline"),
    path("applications/<int:pk>/appeal", appeals.lodge, name="appeal"),
    path("appeals/<int:pk>", appeals.decide, name="decide_appeal"),
]
