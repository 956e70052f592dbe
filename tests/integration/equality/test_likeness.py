"""People who ask for it are matched with somebody who answers as they do; what they answer stays in the store."""

import pytest

from registry.equality import actions
from registry.equality.characteristics import CHARACTERISTICS, PREFER_NOT, SHARED
from registry.equality.likeness import alike
from registry.equality.models import EqualityAnswers
from registry.kernel.errors import Invalid
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/account/equality/"


def asking(*names, **answers):
    user = UserFactory()
    actions.answer(user=user, answers=answers, alike=names, by=user)
    return user


def in_common(*people):
    words = alike([one.pk for one in people])
    return bool(frozenset.intersection(*(words.get(one.pk, frozenset()) for one in people)))


def test_two_who_ask_and_answer_alike_have_a_word_in_common():
    one, two = asking("ethnicity", ethnicity="black"), asking("ethnicity", "sex", ethnicity="black", sex="female")
    assert in_common(one, two)


@pytest.mark.parametrize(
    "other",
    [
        lambda: asking(ethnicity="black"),
        lambda: asking("sex", ethnicity="black", sex="female"),
        lambda: asking("ethnicity", ethnicity="asian"),
        lambda: asking("ethnicity", sex="female"),
        UserFactory,
    ],
    ids=["did not ask", "asked in something else", "answers otherwise", "gave no answer", "never answered"],
)
def test_both_have_to_ask_for_the_same_and_answer_the_same(other):
    assert not in_common(asking("ethnicity", ethnicity="black"), other())


@pytest.mark.parametrize(
    ("name", "answer"), [("ethnicity", "white"), ("sex", "male"), ("disability", "no"), ("religion", PREFER_NOT)]
)
def test_wish_does_not_count_for_the_groups_that_others_are_compared_with(name, answer):
    assert not in_common(asking(name, **{name: answer}), asking(name, **{name: answer}))


def test_words_tell_neither_question_nor_answer_and_last_for_one_call():
    person = asking(*SHARED, ethnicity="black", religion="sikh")
    said = [answer for one in CHARACTERISTICS.values() for answer, _ in one.choices] + list(CHARACTERISTICS)
    first, second = alike([person.pk])[person.pk], alike([person.pk])[person.pk]
    assert len(first) == len(second) == 2
    assert not first & second
    assert not [word for word in first for one in said if one in word]


def test_asking_is_on_ones_own_page_changed_and_taken_back_there(sign_in):
    user = UserFactory()
    browser = sign_in(user)
    browser.post(PAGE, {"ethnicity": "mixed", "alike": ["ethnicity"]})
    assert EqualityAnswers.objects.of(user.pk).get().alike == ["ethnicity"]
    assert 'value="ethnicity" checked' in browser.get(PAGE).text
    browser.post(PAGE, {"ethnicity": "mixed"})
    assert EqualityAnswers.objects.of(user.pk).get().alike == []


def test_wish_without_any_answer_is_nothing_to_keep(sign_in):
    assert "You have no answers with us." in sign_in(UserFactory()).post(PAGE, {"alike": ["sex"]}, follow=True).text
    assert not EqualityAnswers.objects.exists()


@pytest.mark.parametrize("name", ["age_band", "maternity", "martian"])
def test_one_cannot_ask_in_what_is_not_offered(sign_in, name):
    user = UserFactory()
    with pytest.raises(Invalid):
        actions.answer(user=user, answers={"sex": "female"}, alike=[name], by=user)
    assert "Choose from the list." in sign_in(user).post(PAGE, {"sex": "female", "alike": [name]}).text
    assert not EqualityAnswers.objects.exists()
