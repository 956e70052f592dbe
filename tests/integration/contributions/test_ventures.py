"""What may be done with a venture, by whom, and what the database refuses however it is asked."""

import datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.clinicians.actions import update_details
from registry.contributions import decision_news, steps
from registry.contributions.actions import changes, clearing, opportunities, ventures
from registry.contributions.models import (
    Declaration,
    Funding,
    Opportunity,
    Partner,
    ServiceChange,
    Venture,
    VentureTransition,
)
from registry.contributions.states import TRANSITIONS, Clearance, Stage
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission as P
from registry.nhsuk.seen import Stale
from registry.notifications.delivery import drain
from registry.notifications.models import Message
from tests.factories import contributions as make
from tests.factories.people import clinician_user, grant, user_with
from tests.fakes.smtp import smtp_server

pytestmark = pytest.mark.django_db


def clearance(venture):
    return Venture.objects.with_clearance().get(pk=venture.pk).clearance


def refused(call):
    """The database refuses, and everything before it stays."""
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        call()


# --- ideas put into practice -----------------------------------------------------------------------------------------


def test_change_is_written_by_the_person_alone(nurse, hr, trust):
    row = ServiceChange(
        clinician=nurse, organisation=trust, title="Rounds", status="tried", started_on=today(), what_changed="Daily"
    )
    for other in (hr, clinician_user(trust).user, user_with(Role.ADMINISTRATOR)):
        with pytest.raises(NotAllowed):
            changes.save_change(change=row, by=other)
    changes.save_change(change=row, by=nurse.user)
    with pytest.raises(NotAllowed):
        changes.remove_change(change=row, by=hr)
    changes.remove_change(change=row, by=nurse.user)
    with pytest.raises(WrongState):
        changes.remove_change(change=row, by=nurse.user)
    verbs = AuditEvent.objects.filter(verb__startswith="servicechange").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["servicechange.added", "servicechange.removed"]


@pytest.mark.parametrize("day", [datetime.date(1900, 1, 1), today() + datetime.timedelta(days=1)])
def test_change_began_in_living_memory_and_not_in_the_future(nurse, day):
    row = make.ServiceChangeFactory.build(clinician=nurse, organisation=nurse.organisation, started_on=day)
    with pytest.raises(Invalid) as refusal:
        changes.save_change(change=row, by=nurse.user)
    assert refusal.value.field == "started_on"


def test_change_is_seen_by_the_person_and_their_employers_officers(nurse, hr, foreign_hr, trust):
    row = make.ServiceChangeFactory(clinician=nurse)
    colleague = clinician_user(trust).user
    seen = {
        name: list(ServiceChange.visible_to(user, P.PROFILE_VIEW))
        for name, user in {"own": nurse.user, "hr": hr, "foreign": foreign_hr, "colleague": colleague}.items()
    }
    assert seen == {"own": [row], "hr": [row], "foreign": [], "colleague": []}


# --- stages ----------------------------------------------------------------------------------------------------------


def test_every_step_is_kept_and_only_what_the_table_allows(nurse):
    row = make.venture(nurse)
    ventures.move_venture(venture=row, to=Stage.PILOT, by=nurse.user, reason="Two practices try it.")
    with pytest.raises(Invalid):
        ventures.move_venture(venture=row, to=Stage.IDEA, by=nurse.user)
    steps = row.transitions.values_list("before", "after", "reason")
    assert list(steps) == [("", "idea", ""), ("idea", "pilot", "Two practices try it.")]
    step = row.transitions.first()
    refused(lambda: VentureTransition.objects.filter(pk=step.pk).update(after="ended"))
    refused(step.delete)


def test_database_holds_ventures_to_the_table_of_stages(nurse):
    for before in Stage:
        for after in set(Stage) - TRANSITIONS[before] - {before}:
            row = make.venture(nurse, stage=before)
            refused(lambda row=row, after=after: Venture.objects.filter(pk=row.pk).update(stage=after))


def test_ending_needs_a_reason_and_is_final(nurse, hr):
    row = make.shown(nurse, hr)
    with pytest.raises(Invalid) as refusal:
        ventures.move_venture(venture=row, to=Stage.ENDED, by=nurse.user, reason=" ")
    assert refusal.value.field == "reason"
    ventures.move_venture(venture=row, to=Stage.ENDED, by=nurse.user, reason="Nobody would pay.")
    for act in (
        lambda: ventures.move_venture(venture=row, to=Stage.IDEA, by=nurse.user),
        lambda: ventures.describe_venture(venture=row, title="x", problem="x", business_model="x", by=nurse.user),
        lambda: clearing.declare(venture=row, text="None", by=nurse.user),
        lambda: ventures.remove_part(part=row.funding.get(), by=nurse.user),
    ):
        with pytest.raises(WrongState):
            act()
    ventures.hide_venture(venture=row, by=nurse.user)
    assert not Venture.showcase().exists()


