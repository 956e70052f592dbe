"""Who reaches which rows of mentoring."""

import datetime
from typing import Any, Self

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest, TruncDate

from mentoring.fields import WAITING, OfferState, RequestState
from mentoring.states import LIVE, RelationshipState
from mentoring.terms import EACH_YEAR, YEAR, SupervisionKind
from registry.accounts.models import User
from registry.clinicians.querysets import OfClinicianQuerySet
from registry.kernel.permissions import Permission as P
from registry.kernel.rows import ScopedQuerySet
from registry.kernel.scope import NOTHING, Scope

# A pair that logged and planned nothing for so long is quiet.
QUIET_AFTER = datetime.timedelta(days=42)


def reach(user: Any, permission: P, own: P) -> Scope:
    """Rows are open to whom they are about (`own`), and to the leads who match; no other right opens them."""
    if not user.is_authenticated or permission not in (own, P.MENTORING_MANAGE):
        return NOTHING
    scope: Scope = user.scope_for(permission)
    return scope


class MentorQuerySet(ScopedQuerySet):
    """A mentor's profile is seen by the mentor, and by the leads where the mentor works."""

    mentor = ""

    def within(self, scope: Scope) -> Self:
        if scope.everything:
            return self
        places = scope.organisation_ids
        user = f"{self.mentor}user"
        here = Q(**{f"{user}__clinician__organisation__in": places})
        # Whoever has no profile as a clinician works where they hold a role.
        guests = Q(**{f"{user}__role_grants__organisation__in": places, f"{user}__role_grants__revoked_at": None})
        guests &= Q(**{f"{user}__clinician": None})
        mine = Q(**{f"{user}_id": scope.user_id}) if scope.user_id is not None else Q(pk__in=[])
        # A person can hold several roles at one place.
        found = self.model._default_manager.filter(here | guests | mine).order_by()
        return self.filter(pk__in=found.values("pk"))

    def visible_to(self, user: Any, permission: P) -> Self:
        return self.within(reach(user, permission, P.MENTORING_OFFER))

    def active(self) -> Self:
        """Those of people who can sign in and may mentor."""
        return self.filter(user__in=User.all_able(P.MENTORING_OFFER).values("user"))

    def can_be_matched(self) -> Self:
        """Those of active people who are open to mentees."""
        return self.active().filter(state=OfferState.OPEN)

    def in_round(self, round: Any) -> Self:  # noqa: A002 (the field's word)
        """Those who can be matched in a round now, with `left`: how many places they have left, at least one."""
        places = Scope(organisation_ids=frozenset(round.places.values_list("organisation", flat=True)))
        found = self.can_be_matched().filter(kinds__overlap=round.kinds).within(places)
        return found.with_left().filter(left__gt=0)

    def with_left(self) -> Self:
        """Each with `left`: how many of their places nobody has or is proposed for; none where they offer fewer now."""
        rows = self.model._meta.apps.get_model("mentoring", "Relationship")._default_manager
        live = rows.filter(mentor=OuterRef("pk"), state__in=LIVE).order_by().values("mentor").annotate(n=Count("pk"))
        taken = Coalesce(Subquery(live.values("n")), 0)
        return self.annotate(left=Greatest(F("capacity") - taken, 0))

    def with_supervision(self, day: datetime.date) -> Self:
        """Each with `in_supervision`: whether, in the twelve months to this day, they did what a coach owes."""
        since = day - datetime.timedelta(days=YEAR)
        counts = {
            kind.name.lower(): Count("supervisions", filter=Q(supervisions__kind=kind, supervisions__held_on__gt=since))
            for kind in SupervisionKind
        }
        enough = {f"{name}__gte": EACH_YEAR for name in counts}
        return self.alias(**counts).annotate(in_supervision=ExpressionWrapper(Q(**enough), BooleanField()))

    def with_people(self) -> Self:
        """With the person, where they work and their strengths: three queries, however many there are."""
        people = self.select_related("user__clinician__organisation")
        return people.prefetch_related("strengths__domain", "user__role_grants__organisation")


class OfMentorQuerySet(MentorQuerySet):
    """What belongs to a mentor's profile is seen by whoever sees the profile."""

    mentor = "mentor__"


