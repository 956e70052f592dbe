"""Somebody on a phone, without JavaScript, answers the equality questions, changes them and erases them again."""

import pytest

from registry.equality.models import EqualityAnswers
from tests.factories.people import PASSWORD, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("javascript", [True, False])
def test_answers_are_given_changed_and_erased(visitor, javascript):
    user = UserFactory()
    user.set_password(PASSWORD)
    user.save()
    guest = visitor(width=320, javascript=javascript)
    if not javascript:
        guest.check = lambda: None  # axe runs in the page
    guest.sign_in(user.email, PASSWORD)
    guest.follow(user.name)
    guest.follow("Equality monitoring")
    assert guest.sees("never used in any decision about you")
    guest.page.get_by_role("group", name="What is your ethnic group?").get_by_label("Other ethnic group").check()
    guest.click("Save my answers")
    assert guest.sees("Your answers are saved.")
    guest.page.get_by_role("group", name="What is your ethnic group?").get_by_label("Prefer not to say").check()
    guest.click("Save my answers")
    assert list(EqualityAnswers.objects.values_list("ethnicity", flat=True)) == ["prefer_not"]
    guest.follow("Erase my answers")
    guest.click("Erase my answers")
    assert guest.sees("Your answers are erased.")
    assert not EqualityAnswers.objects.exists()
