"""What staff rows would do: whom each is about, what changes, and what stands in the way; nothing is written."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, cast

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from registry.accounts.models import RoleGrant, User
from registry.accounts.roles import Role
from registry.clinicians.fields import RegistrationStatus, Sector
from registry.clinicians.intake.rows import Planned, PostFacts, StaffRow, Verdict
from registry.clinicians.models import Clinician, Post, Registration
from registry.clinicians.validators import check_mixes_within
from registry.kernel.errors import Invalid
from registry.nhsuk.dates import long_date
from registry.organisations.models import Organisation

CANNOT_USE_NUMBER = (
    "This registration number cannot be used. Check it, and tell the registry's administrator if it is right."
)
CANNOT_USE_EMAIL = "This e-mail address cannot be used. Ask the person for another one."


def plan(*, rows: Sequence[StaffRow], organisation: Organisation, sector: Sector, lock: bool = False) -> list[Planned]:
    """What these rows would do at this organisation, in their order; nine queries, nothing written.

    People are recognised by employee number or registration there; what is registered, or signs in, anywhere
    else is a problem whose message does not say where. `sector` counts for new people whose row names none.
    `lock` holds the organisation's people until the end of the transaction, for whoever goes on to `carry_out`.
    Rows must not repeat an employee number, registration or address among themselves.
    """
    known = _Known(rows, organisation, lock=lock)
    planned = [_judge(row, known, organisation, sector) for row in rows]
    _link_managers(planned, known)
    for item in planned:
        if item.problems:
            item.verdict = Verdict.ERROR
        elif item.verdict != Verdict.LEFT_OUT and not item.is_new:
            item.verdict = Verdict.CHANGE if item.changes else Verdict.SAME
    return planned


class _Known:
    """What the registry knows that bears on some rows, read once."""

    def __init__(self, rows: Sequence[StaffRow], organisation: Organisation, *, lock: bool) -> None:
        here = Clinician.objects.filter(organisation=organisation).order_by("pk")
        people = list(here.select_for_update(of=("self",), no_key=True) if lock else here)
        self.people = {person.pk: person for person in people}
        self.by_staff_number = {person.staff_number: person for person in people if person.staff_number}
        self.by_value: dict[str, list[Clinician]] = defaultdict(list)
        for number, person in self.by_staff_number.items():
            self.by_value[number.lstrip("0")].append(person)
        numbers = {row.registration_number for row in rows if row.registration_number}
        self.registrations: dict[tuple[str, str], Registration] = {}
        self.registrations_of: dict[int, list[Registration]] = defaultdict(list)
        for registration in Registration.objects.filter(
            Q(number__in=numbers) | Q(clinician__organisation=organisation)
        ):
            self.registrations[registration.register, registration.number] = registration
            self.registrations_of[registration.clinician_id].append(registration)
        self.posts_of: dict[int, list[Post]] = defaultdict(list)
        open_posts = Post.objects.filter(clinician__organisation=organisation, organisation=organisation)
        for post in open_posts.filter(ended_on__isnull=True).prefetch_related("mixes").order_by("started_on", "pk"):
            self.posts_of[post.clinician_id].append(post)
        self._read_users(rows, organisation)

    def _read_users(self, rows: Sequence[StaffRow], organisation: Organisation) -> None:
        addresses = {row.email.lower() for row in rows if row.email}
        appraisers = {row.appraiser.lower() for row in rows if row.appraiser}
        by_address = User.objects.annotate(address=Lower("email")).filter(address__in=addresses | appraisers)
        self.users = {user.address: user for user in by_address}
        keys = [user.pk for user in self.users.values()]
        self.with_profile = set(Clinician.objects.filter(user__in=keys).values_list("user_id", flat=True))
        held = RoleGrant.objects.active().filter(user__in=keys, organisation=organisation)
        self.roles: dict[int, set[str]] = defaultdict(set)
        for user_id, role in held.values_list("user_id", "role"):
            self.roles[user_id].add(role)
        self.names = dict(User.objects.filter(appraisees__organisation=organisation).values_list("pk", "name")) | {
            user.pk: user.name for user in self.users.values()
        }

    def appraiser(self, address: str) -> User | None:
        user = self.users.get(address.lower())
        return user if user and user.is_active and Role.APPRAISER in self.roles[user.pk] else None

    def may_be_linked(self, user: User) -> bool:
        """Whether an account may become a new profile's: somebody's who works here and has none."""
        return user.is_active and not user.is_client and user.pk not in self.with_profile and bool(self.roles[user.pk])


def _judge(row: StaffRow, known: _Known, organisation: Organisation, sector: Sector) -> Planned:
    item = Planned(row)
    person = _recognise(item, known, organisation)
    if person is None and row.may_be_left_out and not row.register and row.profession is None:
        item.verdict = Verdict.LEFT_OUT
        item.notes.append(("staff_group", "Left out: this staff group has no clinical register."))
        return item
    if person is None:
        person = Clinician(organisation=organisation)
        item.verdict = Verdict.ADD
        _require(item, sector)
    item.clinician = person
    _say(item, person, known, sector)
    _register(item, person, known)
    _account(item, person, known)
    if row.post:
        _post(item, person, row.post, known, organisation)
    return item


def _recognise(item: Planned, known: _Known, organisation: Organisation) -> Clinician | None:
    row = item.row
    by_number = known.by_staff_number.get(row.staff_number)
    if by_number is None and "staff_number" in row.numbers:
        same_value = known.by_value.get(row.staff_number.lstrip("0"), [])
        if len(same_value) == 1:
            by_number = same_value[0]
            item.notes.append(
                ("staff_number", f"Read as {by_number.staff_number}: the spreadsheet had lost leading zeros.")
            )
    registered = known.registrations.get((row.register, row.registration_number)) if row.register else None
    if registered and registered.clinician_id not in known.people:
        item.problems.append(("registration_number", CANNOT_USE_NUMBER))
        return by_number
    by_registration = known.people[registered.clinician_id] if registered else None
    if by_number and by_registration and by_number.pk != by_registration.pk:
        item.problems.append(
            ("staff_number", "This employee number and this registration number belong to two different people.")
        )
    elif by_number and not by_registration and row.register:
        others = [r.number for r in known.registrations_of[by_number.pk] if r.register == row.register]
        if others:
            known_as = f"The person with this employee number has the {row.register} number {others[0]}."
            item.problems.append(
                ("registration_number", f"{known_as} Correct the row, or the number on their profile.")
            )
    return by_number or by_registration


def _require(item: Planned, sector: Sector) -> None:
    if item.row.profession is None:
        item.problems.append(("profession", "Enter the profession, or the registration that shows it."))
    if item.row.career_stage is None:
        item.problems.append(("career_stage", "Enter the career stage, or the post with its pay band."))


def _say(item: Planned, person: Clinician, known: _Known, sector: Sector) -> None:
    """Set the plain fields, and note what changes."""
    row = item.row
    read_as = person.staff_number if "staff_number" in row.numbers and person.staff_number else ""
    same_number = read_as.lstrip("0") == row.staff_number.lstrip("0") and bool(read_as)
    wanted: dict[str, Any] = {
        "staff_number": read_as if same_number else row.staff_number,
        "given_name": row.given_name,
        "family_name": row.family_name,
        "email": row.email,
        "profession": row.profession,
        "sector": row.sector or (sector if item.is_new else None),
        "career_stage": row.career_stage,
        "department": row.department,
    }
    for name, value in wanted.items():
        if not value or (name in row.assumed and not item.is_new):
            continue
        _set(item, person, name, value)
    if row.appraiser:
        appraiser = known.appraiser(row.appraiser)
        if appraiser is None:
            item.notes.append(("appraiser", "Nobody with this address is an appraiser here, so none is recorded."))
        else:
            before = known.names.get(person.appraiser_id, "") if person.appraiser_id else ""
            _set(item, person, "appraiser_id", appraiser.pk, label="appraiser", words=(before, appraiser.name))


def _set(
    item: Planned, person: Clinician, name: str, value: Any, *, label: str = "", words: tuple[str, str] | None = None
) -> None:
    before = getattr(person, name)
    if before == value:
        return
    setattr(person, name, value)
    if item.verdict == Verdict.ADD:
        return
    if words is None:
        column = cast("models.Field", Clinician._meta.get_field(name))
        choices = dict(column.flatchoices)
        label, words = str(column.verbose_name), (str(choices.get(before, before)), str(choices.get(value, value)))
    item.changes.append((label, *words))


def _register(item: Planned, person: Clinician, known: _Known) -> None:
    row = item.row
    if not row.register or item.problems:
        return
    status = row.registration_status or RegistrationStatus.REGISTERED
    existing = known.registrations.get((row.register, row.registration_number))
    if existing is None:
        item.registration = Registration(register=row.register, number=row.registration_number, status=status)
        if item.verdict != Verdict.ADD:
            item.changes.append(("registration", "", f"{row.register} {row.registration_number}"))
    elif row.registration_status and existing.status != row.registration_status:
        after = str(row.registration_status.label)
        if existing.verified_at is None:
            item.changes.append(("registration status", existing.get_status_display(), after))
            existing.status = row.registration_status
            item.registration = existing
        else:
            item.notes.append(
                ("registration_status", f"HR has checked this registration. Check it again if it is now “{after}”.")
            )


def _account(item: Planned, person: Clinician, known: _Known) -> None:
    row = item.row
    user = known.users.get(row.email.lower()) if row.email else None
    if user is not None and user.pk != person.user_id and (person.user_id or not known.may_be_linked(user)):
        item.problems.append(("email", CANNOT_USE_EMAIL))
    elif not person.user_id and row.email:
        item.account = True
        if user is not None and person.appraiser_id == user.pk:
            item.problems.append(("appraiser", "Somebody cannot be their own appraiser."))
        if item.verdict != Verdict.ADD:
            item.changes.append(("account", "", row.email))
    elif person.user_id and row.email and user is None:
        item.notes.append(("email", "The person goes on signing in with the address they have."))
    if person.user_id and person.appraiser_id == person.user_id:
        item.problems.append(("appraiser", "Somebody cannot be their own appraiser."))
    if item.verdict == Verdict.ADD and not row.email:
        item.notes.append(("email", "No account is opened: there is no e-mail address."))


def _post(item: Planned, person: Clinician, facts: PostFacts, known: _Known, organisation: Organisation) -> None:
    """Keep the current post: a later start ends the old one, the same start corrects it."""
    held = known.posts_of[person.pk] if person.pk else []
    words = f"{facts.title} ({facts.band.label}, since {long_date(facts.started_on)})"
    same = [p for p in held if (p.title, p.band, p.started_on) == (facts.title, facts.band, facts.started_on)]
    if same:
        return
    current = next((p for p in held if p.title == facts.title), held[-1] if held else None)
    if current is not None:
        before = f"{current.title} ({current.get_band_display()}, since {long_date(current.started_on)})"
        item.changes.append(("post", before, words))
        if facts.started_on > current.started_on and (facts.title, facts.band) != (current.title, current.band):
            current.ended_on = facts.started_on - datetime.timedelta(days=1)
            _change_post(item, current)
        elif facts.started_on == current.started_on or (facts.title, facts.band) == (current.title, current.band):
            current.title, current.band, current.started_on = facts.title, facts.band, facts.started_on
            _change_post(item, current)
            return
        else:
            item.problems.append(("started_on", f"The post starts before the one on the profile: {before}."))
            return
    elif item.verdict != Verdict.ADD:
        item.changes.append(("post", "", words))
    item.posts.append(Post(organisation=organisation, title=facts.title, band=facts.band, started_on=facts.started_on))


def _change_post(item: Planned, post: Post) -> None:
    try:
        check_mixes_within([mix.from_date for mix in post.mixes.all()], post.started_on, post.ended_on)
    except Invalid as refusal:
        item.problems.append(("started_on", f"{post.title}: {refusal.message}"))
    item.posts.append(post)


def _link_managers(planned: Collection[Planned], known: _Known) -> None:
    """Line managers by employee number, of the registry or of any row that will be written."""
    for item in planned:
        if item.clinician and _same_number(item.row.line_manager, item.clinician.staff_number, item.row):
            item.problems.append(("line_manager", "Somebody cannot be their own line manager."))
    coming = {
        item.clinician.staff_number: item.clinician
        for item in planned
        if item.clinician is not None and not item.problems
    }
    by_value: dict[str, set[str]] = defaultdict(set)
    for number in known.by_staff_number.keys() | coming.keys():
        by_value[number.lstrip("0")].add(number)
    for item in planned:
        wanted, person = item.row.line_manager, item.clinician
        if not wanted or person is None or item.problems:
            continue
        if "line_manager" in item.row.numbers and len(by_value[wanted.lstrip("0")]) == 1:
            (wanted,) = by_value[wanted.lstrip("0")]
        manager = coming.get(wanted) or known.by_staff_number.get(wanted)
        if manager is None:
            item.notes.append(
                ("line_manager", "Nobody on the registry has this employee number, so no manager is recorded.")
            )
        elif manager.pk is None or manager.pk != person.line_manager_id:
            before = known.people.get(person.line_manager_id or 0)
            item.manager = manager
            if item.verdict != Verdict.ADD:
                item.changes.append(("line manager", before.name if before else "", manager.name))


def _same_number(wanted: str, own: str, row: StaffRow) -> bool:
    if wanted and "line_manager" in row.numbers:
        return wanted.lstrip("0") == own.lstrip("0")
    return wanted != "" and wanted == own
