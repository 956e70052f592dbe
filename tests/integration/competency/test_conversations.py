"""Career conversations: owned by the person, read by nobody but the partner they chose, recorded when both confirm."""

import datetime

import pytest
from django.db import IntegrityError, InternalError, transaction

from registry.audit.models import AuditEvent
from registry.competency.development.actions import conversations as actions
from registry.competency.development.actions.conversations import OUTCOME, Prepared, mark_of
from registry.competency.development.partners import partners_for
from registry.competency.development.states import TALK_TRANSITIONS, Talk
from registry.competency.models import CareerConversation, ConversationTransition
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission
from registry.nhsuk.seen import Stale
from tests.factories.boards import hr_officer
from tests.factories.competency import appraiser_at
from tests.factories.development import PREPARED, in_days, outcome, preparing, recorded, shared, written_up
from tests.factories.people import ClinicianFactory, clinician_user, user_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nurse_has_the_appraiser")]


def refused(act, match):
    with pytest.raises((IntegrityError, InternalError), match=match), transaction.atomic():
        act()


def seen_by(user):
    return [row.pk for row in CareerConversation.visible_to(user, Permission.DEVELOPMENT_PLAN)]


# --- who reads it --------------------------------------------------------------------------------------------------


def test_nobody_else_reads_what_is_prepared_and_only_the_partner_what_is_shared(nurse, appraiser, trust):
    row = preparing(nurse)
    manager = clinician_user(trust)
    nurse.line_manager = manager
    nurse.save()
    others = [hr_officer(trust), user_with("administrator"), clinician_user(trust).user, manager.user, appraiser]
    others += [user_with("auditor"), user_with("regional_lead", trust.region_links.get().region)]

    def readers():
        """Whoever reaches the row with any permission, or its steps."""
        return [
            user
            for user in others
            for permission in Permission
            if CareerConversation.visible_to(user, permission).exists()
            or ConversationTransition.visible_to(user, permission).exists()
        ]

    assert readers() == []
    actions.share(conversation=row, partner=appraiser, by=nurse.user)
    assert set(readers()) == {appraiser}
    actions.take_back(conversation=row, by=nurse.user)
    assert readers() == []
    actions.share(conversation=row, partner=manager.user, by=nurse.user)
    assert set(readers()) == {manager.user}


def test_partner_who_left_reads_nothing(nurse, appraiser):
    row = shared(nurse)
    assert seen_by(appraiser) == [row.pk]
    appraiser.is_active = False
    appraiser.save()
    assert seen_by(appraiser) == []


def test_record_of_what_happened_says_nothing_of_what_was_said(nurse):
    recorded(nurse)
    events = AuditEvent.objects.filter(verb__startswith="conversation.").order_by("pk")
    assert [event.verb for event in events] == [
        "conversation.preparing",
        "conversation.shared",
        "conversation.recorded",
    ]
    assert [event.detail for event in events] == [{}] * 3


# --- preparing and sharing -----------------------------------------------------------------------------------------


def test_partners_are_line_manager_and_appraiser_with_an_account(nurse, appraiser, trust):
    assert list(partners_for(nurse)) == [appraiser]
    nurse.line_manager = ClinicianFactory(organisation=trust)  # no account
    assert list(partners_for(nurse)) == [appraiser]
    nurse.line_manager = clinician_user(trust)
    assert set(partners_for(nurse)) == {appraiser, nurse.line_manager.user}
    nurse.line_manager.user.is_active = False
    nurse.line_manager.user.save()
    assert list(partners_for(nurse)) == [appraiser]


def test_one_conversation_is_under_way_at_a_time(nurse):
    row = preparing(nurse)
    with pytest.raises(WrongState, match="already have a career conversation"):
        preparing(nurse)
    actions.share(conversation=row, partner=nurse.appraiser, by=nurse.user)
    with pytest.raises(WrongState):
        preparing(nurse)