def test_venture_is_changed_by_its_owner_alone(nurse, hr, foreign):
    row = make.venture(nurse)
    for other in (hr, foreign.user, user_with(Role.ADMINISTRATOR)):
        for act in (
            lambda by: ventures.describe_venture(venture=row, title="x", problem="x", business_model="x", by=by),
            lambda by: ventures.move_venture(venture=row, to=Stage.PILOT, by=by),
            lambda by: ventures.save_part(part=Funding(venture=row, source="x", amount=1, year=2020), by=by),
            lambda by: clearing.declare(venture=row, text="None", by=by),
            lambda by: ventures.show_venture(venture=row, by=by),
        ):
            with pytest.raises(NotAllowed):
                act(other)
    refused(lambda: Venture.objects.filter(pk=row.pk).update(clinician=foreign))


def test_money_is_whole_pounds_in_plausible_years(nurse):
    row = make.venture(nurse)
    with pytest.raises(Invalid) as refusal:
        ventures.save_part(part=Funding(venture=row, source="x", amount=1, year=today().year + 6), by=nurse.user)
    assert refusal.value.field == "year"
    for wrong in ({"amount": 0}, {"amount": 1_000_000_001}, {"year": 1989}, {"year": 2101}):
        refused(lambda wrong=wrong: make.FundingFactory(venture=row, **wrong))


def test_part_that_was_removed_meanwhile_is_neither_changed_nor_removed(nurse):
    part = make.venture(nurse).funding.get()
    same = Funding.objects.get(pk=part.pk)
    ventures.remove_part(part=part, by=nurse.user)
    for act in (ventures.save_part, ventures.remove_part):
        with pytest.raises(WrongState):
            act(part=same, by=nurse.user)


# --- clearing --------------------------------------------------------------------------------------------------------


def test_clearance_follows_what_is_declared_and_decided(nurse, hr):
    row = make.venture(nurse)
    assert clearance(row) == Clearance.UNDECLARED
    first = clearing.declare(venture=row, text="I hold shares.", by=nurse.user)
    assert clearance(row) == Clearance.WAITING
    clearing.decide(declaration=first, cleared=False, reason="You sit on the buying panel.", by=hr)
    assert clearance(row) == Clearance.NOT_CLEARED
    second = clearing.declare(venture=row, text="I hold shares, and have left the panel.", by=nurse.user)
    assert clearance(row) == Clearance.WAITING
    clearing.decide(declaration=second, cleared=True, reason="Left the panel.", by=hr)
    assert clearance(row) == Clearance.CLEARED
    assert Declaration.objects.filter(venture=row).count() == 2


def test_changed_declaration_needs_clearing_anew_and_leaves_the_showcase_until_then(nurse, hr):
    row = make.shown(nurse, hr)
    assert list(Venture.showcase()) == [row]
    changed = clearing.declare(venture=row, text="My brother is a director.", by=nurse.user)
    assert (clearance(row), list(Venture.showcase())) == (Clearance.WAITING, [])
    clearing.decide(declaration=changed, cleared=True, reason="He has left.", by=hr)
    assert list(Venture.showcase()) == [row]


@pytest.mark.parametrize(
    "change",
    [
        lambda row, by: ventures.describe_venture(
            venture=row, title=row.title, problem="Another.", business_model=row.business_model, by=by
        ),
        lambda row, by: ventures.save_part(part=Funding(venture=row, source="A donor", amount=9, year=2025), by=by),
        lambda row, by: ventures.save_part(part=Partner(venture=row, name="A donor", kind="company"), by=by),
        lambda row, by: ventures.save_part(
            part=Funding(pk=row.funding.get().pk, venture=row, source="X", amount=1, year=2020), by=by
        ),
        lambda row, by: ventures.remove_part(part=row.partners.get(), by=by),
    ],
)
def test_cleared_venture_that_changes_is_cleared_again_as_it_is_then(nurse, hr, change):
    row = make.shown(nurse, hr)
    change(row, nurse.user)
    assert (clearance(row), list(Venture.showcase())) == (Clearance.WAITING, [])
    old, anew = row.declarations.order_by("pk")
    assert (old.cleared, old.replaced_at is None) == (True, False)
    assert (anew.text, anew.organisation, anew.cleared) == (old.text, old.organisation, None)
    clearing.decide(declaration=anew, cleared=True, reason="Fine as well.", by=hr)
    assert list(Venture.showcase()) == [row]


