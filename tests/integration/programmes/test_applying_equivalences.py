"""The equivalence register: asked by the person, decided once, by somebody else, until a day."""

import pytest
from django.utils import timezone

from programmes.actions import equivalences
from programmes.models import Equivalence
from registry.accounts.roles import Role
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.notifications.models import Message
from tests.factories import programmes
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, grant, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def running(trust, lead):
    """The trust runs a programme of tier 3."""
    return programmes.published(programmes.draft_version(programmes.ProgrammeFactory(organisation=trust)), lead)


@pytest.fixture
def nurse(trust):
    return clinician_user(trust)


def ask(nurse, **said):
    usual = {
        "tier": 2,
        "title": "MBA in health",
        "awarded_by": "A university",
        "year": 2019,
        "evidence": "Finance and people.",
        "organisation": nurse.organisation,
        "by": nurse.user,
    }
    return equivalences.ask(clinician=nurse, **(usual | said))


def test_asking_waits_for_the_leads_of_the_organisation_asked(nurse, trust):
    row = ask(nurse)
    assert (row.state, row.organisation, row.tier) == ("asked", trust, 2)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 161}, "title"),
        ({"awarded_by": ""}, "awarded_by"),
        ({"evidence": ""}, "evidence"),
        ({"evidence": "x" * 4001}, "evidence"),
        ({"year": 1949}, "year"),
        ({"year": today().year + 1}, "year"),
        ({"tier": 0}, "tier"),
        ({"tier": 6}, "tier"),
    ],
)
def test_asking_says_what_is_wrong_beside_its_field(nurse, said, field):
    with pytest.raises(Invalid) as refused:
        ask(nurse, **said)
    assert refused.value.field == field
    assert not Equivalence.objects.exists()


def test_the_same_is_not_asked_twice_while_it_waits(nurse, lead):
    row = ask(nurse)
    with pytest.raises(WrongState, match="asked for this already"):
        ask(nurse)
    equivalences.refuse(equivalence=row, reason="Too short.", by=lead)
    assert ask(nurse).state == "asked"


def test_nobody_asks_for_somebody_else(nurse, lead):
    with pytest.raises(NotAllowed):
        ask(nurse, by=lead)


def test_an_organisation_recognises_nothing_above_its_own_programmes(nurse, trust, lead):
    row = programmes.equivalence(nurse, trust, tier=4)
    with pytest.raises(Invalid, match="runs no programme of tier 4 or higher") as refused:
        equivalences.recognise(equivalence=row, reason="Equal.", expires_on=None, by=lead)
    assert refused.value.field == "decision"
    equivalences.refuse(equivalence=row, reason="Ask the academy.", by=lead)
    equivalences.recognise(
        equivalence=programmes.equivalence(nurse, trust, tier=3), reason="Equal.", expires_on=None, by=lead
    )


def test_nobody_asks_an_organisation_for_more_than_its_own_programmes(nurse, trust, lead):
    with pytest.raises(Invalid, match="Ask one that does") as refused:
        ask(nurse, tier=4)
    assert refused.value.field == "tier"
    assert ask(nurse, tier=3).tier == 3


@pytest.mark.parametrize("change", ["retired", "draft", "elsewhere"])
def test_a_tier_is_that_of_a_programme_that_runs_here(trust, running, lead, change):
    higher = programmes.ProgrammeFactory(
        organisation=OrganisationFactory() if change == "elsewhere" else trust,
        tier=5,
        retired_at=timezone.now() if change == "retired" else None,
    )
    version = programmes.draft_version(higher)
    if change != "draft":
        programmes.published(version, lead)
    assert equivalences.highest_tier(trust.pk) == 3


def test_recognised_until_a_day_with_a_reason(nurse, lead):
    row = ask(nurse)
    last = programmes.in_days(365)
    equivalences.recognise(equivalence=row, reason=" It covers the tier. ", expires_on=last, by=lead)
    row.refresh_from_db()
    assert (row.state, row.decided_by, row.decision_reason) == ("yes", lead, "It covers the tier.")
    assert list(Equivalence.objects.counting(last)) == [row]
    assert list(Equivalence.objects.counting(programmes.in_days(366))) == []
    assert Message.objects.get(kind="programme_equivalence").recipient_id == nurse.user_id


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 1001}, "reason"),
        ({"expires_on": programmes.in_days(0)}, "expires_on"),
        ({"expires_on": programmes.in_days(-1)}, "expires_on"),
        ({"expires_on": programmes.in_days(366 * 30)}, "expires_on"),
    ],
)
def test_recognising_says_what_is_wrong_beside_its_field(nurse, lead, said, field):
    row = ask(nurse)
    with pytest.raises(Invalid) as refused:
        equivalences.recognise(equivalence=row, by=lead, **({"reason": "Equal.", "expires_on": None} | said))
    assert refused.value.field == field
    assert not Equivalence.objects.counting(today()).exists()


def test_refusing_needs_a_reason(nurse, lead):
    row = ask(nurse)
    with pytest.raises(Invalid):
        equivalences.refuse(equivalence=row, reason="", by=lead)
    equivalences.refuse(equivalence=row, reason="It has no part about people.", by=lead)
    assert Equivalence.objects.get().state == "no"


def test_decided_once(nurse, lead):
    row = ask(nurse)
    equivalences.refuse(equivalence=row, reason="Too short.", by=lead)
    with pytest.raises(WrongState):
        equivalences.recognise(equivalence=row, reason="Equal.", expires_on=None, by=lead)


def test_nobody_decides_about_their_own(nurse, trust):
    grant(nurse.user, Role.PROGRAMME_LEAD, trust)
    row = ask(nurse)
    for act in (equivalences.refuse, lambda **said: equivalences.recognise(expires_on=None, **said)):
        with pytest.raises(NotAllowed):
            act(equivalence=row, reason="Equal.", by=nurse.user)


def test_only_leads_of_the_organisation_asked_decide(nurse, trust):
    row = ask(nurse)
    others = (
        user_with(Role.PROGRAMME_LEAD, OrganisationFactory()),
        user_with(Role.HR_OFFICER, trust),
        clinician_user(trust).user,
    )
    for other in others:
        with pytest.raises(NotAllowed):
            equivalences.refuse(equivalence=row, reason="No.", by=other)
