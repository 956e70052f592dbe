"""How messages come is a person's own choice, as far as the law leaves one."""

import pytest

from registry.accounts.forms import MessagesForm
from registry.accounts.models import User
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/account/messages"


@pytest.fixture
def person():
    return UserFactory()


def test_a_person_chooses_one_email_a_day_and_the_registry_alone(sign_in, person):
    browser = sign_in(person)
    assert browser.post(PAGE, {"digest": "True", "optional_mail": "False"}).url == PAGE
    person.refresh_from_db()
    assert (person.digest, person.optional_mail) == (True, False)
    assert "Saved" in browser.get(PAGE).text
    browser.post(PAGE, {"digest": "False", "optional_mail": "True"})
    person.refresh_from_db()
    assert (person.digest, person.optional_mail) == (False, True)


def test_the_page_says_what_cannot_be_switched_off_and_shows_what_holds(sign_in, person):
    User.objects.filter(pk=person.pk).update(digest=True)
    text = sign_in(person).get(PAGE).text
    assert "cannot be switched off" in text
    checked = [line for line in text.split("<input") if "checked" in line]
    assert ['name="digest"' in line and 'value="True"' in line for line in checked] == [True, False]
    assert 'name="optional_mail"' in checked[1]


def test_what_changes_of_the_account_meanwhile_stays(sign_in, person, monkeypatch):
    client, is_valid = sign_in(person), MessagesForm.is_valid

    def meanwhile(form):
        User.objects.filter(pk=person.pk).update(is_active=False, name="New Name")
        return is_valid(form)

    monkeypatch.setattr(MessagesForm, "is_valid", meanwhile)
    client.post(PAGE, {"digest": "True", "optional_mail": "False"})
    person = User.objects.get(pk=person.pk)
    assert (person.digest, person.optional_mail, person.is_active, person.name) == (True, False, False, "New Name")


@pytest.mark.parametrize(
    "data", [{}, {"digest": "maybe", "optional_mail": "True"}, {"digest": "", "optional_mail": ""}]
)
def test_nonsense_is_refused_beside_the_field_and_changes_nothing(sign_in, person, data):
    response = sign_in(person).post(PAGE, data)
    assert response.status_code == 200
    assert 'href="#id_digest"' in response.text
    person.refresh_from_db()
    assert (person.digest, person.optional_mail) == (False, True)


def test_nobody_elses_name_or_address_can_be_changed_with_it(sign_in, person):
    sign_in(person).post(PAGE, {"digest": "True", "optional_mail": "True", "email": "x@trust.example", "name": "X"})
    assert User.objects.get(pk=person.pk).email == person.email
