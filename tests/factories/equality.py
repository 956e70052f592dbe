"""Answers for equality monitoring, given as people give them."""

from registry.equality import actions


def answered(user, **answers):
    """The person answers these questions; without any, one of each kind that must not be seen anywhere."""
    actions.answer(user=user, answers=answers or {"religion": "sikh", "orientation": "bisexual"}, by=user)
    return user


def several(users, **answers):
    """Each of these people answers the same."""
    return [answered(user, **answers) for user in users]