def test_what_changes_nothing_ends_no_clearance(nurse, hr):
    row = make.decided(nurse, hr)
    words = {"title": row.title, "problem": row.problem, "business_model": row.business_model}
    ventures.describe_venture(venture=row, **words, by=nurse.user)
    ventures.save_part(part=row.funding.get(), by=nurse.user)
    ventures.move_venture(venture=row, to=Stage.PILOT, by=nurse.user)
    assert (clearance(row), row.declarations.count()) == (Clearance.CLEARED, 1)


@pytest.mark.parametrize("cleared", [None, False])
def test_venture_that_is_not_cleared_changes_without_a_new_declaration(nurse, hr, cleared):
    row = make.declared(nurse).venture if cleared is None else make.decided(nurse, hr, cleared=False)
    ventures.remove_part(part=row.partners.get(), by=nurse.user)
    assert row.declarations.count() == 1


def test_decision_is_about_the_venture_that_the_officer_saw(nurse, hr):
    declaration = make.declared(nurse)
    row, seen = declaration.venture, steps.mark_of(declaration.venture)
    ventures.save_part(part=Partner(venture=row, name="The supplier", kind="company"), by=nurse.user)
    with pytest.raises(Stale, match="has changed since you opened the page"):
        clearing.decide(declaration=declaration, cleared=True, reason="Fine.", by=hr, seen=seen)
    assert clearance(row) == Clearance.WAITING
    clearing.decide(declaration=declaration, cleared=True, reason="Fine.", by=hr, seen=steps.mark_of(row))
    assert clearance(row) == Clearance.CLEARED


@pytest.mark.parametrize(("cleared", "subject"), [(True, "Cleared: Foot check"), (False, "Not cleared: Foot check")])
def test_owner_is_told_of_the_decision_and_why(nurse, hr, settings, cleared, subject):
    row = make.decided(nurse, hr, cleared=cleared)
    message = Message.objects.get(kind=decision_news.KIND_NAME)
    assert (message.recipient_id, message.organisation) == (nurse.user_id, None)
    with smtp_server(settings) as post:
        drain()
    (sent,) = post.messages
    assert (sent["Subject"], sent["To"]) == (subject, nurse.user.email)
    assert "Not bought by this trust." in sent.get_content()
    assert f"/ventures/{row.pk}" in sent.get_content()
    assert decision_news.over([message.about_id]) == [message.about_id]


@pytest.mark.parametrize("text", ["", "  ", "I hold a tenth of the shares.", " I hold a tenth of the shares. "])
def test_declaring_needs_something_new(nurse, text):
    row = make.declared(nurse).venture
    with pytest.raises(Invalid) as refusal:
        clearing.declare(venture=row, text=text, by=nurse.user)
    assert refusal.value.field == "text"


def test_nobody_clears_their_own_venture(nurse, trust):
    grant(nurse.user, Role.HR_OFFICER, trust)
    declaration = make.declared(nurse)
    with pytest.raises(NotAllowed):
        clearing.decide(declaration=declaration, cleared=True, reason="Fine.", by=nurse.user)
    decided = {"cleared": True, "decided_at": timezone.now(), "decided_by": nurse.user, "reason": "Fine."}
    refused(lambda: Declaration.objects.filter(pk=declaration.pk).update(**decided))


def test_only_an_officer_of_the_employer_itself_clears(nurse, trust, foreign_hr):
    declaration = make.declared(nurse)
    region = trust.region_links.get().region
    others = (
        foreign_hr,
        user_with(Role.ADMINISTRATOR),
        user_with(Role.HR_OFFICER),
        user_with(Role.HR_OFFICER, region),
        user_with(Role.PROGRAMME_LEAD, trust),
    )
    for other in others:
        assert not Declaration.visible_to(other, P.VENTURE_CLEAR).exists()
        with pytest.raises(NotAllowed):
            clearing.decide(declaration=declaration, cleared=True, reason="Fine.", by=other)


def test_decision_needs_a_reason_and_is_final(nurse, hr):
    declaration = make.declared(nurse)
    with pytest.raises(Invalid) as refusal:
        clearing.decide(declaration=declaration, cleared=True, reason=" ", by=hr)
    assert refusal.value.field == "reason"
    clearing.decide(declaration=declaration, cleared=True, reason="Fine.", by=hr)
    with pytest.raises(WrongState):
        clearing.decide(declaration=declaration, cleared=False, reason="No.", by=hr)
    row = Declaration.objects.filter(pk=declaration.pk)
    refused(lambda: row.update(cleared=False))
    refused(lambda: row.update(text="I declared less."))
    refused(lambda: row.get().delete())