def test_sharing_needs_contribution_wish_and_direction_and_one_of_the_partners(nurse, appraiser, trust):
    row = actions.start_conversation(clinician=nurse, by=nurse.user)
    with pytest.raises(Invalid):
        actions.share(conversation=row, partner=appraiser, by=nurse.user)
    actions.prepare(conversation=row, prepared=PREPARED, by=nurse.user)
    for stranger in (appraiser_at(trust), clinician_user(trust).user, nurse.user):
        with pytest.raises(Invalid) as raised:
            actions.share(conversation=row, partner=stranger, by=nurse.user)
        assert raised.value.field == "partner"
    assert actions.share(conversation=row, partner=appraiser, by=nurse.user).state == Talk.SHARED


def test_shared_preparation_changes_only_after_it_is_taken_back(nurse):
    row = shared(nurse)
    with pytest.raises(WrongState, match="Take it back"):
        actions.prepare(conversation=row, prepared=Prepared(), by=nurse.user)
    actions.take_back(conversation=row, by=nurse.user)
    actions.prepare(conversation=row, prepared=Prepared(growth="Something else."), by=nurse.user)
    row.refresh_from_db()
    assert (row.growth, row.contribution) == ("Something else.", "")


def test_two_windows_lose_nothing(nurse):
    row = preparing(nurse)
    seen = mark_of(row)
    actions.prepare(conversation=row, prepared=Prepared(growth="First"), by=nurse.user, seen=seen)
    with pytest.raises(Stale):
        actions.prepare(conversation=row, prepared=Prepared(growth="Second"), by=nurse.user, seen=seen)


def test_what_one_partner_wrote_never_reaches_another(nurse, appraiser, trust):
    row = shared(nurse)
    actions.add_view(conversation=row, view="Between us.", by=appraiser)
    actions.take_back(conversation=row, by=nurse.user)
    assert actions.share(conversation=row, partner=appraiser, by=nurse.user).partner_view == "Between us."
    actions.write_outcome(conversation=row, outcome=outcome(), by=nurse.user)
    actions.confirm(conversation=row, by=nurse.user)
    actions.take_back(conversation=row, by=nurse.user)
    assert actions.share(conversation=row, partner=appraiser, by=nurse.user).held_on == outcome().held_on
    actions.take_back(conversation=row, by=nurse.user)
    nurse.line_manager = clinician_user(trust)
    nurse.save()
    actions.share(conversation=row, partner=nurse.line_manager.user, by=nurse.user)
    row.refresh_from_db()
    assert [getattr(row, name) for name in ("partner_view", *OUTCOME)] == ["", None, "", "", None]
    assert (row.clinician_confirmed_at, row.partner_confirmed_at, row.growth) == (None, None, PREPARED.growth)
    with pytest.raises(WrongState, match="not been written up"):
        actions.confirm(conversation=row, by=nurse.line_manager.user)


def test_only_the_partner_adds_a_view_and_only_while_it_is_shared(nurse, appraiser, trust):
    row = preparing(nurse)
    with pytest.raises(NotAllowed):
        actions.add_view(conversation=row, view="Well done.", by=appraiser)
    actions.share(conversation=row, partner=appraiser, by=nurse.user)
    for other in (nurse.user, hr_officer(trust), appraiser_at(trust)):
        with pytest.raises(NotAllowed):
            actions.add_view(conversation=row, view="Well done.", by=other)
    with pytest.raises(Invalid):
        actions.add_view(conversation=row, view=" ", by=appraiser)
    assert actions.add_view(conversation=row, view="Well done.", by=appraiser).partner_view == "Well done."
    actions.take_back(conversation=row, by=nurse.user)
    with pytest.raises(NotAllowed):
        actions.add_view(conversation=row, view="More.", by=appraiser)


# --- what came of it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"held_on": in_days(1)}, "held_on"),
        ({"held_on": in_days(-2)}, "held_on"),
        ({"next_on": today()}, "next_on"),
        ({"next_on": datetime.date(9999, 12, 31)}, "next_on"),
        ({"agreed_actions": ""}, "agreed_actions"),
    ],
)
def test_outcome_says_what_is_wrong_beside_the_field(nurse, changes, field):
    row = shared(nurse)
    with pytest.raises(Invalid) as raised:
        actions.write_outcome(conversation=row, outcome=outcome(**changes), by=nurse.user)
    assert raised.value.field == field


