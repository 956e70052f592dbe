"""Random people with appraisals for the planner, and the same as the pure definition takes them."""

import datetime
import random

from registry.accounts.models import RoleGrant, User
from registry.accounts.roles import Role as Held
from registry.appraisals import planning
from registry.appraisals.models import Appraisal, Connection, QuietPeriod
from registry.appraisals.schedule import Appraisal as Defined
from registry.appraisals.schedule import Preferences, Role
from registry.appraisals.states import OPEN, AppraisalState, CycleKind
from registry.kernel.clock import today
from registry.notifications.models import Message
from tests.factories.appraisals import CycleFactory, CycleRuleFactory, appraisal
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import ClinicianFactory, UserFactory, grant


def population(seed: int, around: datetime.date, people: int = 14) -> None:
    """Two trusts, one with quiet periods, and people who lack now this, now that; due around this day."""
    draw = random.Random(seed)
    trusts = [OrganisationFactory(region=code) for code in ("Y62", "Y56")]
    for _ in range(draw.randrange(3)):
        first = around + datetime.timedelta(days=draw.randrange(-60, 60))
        last = first + datetime.timedelta(days=draw.randrange(20))
        QuietPeriod.objects.create(organisation=trusts[1], first_day=first, last_day=last, reason="Winter")
    users = [
        UserFactory(
            digest=draw.random() < 0.3,
            optional_mail=draw.random() < 0.6,
            is_active=draw.random() < 0.85,
        )
        for _ in range(people)
    ]
    for place in draw.choices([*trusts, None, *(link.region for t in trusts for link in t.region_links.all())], k=3):
        grant(draw.choice(users), Held.HR_OFFICER, place)
    if draw.random() < 0.5:
        RoleGrant.objects.order_by("pk").filter(pk__in=RoleGrant.objects.order_by("pk").values("pk")[:1]).update(
            revoked_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), revoked_by=users[0]
        )
    _roles(draw, users, [*trusts, trusts[1].region_links.get().region, None])
    rules = [
        CycleRuleFactory(
            cycle=CycleFactory(kind=kind, statutory=statutory),
            overdue_every=draw.choice([1, 7, 10]),
            manager_after=draw.choice([None, 0, 14]),
            responsible_officer_after=draw.choice([None, 28]),
            officers_after=draw.choice([None, 3, 42]),
        )
        for kind, statutory in (
            (CycleKind.APPRAISAL, True),
            (CycleKind.REVIEW, False),
            (CycleKind.RENEWAL, draw.random() < 0.5),
        )
    ]
    clinicians = []
    for user in users:
        clinician = ClinicianFactory(
            organisation=draw.choice(trusts),
            user=user if draw.random() < 0.6 else None,
            email=draw.choice(["", "somebody@trust.example"]),
            line_manager=draw.choice([None, *clinicians]),
        )
        clinicians.append(clinician)
        if draw.random() < 0.6:
            ended = draw.choice([None, None, datetime.date(2026, 1, 1)])
            Connection.objects.create(
                clinician=clinician, designated_body=clinician.organisation,
                responsible_officer=draw.choice([None, *users]), started_on=datetime.date(2020, 1, 1), ended_on=ended,
            )  # fmt: skip
    for clinician in clinicians:
        for rule in draw.sample(rules, draw.randrange(1, 3)):
            due = around + datetime.timedelta(days=draw.choice([-60, -14, -7, 0, 1, 7, 14, 28, 30, 84, 120]))
            appraisal(
                clinician,
                rule=rule,
                due_on=due + datetime.timedelta(days=draw.randrange(-2, 3)),
                appraiser=draw.choice([None, *(user for user in users if user != clinician.user)]),
                reminders_from=around - datetime.timedelta(days=draw.choice([0, 1, 5, 40, 300])),
                state=draw.choice([*OPEN, AppraisalState.CANCELLED]),
            )