def test_replaced_declaration_is_not_decided_on(nurse, hr):
    old = make.declared(nurse)
    clearing.declare(venture=old.venture, text="Something else.", by=nurse.user)
    with pytest.raises(WrongState, match="has changed"):
        clearing.decide(declaration=old, cleared=True, reason="Fine.", by=hr)
    refused(lambda: Declaration.objects.filter(pk=old.pk).update(replaced_at=None))


def test_move_to_another_employer_ends_clearance_and_what_the_old_one_sees(nurse, hr, elsewhere, foreign_hr):
    row = make.shown(nurse, hr)
    waiting = make.declared(nurse, title="Second")
    mover = user_with(Role.ADMINISTRATOR)
    update_details(clinician=nurse, changes={"organisation": elsewhere}, by=mover)
    assert {clearance(row), clearance(waiting.venture)} == {Clearance.UNDECLARED}
    assert not Venture.showcase().exists()
    assert not Declaration.visible_to(hr, P.VENTURE_CLEAR).exists()
    assert not Declaration.visible_to(foreign_hr, P.VENTURE_CLEAR).exists()
    with pytest.raises(WrongState, match="somewhere else"):
        clearing.decide(declaration=waiting, cleared=True, reason="Fine.", by=hr)
    nurse.refresh_from_db()
    anew = clearing.declare(venture=row, text="I hold a tenth of the shares.", by=nurse.user)
    assert list(Declaration.visible_to(foreign_hr, P.VENTURE_CLEAR)) == [anew]


# --- the showcase ----------------------------------------------------------------------------------------------------


def test_showcase_holds_exactly_what_is_cleared_and_agreed_to_now(nurse, foreign, hr, foreign_hr):
    make.decided(nurse, hr, title="Cleared only")
    agreed = make.declared(nurse, title="Agreed only").venture
    ventures.show_venture(venture=agreed, by=nurse.user)
    refused_one = make.decided(nurse, hr, cleared=False, title="Not cleared")
    ventures.show_venture(venture=refused_one, by=nurse.user)
    both, theirs = make.shown(nurse, hr, title="Both"), make.shown(foreign, foreign_hr, title="Theirs")
    assert set(Venture.showcase()) == {both, theirs}
    ventures.hide_venture(venture=both, by=nurse.user)
    assert set(Venture.showcase()) == {theirs}
    ventures.show_venture(venture=both, by=nurse.user)
    nurse.user.is_active = False
    nurse.user.save()
    assert set(Venture.showcase()) == {theirs}


def test_consent_is_given_once_and_withdrawn_once(nurse, hr):
    row = make.shown(nurse, hr)
    with pytest.raises(WrongState):
        ventures.show_venture(venture=row, by=nurse.user)
    ventures.hide_venture(venture=row, by=nurse.user)
    with pytest.raises(WrongState):
        ventures.hide_venture(venture=row, by=nurse.user)
    (consent,) = row.consents.all()
    assert consent.withdrawn_at >= consent.given_at


# --- opportunities ---------------------------------------------------------------------------------------------------


def test_opportunity_is_kept_by_its_organisations_programme_leads(trust, elsewhere, hr, nurse):
    lead, other = user_with(Role.PROGRAMME_LEAD, trust), user_with(Role.PROGRAMME_LEAD, elsewhere)
    administrator = user_with(Role.ADMINISTRATOR)
    ours, national = make.OpportunityFactory(keeper=trust), make.OpportunityFactory(keeper=None)
    for by in (other, hr, nurse.user):
        for act in (opportunities.save_opportunity, opportunities.remove_opportunity):
            with pytest.raises(NotAllowed):
                act(opportunity=ours, by=by)
    for row in (ours, national):
        opportunities.save_opportunity(opportunity=row, by=administrator)
    with pytest.raises(NotAllowed):
        opportunities.save_opportunity(opportunity=national, by=lead)
    ours.keeper = elsewhere
    with pytest.raises(NotAllowed):
        opportunities.save_opportunity(opportunity=ours, by=lead)
    ours.keeper = trust
    opportunities.remove_opportunity(opportunity=ours, by=lead)
    for act in (opportunities.save_opportunity, opportunities.remove_opportunity):
        with pytest.raises(WrongState):
            act(opportunity=Opportunity(pk=10**6, keeper=trust), by=lead)


def test_opportunity_closes_after_it_opens_and_is_linked_safely(trust):
    lead = user_with(Role.PROGRAMME_LEAD, trust)
    row = make.OpportunityFactory.build(keeper=trust, opens_on=today(), closes_on=today() - datetime.timedelta(days=1))
    with pytest.raises(Invalid) as refusal:
        opportunities.save_opportunity(opportunity=row, by=lead)
    assert refusal.value.field == "closes_on"
    refused(lambda: make.OpportunityFactory(link="http://calls.example/"))
    refused(lambda: make.OpportunityFactory(link="javascript:alert(1)"))
