"""One's own answers: given, changed, erased, seen by nobody else, and never said in the audit."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from registry.accounts.roles import Role
from registry.audit.models import AuditEvent, ReadEvent
from registry.equality import actions
from registry.equality.characteristics import CHARACTERISTICS
from registry.equality.models import EqualityAnswers
from registry.equality.pseudonyms import pseudonym_of
from registry.kernel.errors import Invalid, NotAllowed
from registry.kernel.permissions import Permission
from tests.factories.equality import answered
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import UserFactory, clinician_user, user_with
from tests.races import at_once

pytestmark = pytest.mark.django_db
PAGE, ERASE = "/account/equality/", "/account/equality/erase"


@pytest.fixture
def nurse():
    return clinician_user(OrganisationFactory()).user


def kept():
    """What the store holds, by pseudonym: only what is not blank."""
    rows = EqualityAnswers.objects.values("pk", *CHARACTERISTICS)
    return {row.pop("pk"): {name: value for name, value in row.items() if value} for row in rows}


def checked(text):
    """The (question, answer) pairs that are chosen on the page."""
    found = set()
    for line in text.split("<input")[1:]:
        tag = line.split(">")[0]
        if " checked" in tag:
            found.add(tuple(tag.split(f' {name}="')[1].split('"')[0] for name in ("name", "value")))
    return found


def test_answers_are_given_changed_and_shown_again(sign_in, nurse):
    browser = sign_in(nurse)
    assert browser.post(PAGE, {"ethnicity": "black", "sex": "prefer_not"}).url == PAGE
    assert checked(browser.get(PAGE).text) == {("ethnicity", "black"), ("sex", "prefer_not")}
    browser.post(PAGE, {"ethnicity": "mixed", "caring": "both"})
    assert kept() == {pseudonym_of(nurse.pk): {"ethnicity": "mixed", "caring": "both"}}


def test_erasing_is_confirmed_and_leaves_nothing(sign_in, nurse):
    answered(nurse)
    browser = sign_in(nurse)
    assert "Erase my answers" in browser.get(ERASE).text
    assert kept() != {}
    assert browser.post(ERASE).url == PAGE
    assert kept() == {}
    assert browser.get(ERASE).url == PAGE
    assert checked(browser.get(PAGE).text) == set()


def test_no_answer_at_all_is_nothing_to_keep(sign_in, nurse):
    browser = sign_in(nurse)
    browser.post(PAGE, {})
    assert (kept(), AuditEvent.objects.filter(verb__startswith="equality.").exists()) == ({}, False)
    answered(nurse)
    assert "You have no answers with us." in browser.post(PAGE, {"ethnicity": ""}, follow=True).text
    assert kept() == {}


@pytest.mark.parametrize(("name", "value"), [("ethnicity", "martian"), ("sex", "female\0"), ("age_band", "9" * 5000)])
def test_nonsense_is_refused_beside_the_question_and_changes_nothing(sign_in, nurse, name, value):
    answered(nurse, disability="yes")
    response = sign_in(nurse).post(PAGE, {name: value})
    assert response.status_code == 200
    assert f'href="#id_{name}"' in response.text
    assert kept() == {pseudonym_of(nurse.pk): {"disability": "yes"}}


def test_page_says_who_sees_what_and_that_it_is_voluntary(sign_in, nurse):
    text = sign_in(nurse).get(PAGE).text
    for words in (
        "voluntary",
        "No page shows your answers to anybody else",
        "never used in any decision",
        "groups of 10 people or more",
    ):
        assert words in text


def test_browsers_keep_no_copy_of_the_page(sign_in, nurse):
    browser = sign_in(nurse)
    assert "no-store" in browser.get(PAGE)["Cache-Control"]
    assert "no-store" in browser.post(PAGE, {"sex": "x"})["Cache-Control"]


@pytest.mark.parametrize("role", Role)
def test_page_is_linked_from_every_account_and_is_ones_own(sign_in, nurse, role):
    answered(nurse, ethnicity="black")
    browser = sign_in(user_with(role))
    assert f'href="{reverse("equality:own")}"' in browser.get("/account/").text
    assert checked(browser.get(PAGE).text) == set()


@pytest.mark.parametrize("role", Role)
def test_no_role_reaches_anybodys_answers_with_any_permission(nurse, role):
    answered(nurse)
    user = user_with(role)
    assert [p for p in Permission if EqualityAnswers.visible_to(user, p).exists()] == []


def test_ones_own_answers_are_reached_with_one_permission_alone(nurse):
    answered(nurse)
    assert [p for p in Permission if EqualityAnswers.visible_to(nurse, p).exists()] == [Permission.EQUALITY_ANSWER]


def test_nobody_answers_or_erases_for_somebody_else(nurse):
    answered(nurse, sex="female")
    for act in (
        lambda by: actions.answer(user=nurse, answers={"sex": "male"}, by=by),
        lambda by: actions.erase(user=nurse, by=by),
    ):
        with pytest.raises(NotAllowed):
            act(user_with(Role.ADMINISTRATOR))
    assert kept() == {pseudonym_of(nurse.pk): {"sex": "female"}}


def test_action_refuses_an_answer_that_was_not_offered(nurse):
    with pytest.raises(Invalid) as refused:
        actions.answer(user=nurse, answers={"religion": "jedi"}, by=nurse)
    assert (refused.value.field, kept()) == ("religion", {})


def test_audit_says_that_and_never_what(sign_in, nurse):
    browser = sign_in(nurse)
    browser.post(PAGE, {"religion": "sikh", "orientation": "bisexual"})
    browser.get(PAGE)
    browser.post(ERASE)
    events = AuditEvent.objects.filter(verb__startswith="equality.").order_by("pk")
    assert [(event.verb, event.subject_type, event.subject_id, event.detail) for event in events] == [
        ("equality.answered", "accounts.user", nurse.pk, {}),
        ("equality.erased", "accounts.user", nurse.pk, {}),
    ]
    assert not ReadEvent.objects.exists()


def test_store_holds_no_key_no_name_and_no_time():
    fields = {field.name for field in EqualityAnswers._meta.get_fields()}
    assert fields == {"pseudonym", "alike", *CHARACTERISTICS}
    assert not [field for field in EqualityAnswers._meta.get_fields() if field.is_relation]


def test_pseudonym_depends_on_the_key_and_not_on_the_secret_of_sessions(settings):
    before = pseudonym_of(7)
    assert len({before, pseudonym_of(8), pseudonym_of(77)}) == 3
    settings.SECRET_KEY = "another"
    assert pseudonym_of(7) == before
    settings.EQUALITY_KEY = "another"
    assert pseudonym_of(7) != before


def test_answers_go_with_the_account():
    stays, goes = answered(UserFactory(), sex="male"), answered(UserFactory(), sex="female")
    goes.delete()
    assert kept() == {pseudonym_of(stays.pk): {"sex": "male"}}


@pytest.mark.parametrize("answers", [{}, {"sex": "robot"}])
def test_database_itself_refuses_no_answer_and_one_that_was_not_offered(answers):
    with pytest.raises(IntegrityError), transaction.atomic():
        EqualityAnswers.objects.create(pk=pseudonym_of(1), **answers)


@pytest.mark.django_db(transaction=True)
def test_two_windows_saving_at_once_leave_the_answers_of_one():
    user = UserFactory()
    results = at_once(
        *(
            lambda value=value: actions.answer(user=user, answers={"sex": value}, by=user)
            for value in ("female", "male")
        )
    )
    assert results == [None, None]
    assert list(kept().values()) in ([{"sex": "female"}], [{"sex": "male"}])
