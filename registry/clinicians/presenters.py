"""What pages say about people: the groups of a profile, who read it, what happened, what needs doing."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from registry.accounts.models import Consent, RoleGrant, User
from registry.accounts.roles import Role
from registry.audit.models import AuditEvent, ReadEvent
from registry.clinicians import actions
from registry.clinicians.fields import Aspiration
from registry.clinicians.models import Clinician, LeadershipRole, Post, Registration, RoleMix
from registry.kernel.clock import today
from registry.kernel.needs import Need
from registry.kernel.permissions import Permission
from registry.nhsuk.dates import long_date


@dataclass(frozen=True, slots=True)
class Link:
    """A link, with the words that tell it apart for somebody who hears it alone."""

    text: str
    href: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a profile: what, the facts in short lines, and what can be done about it."""

    key: str
    values: list[str]
    links: list[Link] = field(default_factory=list)
    tag: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A group of a profile; `empty` is said where there are no lines."""

    title: str
    lines: list[Line]
    empty: str = ""
    add: Link | None = None


# Rooms above add what they know of a clinician to the profile page: (reader, clinician) → Panel or None.
PanelSource = Callable[[User, Clinician], Panel | None]
panel_sources: list[PanelSource] = []


def register_panel(source: PanelSource) -> PanelSource:
    """Add a group to the profile page; called once, when the room above is ready."""
    panel_sources.append(source)
    return source


def profile(clinician: Clinician, *, user: User) -> dict[str, Any]:
    """Everything the profile page shows to this reader."""
    may_edit = actions.may_edit(clinician=clinician, by=user)
    employer = actions.edits_as_employer(clinician=clinician, by=user)
    own = clinician.user_id == user.pk
    panels = [
        _registrations(clinician, user, may_edit=may_edit, checks=employer and not own),
        _posts(clinician, may_edit=may_edit),
        _roles(clinician, may_edit=may_edit),
        _qualifications(clinician, may_edit=may_edit),
    ]
    panels += [panel for source in panel_sources if (panel := source(user, clinician)) is not None]
    return {
        "clinician": clinician,
        "own": own,
        "may_edit": may_edit,
        "employer": employer,
        "about": _about(clinician),
        "aims": _aims(clinician),
        "panels": panels,
        "events": events(clinician),
    }


def _about(clinician: Clinician) -> list[Line]:
    return [
        Line("Profession", [clinician.get_profession_display()]),
        Line("Sector", [clinician.get_sector_display()]),
        Line("Career stage", [clinician.get_career_stage_display()]),
        Line("Organisation", [str(clinician.organisation)]),
        Line("Department or service", [clinician.department or "Not known"]),
        Line("Staff number", [clinician.staff_number or "Not known"]),
        Line("Work e-mail address", [clinician.email or "Not known"]),
        Line("Line manager", [clinician.line_manager.name if clinician.line_manager else "Not known"]),
        Line("Appraiser", [clinician.appraiser.name if clinician.appraiser else "Not chosen yet"]),
    ]


def _aims(clinician: Clinician) -> list[Line]:
    wanted = [Aspiration(value).label for value in clinician.aspirations]
    return [
        Line("Wants next", wanted or ["Not said"]),
        Line("Ready for the next step", [clinician.get_readiness_display() or "Not said"]),
        Line("Would move", [clinician.get_mobility_display() or "Not said"]),
    ]


def _entry_links(clinician: Clinician, kind: str, entry: Any) -> list[Link]:
    return [
        Link("Change", reverse("clinicians:change_entry", args=[clinician.pk, kind, entry.pk]), str(entry)),
        Link("Remove", reverse("clinicians:remove_entry", args=[clinician.pk, kind, entry.pk]), str(entry)),
    ]


def _add(clinician: Clinician, kind: str, text: str, *, may_edit: bool) -> Link | None:
    return Link(text, reverse("clinicians:add_entry", args=[clinician.pk, kind])) if may_edit else None


STATUS_COLOURS = {"registered": "green", "conditions": "yellow", "suspended": "red", "lapsed": "grey"}


def registration_tag(row: Registration) -> dict[str, str]:
    """The registration's state: unchecked until somebody has looked at the register."""
    if row.verified_at is None and row.status == "registered":
        return {"text": "Not checked", "colour": "orange"}
    return {"text": row.get_status_display(), "colour": STATUS_COLOURS[row.status]}