class RequestQuerySet(OfClinicianQuerySet):
    """A request is seen by whoever made it, and by the leads where they work."""

    def visible_to(self, user: Any, permission: P) -> Self:
        return self.within(reach(user, permission, P.MENTORING_SEEK))

    def waiting(self) -> Self:
        """Those that wait for somebody, or for the answers to a proposal."""
        return self.filter(state__in=WAITING)

    def looking(self) -> Self:
        """Those that wait for somebody, of people who can sign in and may look."""
        able = User.all_able(P.MENTORING_SEEK).values("user")
        return self.filter(state=RequestState.OPEN, clinician__user__in=able)

    def in_round(self, round: Any) -> Self:  # noqa: A002 (the field's word)
        """Those whom a round would match now."""
        here = round.places.order_by().values("organisation")
        found = self.looking().filter(kind__in=round.kinds, clinician__organisation__in=here)
        return found.filter(clinician__profession__in=round.professions) if round.professions else found

    def with_people(self) -> Self:
        """With the person, where they work and what they want to work on: two queries, however many there are."""
        return self.select_related("clinician__organisation").prefetch_related("needs__domain")


class OfRequestQuerySet(RequestQuerySet):
    """What belongs to a request is seen by whoever sees the request."""

    clinician = "request__clinician"


class ExclusionQuerySet(ScopedQuerySet):
    """Whom somebody does not want to be paired with is seen by nobody but them."""

    def within(self, scope: Scope) -> Self:
        return self.filter(user_id=scope.user_id) if scope.user_id is not None else self.none()

    def visible_to(self, user: Any, permission: P) -> Self:
        if not user.is_authenticated or permission not in (P.MENTORING_OFFER, P.MENTORING_SEEK):
            return self.none()
        return self.within(Scope(user_id=user.scope_for(permission).user_id))


class RelationshipQuerySet(ScopedQuerySet):
    """A relationship is seen by the two, and that it is there by the leads where either of them works."""

    relationship = ""

    def within(self, scope: Scope) -> Self:
        if scope.everything:
            return self
        mentor = f"{self.relationship}mentor"
        mentors = self.model._meta.apps.get_model("mentoring", "MentorProfile")._default_manager.within(scope)
        clinician = Q(**{f"{self.relationship}clinician__organisation__in": scope.organisation_ids})
        if scope.user_id is not None:
            clinician |= Q(**{f"{self.relationship}clinician__user_id": scope.user_id})
        return self.filter(clinician | Q(**{f"{mentor}__in": mentors.order_by().values("pk")}))

    def visible_to(self, user: Any, permission: P) -> Self:
        """Each of the two sees it as somebody who may offer, which everybody who may look can as well.

        With the right to report one counts them, and is shown none.
        """
        if user.is_authenticated and permission == P.MENTORING_REPORT:
            return self.within(user.scope_for(permission))
        return self.within(reach(user, permission, P.MENTORING_OFFER))

    def of_mentees_within(self, scope: Scope) -> Self:
        """Those whose mentee works at an organisation the scope reaches."""
        if scope.everything:
            return self
        return self.filter(**{f"{self.relationship}clinician__organisation__in": scope.organisation_ids})

    def live(self) -> Self:
        """Those that take one of the mentor's places."""
        return self.filter(**{f"{self.relationship}state__in": LIVE})

    def quiet(self, day: datetime.date) -> Self:
        """Those under way of which nothing was logged for `QUIET_AFTER` on this day, and nothing is planned.

        `quiet_since` is the day they began, or of their last session.
        """
        began = TruncDate("started_at")
        rows = self.filter(state=RelationshipState.ACTIVE).annotate(
            quiet_since=Greatest(began, Coalesce(Max("sessions__held_on"), began))
        )
        planned = self.model._meta.apps.get_model("mentoring", "PlannedSession")._default_manager
        to_come = planned.filter(relationship=OuterRef("pk"), is_next=True, starts_at__date__gte=day)
        return rows.filter(~Exists(to_come), quiet_since__lte=day - QUIET_AFTER)

    def with_people(self) -> Self:
        """With both people and where they work: three queries, however many there are."""
        one = self.relationship
        people = self.select_related(
            f"{one}mentor__user__clinician__organisation", f"{one}clinician__organisation", f"{one}clinician__user"
        )
        return people.prefetch_related(f"{one}mentor__user__role_grants__organisation")


class OfRelationshipQuerySet(RelationshipQuerySet):
    """What belongs to a relationship is seen by whoever sees it."""

    relationship = "relationship__"