def test_recorded_when_both_have_confirmed_in_either_order(nurse, appraiser):
    row = written_up(nurse)
    assert actions.confirm(conversation=row, by=appraiser, seen=mark_of(row)).state == Talk.SHARED
    with pytest.raises(WrongState, match="already confirmed"):
        actions.confirm(conversation=row, by=appraiser)
    done = actions.confirm(conversation=row, by=nurse.user)
    assert done.state == Talk.RECORDED
    assert [step.after for step in done.transitions.all()] == ["preparing", "shared", "recorded"]


def test_nothing_is_confirmed_unread(nurse, appraiser):
    row = shared(nurse)
    with pytest.raises(WrongState, match="not been written up"):
        actions.confirm(conversation=row, by=appraiser)
    seen = mark_of(actions.write_outcome(conversation=row, outcome=outcome(), by=nurse.user))
    actions.write_outcome(conversation=row, outcome=outcome(agreed_actions="Nothing."), by=nurse.user)
    with pytest.raises(WrongState, match="has changed"):
        actions.confirm(conversation=row, by=appraiser, seen=seen)


def test_every_change_has_to_be_confirmed_again(nurse, appraiser):
    row = written_up(nurse)
    for change in (
        lambda: actions.write_outcome(conversation=row, outcome=outcome(), by=nurse.user),
        lambda: actions.add_view(conversation=row, view="A view.", by=appraiser),
        lambda: actions.take_back(conversation=row, by=nurse.user),
    ):
        actions.confirm(conversation=row, by=appraiser)
        change()
        row.refresh_from_db()
        assert (row.clinician_confirmed_at, row.partner_confirmed_at) == (None, None)


def test_strangers_confirm_nothing(nurse, trust):
    row = written_up(nurse)
    for other in (hr_officer(trust), appraiser_at(trust), clinician_user(trust).user, user_with("administrator")):
        with pytest.raises(NotAllowed):
            actions.confirm(conversation=row, by=other)


def test_next_recorded_conversation_supersedes_the_one_before(nurse):
    first, second = recorded(nurse), recorded(nurse)
    first.refresh_from_db()
    assert (first.state, second.state) == (Talk.SUPERSEDED, Talk.RECORDED)
    assert set(seen_by(nurse.appraiser)) == {first.pk, second.pk}


def test_recorded_is_final(nurse, appraiser):
    row = recorded(nurse)
    for act in (
        lambda: actions.take_back(conversation=row, by=nurse.user),
        lambda: actions.prepare(conversation=row, prepared=PREPARED, by=nurse.user),
        lambda: actions.write_outcome(conversation=row, outcome=outcome(), by=nurse.user),
        lambda: actions.add_view(conversation=row, view="More.", by=appraiser),
        lambda: actions.confirm(conversation=row, by=appraiser),
    ):
        with pytest.raises(WrongState, match="recorded"):
            act()
    for change in ({"growth": "Other"}, {"partner_view": "Other"}, {"next_on": in_days(9)}, {"partner": nurse.user}):
        refused(lambda change=change: CareerConversation.objects.update(**change), "cannot change")
    refused(lambda: CareerConversation.objects.all().delete(), "Cannot .*delete")
    refused(lambda: ConversationTransition.objects.update(after="shared"), "Cannot update")


@pytest.mark.parametrize("before", list(Talk))
@pytest.mark.parametrize("after", list(Talk))
def test_database_holds_conversations_to_the_table(nurse, before, after):
    make = {Talk.PREPARING: preparing, Talk.SHARED: shared, Talk.RECORDED: recorded}
    row = make[before](nurse) if before in make else recorded(nurse)
    if before == Talk.SUPERSEDED:
        recorded(nurse)
    if after == before or after in TALK_TRANSITIONS[before]:
        return
    refused(lambda: CareerConversation.objects.filter(pk=row.pk).update(state=after), "Invalid transition|violates")


@pytest.mark.parametrize(
    "change",
    [
        {"state": "preparing"},  # still shared with somebody
        {"partner": None},
        {"state": "recorded"},  # nobody has confirmed
        {"clinician_confirmed_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)},  # there is no outcome
        {"held_on": datetime.date(2026, 1, 1)},  # half an outcome
    ],
)
def test_database_keeps_a_shared_conversation_whole(nurse, change):
    shared(nurse)
    refused(lambda: CareerConversation.objects.update(**change), "violates check constraint")