def _roles(draw: random.Random, users: list[User], places: list) -> None:
    """Most are appraisers and responsible officers, somewhere."""
    for user in users:
        for held in (Held.APPRAISER, Held.RESPONSIBLE_OFFICER):
            if draw.random() < 0.7:
                grant(user, held, draw.choice(places))


def defined(day: datetime.date) -> tuple[dict, list[Defined], Preferences, set[tuple], set[tuple]]:
    """What stands in the database, as `schedule.due_on` takes it.

    Rules, appraisals, preferences, what was planned, and what of that was dropped.
    """

    def key(user: User | None, clinician=None) -> str | None:
        if user is not None and user.is_active and not user.is_client:
            return f"u{user.pk}"
        return f"c{clinician.pk}" if clinician is not None and clinician.email else None

    appraisals, officers = [], {}
    for one in Appraisal.objects.filter(state__in=OPEN).select_related("clinician__user", "appraiser"):
        person = one.clinician
        manager = person.line_manager
        connection = person.connections.filter(ended_on__isnull=True).first()
        told = {
            Role.APPRAISEE: key(person.user, person),
            Role.APPRAISER: key(one.appraiser) if _holds(one.appraiser, Held.APPRAISER) else None,
            Role.MANAGER: key(manager.user, manager) if manager else None,
            Role.RESPONSIBLE: _responsible(connection, day, key) if connection else None,
        }
        told = {role: found for role, found in told.items() if found}
        appraisals.append(
            Defined(one.pk, one.rule_id, person.organisation_id, one.due_on, one.reminders_from, told)
        )  # fmt: skip
        officers[person.organisation_id] = {f"u{user.pk}" for user in officers_of(person.organisation, day)}
    people = User.objects.all()
    preferences = Preferences(
        calendars=planning.calendars(),
        officers=officers,
        digest={f"u{user.pk}" for user in people if user.digest},
        inbox_only={f"u{user.pk}" for user in people if not user.optional_mail},
    )
    planned, dropped = set(), set()
    for row in Message.objects.select_related("head"):
        if (row.head or row).state == "dropped":
            dropped.add((row.about_id, row.step, row.recipient_key))
        else:
            planned.add((row.about_id, row.step))
    return planning.rules(), appraisals, preferences, planned, dropped


def _holds(user: User | None, role: Held) -> bool:
    return user is not None and user.role_grants.filter(role=role, revoked_at=None).exists()


def _responsible(connection: Connection, day: datetime.date, key) -> str | None:
    """The responsible officer, where they hold the role at the designated body, in its region or for England."""
    user, body = connection.responsible_officer, connection.designated_body
    if user is None:
        return None
    region = body.region_links.get(period__contains=day).region
    for held in user.role_grants.filter(role=Held.RESPONSIBLE_OFFICER, revoked_at=None):
        if held.level == "national" or held.organisation == body or held.region == region:
            return key(user)
    return None


def officers_of(trust, day: datetime.date | None = None) -> list[User]:
    """The HR officers of a trust; where it has none, those of its region; where that has none, of England."""
    held = RoleGrant.objects.filter(role=Held.HR_OFFICER, revoked_at=None, user__is_active=True, user__is_client=False)
    region = trust.region_links.get(period__contains=day or today()).region
    for near in (held.filter(organisation=trust), held.filter(region=region), held.filter(level="national")):
        if found := User.objects.filter(pk__in=near.values("user_id")):
            return list(found)
    return []


def written(**where) -> list[tuple[tuple[int, str, str, str], ...]]:
    """What stands in the outbox, as the definition puts it: a tuple for each message that goes out."""
    parts: dict[int, list] = {}
    for row in Message.objects.filter(kind=planning.KIND, **where):
        parts.setdefault(row.head_id or row.pk, []).append((row.about_id, row.step, row.recipient_key, row.channel))
    return sorted(tuple(sorted(rows)) for rows in parts.values())
