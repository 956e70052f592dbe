"""Two people, or one with two windows, at one venture at once."""

import pytest

from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.contributions.actions import clearing, ventures
from registry.contributions.models import Declaration, Venture
from registry.contributions.states import Stage
from registry.contributions.steps import mark_of
from registry.kernel.errors import Invalid
from registry.nhsuk.seen import Stale
from tests.factories import contributions as make
from tests.factories.people import user_with
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_officers_decide_once(nurse, hr, trust):
    other = user_with(Role.HR_OFFICER, trust)
    declaration = make.declared(nurse)

    def decide(by, *, cleared):
        return clearing.decide(
            declaration=Declaration.objects.get(pk=declaration.pk),
            cleared=cleared,
            reason="Looked at.",
            by=User.objects.get(pk=by.pk),
        )

    results = at_once(lambda: decide(hr, cleared=True), lambda: decide(other, cleared=False))
    assert outcome(results) == (1, 1)
    (won,) = [one for one in results if isinstance(one, Declaration)]
    declaration.refresh_from_db()
    assert (declaration.cleared, declaration.decided_by) == (won.cleared, won.decided_by)


def test_what_is_declared_anew_while_an_officer_decides_is_never_cleared_by_it(nurse, hr):
    declaration = make.declared(nurse)
    venture, owner, officer = declaration.venture, nurse.user, hr
    results = at_once(
        lambda: clearing.declare(venture=venture, text="Something else.", by=owner),
        lambda: clearing.decide(declaration=declaration, cleared=True, reason="Fine.", by=officer),
    )
    assert outcome(results)[0] in {1, 2}
    current = Declaration.objects.current().get(venture=venture)
    assert (current.text, current.cleared) == ("Something else.", None)
    assert not Venture.objects.cleared().exists()


def test_venture_changed_while_an_officer_clears_it_is_cleared_as_seen_or_not_at_all(nurse, hr):
    declaration = make.declared(nurse)
    venture, owner, officer = declaration.venture, nurse.user, hr
    seen, part = mark_of(venture), venture.partners.get()
    removed, decided = at_once(
        lambda: ventures.remove_part(part=part, by=owner),
        lambda: clearing.decide(declaration=declaration, cleared=True, reason="Fine.", by=officer, seen=seen),
    )
    assert removed is None
    assert isinstance(decided, Declaration | Stale)
    assert not Venture.objects.cleared().exists()


def test_two_windows_of_the_owner_leave_one_consent_one_declaration_and_one_step(nurse, hr):
    row = make.decided(nurse, hr)
    by = nurse.user
    show = [lambda: ventures.show_venture(venture=row, by=by)] * 2
    assert outcome(at_once(*show)) == (1, 1)
    hide = [lambda: ventures.hide_venture(venture=row, by=by)] * 2
    assert outcome(at_once(*hide)) == (1, 1)
    declare = [lambda: clearing.declare(venture=row, text="Something else.", by=by)] * 2
    refused = [one for one in at_once(*declare) if isinstance(one, Invalid)]
    assert (len(refused), row.declarations.current().count()) == (1, 1)
    move = [lambda: ventures.move_venture(venture=row, to=Stage.PILOT, by=by)] * 2
    refused = [one for one in at_once(*move) if isinstance(one, Invalid)]
    assert (len(refused), row.transitions.count()) == (1, 2)