def _registrations(clinician: Clinician, user: User, *, may_edit: bool, checks: bool) -> Panel:
    lines = []
    for row in clinician.registrations.select_related("verified_by"):
        facts = [row.get_register_display()]
        if row.verified_at:
            facts.append(f"Checked on {long_date(row.verified_at)} by {row.verified_by}: {row.get_method_display()}")
        links = []
        if checks:
            url = reverse("clinicians:check_registration", args=[clinician.pk, row.pk])
            links.append(Link("Check again" if row.verified_at else "Record a check", url, str(row)))
        if actions.may_change(registration=row, clinician=clinician, by=user):
            links += _entry_links(clinician, "registrations", row)
        lines.append(Line(row.number, facts, links, registration_tag(row)))
    add = _add(clinician, "registrations", "Add a registration", may_edit=may_edit)
    return Panel("Registrations", lines, "No registration yet.", add)


def _spell(row: Post | LeadershipRole) -> str:
    return f"{long_date(row.started_on)} to {long_date(row.ended_on) if row.ended_on else 'now'}"


def _posts(clinician: Clinician, *, may_edit: bool) -> Panel:
    lines = []
    for row in clinician.posts.select_related("organisation").prefetch_related("mixes"):
        facts = [f"{row.organisation}, {row.get_band_display()}", _spell(row)]
        if mixes := list(row.mixes.all()):
            facts.append(f"{mixes[-1]} (in 100, since {long_date(mixes[-1].from_date)})")
        links = []
        if may_edit:
            mix = Link("Role mix", reverse("clinicians:role_mix", args=[clinician.pk, row.pk]), f"of {row}")
            links = [*_entry_links(clinician, "posts", row), mix]
        lines.append(Line(row.title, facts, links))
    return Panel("Posts", lines, "No posts yet.", _add(clinician, "posts", "Add a post", may_edit=may_edit))


def role_mixes(clinician: Clinician) -> list[tuple[Post, list[RoleMix]]]:
    """Posts held now, and earlier ones of which it is known, with how they divided over time; two queries."""
    posts = clinician.posts.select_related("organisation").prefetch_related("mixes")
    pairs = [(post, list(post.mixes.all())) for post in posts]
    return [(post, mixes) for post, mixes in pairs if mixes or post.ended_on is None or post.ended_on >= today()]


def _roles(clinician: Clinician, *, may_edit: bool) -> Panel:
    lines = []
    for row in clinician.leadership_roles.all():
        sessions = f"{row.protected_sessions.normalize():f}"
        protected = f"{sessions} sessions a week protected" if row.protected_sessions else "No protected time"
        lines.append(
            Line(
                row.title,
                [f"{row.get_nature_display()}. {protected}", _spell(row)],
                _entry_links(clinician, "roles", row) if may_edit else [],
            )
        )
    add = _add(clinician, "roles", "Add a leadership role", may_edit=may_edit)
    return Panel("Leadership roles", lines, "No leadership roles yet. Leading without a title counts too.", add)


def _qualifications(clinician: Clinician, *, may_edit: bool) -> Panel:
    lines = [
        Line(
            row.title,
            [row.get_kind_display(), ", ".join(filter(None, [row.awarded_by, str(row.year)]))],
            _entry_links(clinician, "qualifications", row) if may_edit else [],
        )
        for row in clinician.qualifications.all()
    ]
    add = _add(clinician, "qualifications", "Add a qualification", may_edit=may_edit)
    return Panel("Qualifications", lines, "No qualifications yet.", add)


