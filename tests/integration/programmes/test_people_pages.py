"""What HR sees of its people on programmes, and lists of people as files."""

import csv
import io

import pytest
from django.urls import reverse

from programmes.states import CohortState
from programmes.views import people
from registry.accounts.roles import Role
from registry.audit.models import ReadEvent
from registry.nhsuk.dates import long_date
from tests.factories import programmes
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory(region="Y62")


@pytest.fixture
def version(trust, lead):
    programme = programmes.ProgrammeFactory(organisation=trust, name="First steps", code="first-steps")
    return programmes.published(programmes.draft_version(programme), lead)


@pytest.fixture
def hr(trust):
    return user_with(Role.HR_OFFICER, trust)


def rows_of(response):
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_hr_sees_where_their_people_stand_and_nobody_elses(sign_in, trust, hr, version):
    cohort, running = programmes.cohort(version, capacity=5), programmes.cohort(version, state=CohortState.RUNNING)
    ours = clinician_user(trust, given_name="Ngozi", profession="doctor")
    programmes.application(cohort, ours)
    programmes.application(cohort, clinician_user(trust, given_name="Drafting"), state="draft")
    programmes.application(cohort, clinician_user(OrganisationFactory(), given_name="Stranger"))
    programmes.enrolment(running, clinician_user(trust, given_name="Placed"))
    client, path = sign_in(hr), reverse("programmes:people")
    page = client.get(path).text
    assert "Ngozi" in page
    assert "Being considered" in page
    assert "Drafting" not in page
    assert "Stranger" not in page
    page = client.get(path, {"show": "places"}).text
    assert "Placed" in page
    assert "Ngozi" not in page
    assert "Ngozi" in client.get(path, {"profession": "doctor", "state": "submitted"}).text
    assert "Nobody matches" in client.get(path, {"q": "nobody of this name"}).text


def test_hr_sees_the_mix_by_profession(sign_in, trust, hr, version):
    cohort, running = programmes.cohort(version, capacity=9), programmes.cohort(version, state=CohortState.RUNNING)
    for profession, state in (("doctor", "submitted"), ("doctor", "offered"), ("nurse", "rejected")):
        programmes.application(cohort, clinician_user(trust, profession=profession), state=state)
    programmes.enrolment(running, clinician_user(trust, profession="midwife"))
    from programmes.people import mix

    assert [(row.profession, row.applications, row.places) for row in mix(hr)] == [("Doctor", 2, 0), ("Midwife", 0, 1)]


def test_list_of_people_asks_the_same_queries_for_one_and_three(
    sign_in, trust, hr, version, django_assert_max_num_queries
):
    cohort, client, counts = programmes.cohort(version, capacity=9), sign_in(hr), []
    for more in (1, 2):
        for _ in range(more):
            programmes.application(cohort, clinician_user(trust))
        with django_assert_max_num_queries(30) as queries:
            client.get(reverse("programmes:people"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_hr_takes_the_list_along_and_everybody_on_it_can_see_that(sign_in, trust, hr, version):
    cohort, running = programmes.cohort(version, capacity=5), programmes.cohort(version, state=CohortState.RUNNING)
    ours = clinician_user(trust, given_name="=Ngozi", family_name="Eze", profession="doctor", department="Ward 3")
    programmes.application(cohort, ours)
    programmes.application(cohort, clinician_user(trust), state="draft")
    programmes.application(cohort, clinician_user(OrganisationFactory()))
    placed = programmes.enrolment(running, clinician_user(trust)).clinician
    client, path = sign_in(hr), reverse("programmes:people_export")
    today = long_date(programmes.in_days(0))
    (row,) = rows_of(client.get(path, {"profession": "doctor"}))
    assert list(row.values()) == ["'=Ngozi Eze", "Doctor", "Ward 3", "First steps", "Spring", "Being considered", today]
    (row,) = rows_of(client.get(path, {"show": "places"}))
    assert row["Programme ends"] == long_date(running.ends_on)
    reads = ReadEvent.objects.filter(purpose="people.export")
    assert list(reads.order_by("pk").values_list("subject_id", "actor_id")) == [(ours.pk, hr.pk), (placed.pk, hr.pk)]
    assert f"{path}?profession=doctor" in client.get(reverse("programmes:people"), {"profession": "doctor"}).text


def test_list_that_is_too_long_for_a_file_says_so(sign_in, trust, hr, version, monkeypatch):
    monkeypatch.setattr(people, "MOST_EXPORTED", 0)
    programmes.application(programmes.cohort(version), clinician_user(trust))
    response = sign_in(hr).get(reverse("programmes:people_export"))
    assert response.status_code == 409
    assert "Narrow it" in response.text
    assert not ReadEvent.objects.exists()


def test_lead_takes_the_people_of_a_cohort_along(sign_in, trust, lead, version):
    running = programmes.cohort(version, state=CohortState.RUNNING)
    place = programmes.enrolment(running, clinician_user(trust))
    programmes.enrolment(programmes.cohort(version, state=CohortState.RUNNING), clinician_user(trust))
    client, path = sign_in(lead), reverse("taking_part:export", args=[running.pk])
    assert path in client.get(reverse("taking_part:cohort", args=[running.pk])).text
    (row,) = rows_of(client.get(path))
    assert list(row.values()) == [place.clinician.name, "Nurse", "Taking part", "0", "2", "0", "0"]
    assert ReadEvent.objects.filter(purpose="people.export").get().subject_id == place.clinician_id
