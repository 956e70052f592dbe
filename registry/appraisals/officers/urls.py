"""The addresses of officers' pages about appraisals."""

from django.urls import path

from registry.appraisals.officers.views import (
    assigning,
    compliance,
    connections,
    cycles,
    doctors,
    person,
    postponements,
    quiet,
)

app_name = "officers"
urlpatterns = [
    path("", compliance.compliance, name="compliance"),
    path("overdue", compliance.overdue, name="overdue"),
    path("<int:pk>", compliance.appraisal, name="appraisal"),
    path("assign", assigning.choose, name="assign"),
    path("assign/check", assigning.check, name="check_assignment"),
    path("postponements", postponements.postponements, name="postponements"),
    path("postponements/<int:pk>", postponements.decide, name="decide"),
    path("cycles", cycles.cycles, name="cycles"),
    path("cycles/<int:pk>/place", cycles.place, name="place"),
    path("people/<int:pk>", person.person, name="person"),
    path("people/obligations/<int:pk>/end", person.end, name="end_obligation"),
    path("connections", connections.connections, name="connections"),
    path("connections/connect", connections.connect, name="connect"),
    path("connections/<int:pk>/end", connections.end, name="end_connection"),
    path("designated-body", compliance.designated_body, name="designated_body"),
    path("quiet-days", quiet.quiet_days, name="quiet_days"),
    path("quiet-days/<int:pk>/remove", quiet.remove, name="remove_quiet_days"),
    path("doctors", doctors.doctors, name="doctors"),
    path("doctors/<int:pk>", doctors.doctor, name="doctor"),
]