ACTS = {
    "profile.changed": "changed the details",
    "registration.added": "added a registration",
    "registration.changed": "changed a registration",
    "registration.removed": "removed a registration",
    "registration.verified": "checked a registration",
    "post.added": "added a post",
    "post.changed": "changed a post",
    "post.removed": "removed a post",
    "rolemix.saved": "said how a post divides",
    "rolemix.removed": "removed how a post divided",
    "leadershiprole.added": "added a leadership role",
    "leadershiprole.changed": "changed a leadership role",
    "leadershiprole.removed": "removed a leadership role",
    "qualification.added": "added a qualification",
    "qualification.changed": "changed a qualification",
    "qualification.removed": "removed a qualification",
    "servicechange.added": "added an idea put into practice",
    "servicechange.changed": "changed an idea put into practice",
    "servicechange.removed": "removed an idea put into practice",
}


def events(clinician: Clinician) -> list[dict[str, Any]]:
    """What happened to the profile last, in words; at most ten."""
    latest = AuditEvent.about(clinician).filter(verb__in=ACTS)[:10]
    return [{"at": row.at, "who": row.actor_name, "what": ACTS[row.verb]} for row in latest]


PURPOSES = {
    "profile": "Opened your profile",
    "assessment.result": "Opened your leadership levels",
    "assessment.agree": "Opened your assessment to agree it",
    "feedback.report": "Opened your feedback report, as your facilitator",
    "feedback.pdf": "Downloaded your feedback report, as your facilitator",
    "appraisal": "Opened your appraisal, as your appraiser",
    "assessment.timeline": "Opened your leadership over time",
    "conversation": "Read the career conversation you shared",
    "programme": "Opened your place in a programme",
    "servicechange": "Opened an idea that you put into practice",
    "venture": "Opened your venture to decide about your interests",
    "people.export": "Exported a list of people with you on it",
}


def readers(rows: list[ReadEvent]) -> list[dict[str, Any]]:
    """Who read, in what role they could, when and why; in two queries whatever the number of rows."""
    grants: dict[int, list[RoleGrant]] = defaultdict(list)
    ids = {row.actor_id for row in rows if row.actor_id is not None}
    for grant in RoleGrant.ever_held_by(ids).select_related("organisation", "region"):
        grants[grant.user_id].append(grant)
    return [
        {
            "who": row.actor_name,
            "roles": [str(grant) for grant in grants[row.actor_id or 0] if _held(grant, row)],
            "at": row.at,
            "why": PURPOSES.get(row.purpose, row.purpose.replace(".", ": ").replace("_", " ").capitalize()),
        }
        for row in rows
    ]


def _held(grant: RoleGrant, row: ReadEvent) -> bool:
    return grant.granted_at <= row.at and (grant.revoked_at is None or grant.revoked_at > row.at)


def needs_now(user: User) -> list[Need]:
    """A clinician's gaps, and an HR officer's registrations to check."""
    needs = []
    own = Clinician.visible_to(user, Permission.PROFILE_EDIT).filter(user=user).first()
    if own is not None:
        here = reverse("clinicians:own")
        if not own.registrations.exists():
            needs.append(Need("Add your professional registration", here, role=Role.CLINICIAN))
        if not own.aspirations:
            needs.append(Need("Say what you want next", reverse("clinicians:edit", args=[own.pk]), role=Role.CLINICIAN))
        if not Consent.visible_to(user, Permission.PROFILE_EDIT).exists():
            text = "Say whether you want to be considered for board posts"
            needs.append(Need(text, reverse("consent"), role=Role.CLINICIAN))
    scope = user.scope_for(Permission.PROFILE_EDIT)
    if scope.organisation_ids and not scope.everything:
        unchecked = Clinician.visible_to(user, Permission.PROFILE_EDIT).with_unchecked_registration().count()
        if unchecked:
            href = f"{reverse('clinicians:people')}?registration=unchecked"
            text = "People with a registration to check"
            needs.append(Need(text, href, count=unchecked, role=Role.HR_OFFICER))
    return needs
