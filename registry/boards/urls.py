"""The room's addresses."""

from django.urls import path

from registry.boards.views import shortlists, vacancies

app_name = "boards"
urlpatterns = [
    path("", vacancies.index, name="vacancies"),
    path("new", vacancies.create, name="new"),
    path("<int:pk>", vacancies.detail, name="vacancy"),
    path("<int:pk>/edit", vacancies.edit, name="edit"),
    path("<int:pk>/specification", vacancies.specification, name="specification"),
    path("<int:pk>/open", vacancies.open_, name="open"),
    path("<int:pk>/close", vacancies.close, name="close"),
    path("<int:pk>/build", vacancies.build, name="build"),
    path("lists/<int:pk>", shortlists.shortlist, name="shortlist"),
    path("lists/<int:pk>/building", shortlists.building, name="building"),
    path("lists/<int:pk>/not-eligible", shortlists.not_eligible, name="not_eligible"),
    path("lists/<int:pk>/publish", shortlists.publish, name="publish"),
    path("lists/<int:pk>/candidates/<uuid:reference>", shortlists.candidate, name="candidate"),
]
