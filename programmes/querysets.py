"""Who reaches which rows of programmes."""

import datetime
from typing import Any, Self

from programmes.states import HOLDING, CohortState, EnrolmentState, EquivalenceState
from registry.kernel.permissions import Permission as P
from registry.kernel.rows import ScopedQuerySet
from registry.kernel.scope import Scope


def related(model: Any, name: str) -> Any:
    """The model at the other end of a relation; this module stands below the models."""
    return model._meta.get_field(name).related_model


class ByRelation(ScopedQuerySet):
    """Rows that are reached by what one is to them: each permission has a condition of its own, others none.

    `organisation` is the way to the organisation that runs the programme, `employer` the one to the organisation a
    person works for, and `own` gives, for what one holds over oneself, the way to that person's account.
    """

    organisation = ""
    employer = ""
    own: dict[P, str] = {}

    def within(self, scope: Scope) -> Self:
        """The rows of the organisations that run them."""
        if not self.organisation:
            return self.none()
        return self if scope.everything else self.filter(**{f"{self.organisation}__in": scope.organisation_ids})

    def visible_to(self, user: Any, permission: P) -> Self:
        if not user.is_authenticated:
            return self.none()
        scope = user.scope_for(permission)
        if permission in self.own:
            # A person can be related to a row in several ways, and several times in one of them.
            mine = scope.user_id is not None
            return self.filter(pk__in=self._mine(user, self.own[permission])) if mine else self.none()
        if permission == P.PROGRAMME_MANAGE:
            return self.within(scope)
        if permission == P.PROGRAMME_PEOPLE and self.employer:
            return self if scope.everything else self.filter(**{f"{self.employer}__in": scope.organisation_ids})
        return self.none()

    def _mine(self, user: Any, way: str) -> Any:
        return self.model._default_manager.filter(**{way: user.pk}).order_by().values("pk")


class CohortQuerySet(ByRelation):
    """A cohort that is not a draft is known to everybody who may take part; who runs it sees it from the first."""

    organisation = "organisation"
    own = {P.PROGRAMME_TEACH: "tutors__user", P.APPLICATION_SCORE: "assessors__user"}

    def visible_to(self, user: Any, permission: P) -> Self:
        if not user.is_authenticated:
            return self.none()
        scope = user.scope_for(permission)
        if permission == P.PROGRAMME_TAKE_PART:
            return self.announced() if scope.user_id is not None else self.none()
        if permission == P.PROGRAMME_PEOPLE:
            return self.announced() if scope else self.none()
        if permission == P.PROGRAMME_REPORT:
            return self.within(scope).announced()
        return super().visible_to(user, permission)

    def announced(self) -> Self:
        """Those that are no drafts."""
        return self.exclude(state=CohortState.DRAFT)

    def open_for_applications(self, day: datetime.date) -> Self:
        """Those for which somebody can apply on this day."""
        return self.filter(state=CohortState.OPEN, opens_on__lte=day, closes_on__gte=day)

    def with_programme(self) -> Self:
        """With what every page says of one."""
        return self.select_related("version__programme__organisation", "organisation")


class OfCohortQuerySet(ByRelation):
    """What belongs to the running of a cohort is seen by those who run it."""

    organisation = "cohort__organisation"


class AnnouncedOfCohortQuerySet(OfCohortQuerySet):
    """Dates, limits and tutors of a cohort are known to whoever may take part in it or teaches it."""

    own = {P.PROGRAMME_TEACH: "cohort__tutors__user"}

    def visible_to(self, user: Any, permission: P) -> Self:
        if permission == P.PROGRAMME_TAKE_PART and user.is_authenticated:
            known = user.scope_for(permission).user_id is not None
            return self.exclude(cohort__state=CohortState.DRAFT) if known else self.none()
        return super().visible_to(user, permission)


class EquivalenceQuerySet(ByRelation):
    """What somebody brings with them is theirs, and is decided on by the leads who are asked."""

    organisation = "organisation"
    own = {P.PROGRAMME_TAKE_PART: "clinician__user"}

    def counting(self, day: datetime.date) -> Self:
        """Those that are recognised and count on this day."""
        return self.filter(state=EquivalenceState.RECOGNISED).exclude(expires_on__lt=day)

    def counting_as(self, tier: int, day: datetime.date) -> Self:
        """Those that count on this day as a programme of this tier."""
        return self.counting(day).filter(tier__gte=tier)

    def with_people(self) -> Self:
        """With what every page says of one."""
        return self.select_related("clinician__organisation", "organisation", "decided_by")


class EnrolmentQuerySet(ByRelation):
    """A place is its holder's; who runs or teaches the cohort sees it, so do supporter and employer's officers."""

    organisation = "cohort__organisation"
    employer = "clinician__organisation"
    own = {
        P.PROGRAMME_TAKE_PART: "clinician__user",
        P.PROGRAMME_TEACH: "cohort__tutors__user",
        P.FELLOW_SUPPORT: "supporter",
    }

    def holding(self) -> Self:
        """Those who hold one of the cohort's places."""
        return self.filter(state__in=HOLDING)

    def taking_part(self) -> Self:
        """Those who take part now."""
        return self.filter(state=EnrolmentState.ENROLLED)

    def completed(self) -> Self:
        """Those who have completed the programme, and whose certificate was not revoked."""
        return self.filter(state=EnrolmentState.COMPLETED, certificate__revoked_at=None)

    def with_people(self) -> Self:
        """With what every page says of one."""
        return self.select_related("cohort__version__programme", "clinician__organisation", "clinician__user")


class OfEnrolmentQuerySet(ByRelation):
    """What belongs to a place is seen by its holder, and by those who run or teach the cohort."""

    organisation = "enrolment__cohort__organisation"
    own = {
        P.PROGRAMME_TAKE_PART: "enrolment__clinician__user",
        P.PROGRAMME_TEACH: "enrolment__cohort__tutors__user",
    }


class ObjectiveQuerySet(OfEnrolmentQuerySet):
    """A fellow's objectives are between the fellow, their supporter and those who run the cohort."""

    own = {
        P.PROGRAMME_TAKE_PART: "enrolment__clinician__user",
        P.FELLOW_SUPPORT: "enrolment__supporter",
    }


class LearningAtWorkQuerySet(ByRelation):
    """What somebody did with their learning is theirs; what they share is read by those who did the same programme."""

    own = {P.PROGRAMME_TAKE_PART: "enrolment__clinician__user"}

    def shared_with(self, user: Any) -> Self:
        """What others whose account is in use share with this person, who completed the same programme."""
        places = related(self.model, "enrolment").objects.visible_to(user, P.PROGRAMME_TAKE_PART)
        same = places.filter(state=EnrolmentState.COMPLETED).order_by().values("cohort__version__programme")
        rows = self.filter(shared=True, enrolment__clinician__user__is_active=True)
        return rows.filter(enrolment__cohort__version__programme__in=same)


class CheckInQuerySet(ByRelation):
    """A check-in is its supporter's alone: no lead, tutor, officer or administrator reaches one."""

    own = {P.FELLOW_SUPPORT: "supporter"}


class CertificateQuerySet(OfEnrolmentQuerySet):
    """A certificate is its holder's, and known to those who run the cohort; whoever has its code verifies it."""

    own = {P.PROGRAMME_TAKE_PART: "enrolment__clinician__user"}


class InSetQuerySet(ByRelation):
    """What belongs to a set is its members'; whoever does not take part any more has left the set as well."""

    # The way to the places of the members.
    places = ""

    def _mine(self, user: Any, way: str) -> Any:
        if way != f"{self.places}__clinician__user":
            return super()._mine(user, way)
        both = {way: user.pk, f"{self.places}__state__in": HOLDING}
        return self.model._default_manager.filter(**both).order_by().values("pk")


class LearningSetQuerySet(InSetQuerySet):
    """A set is its members'; who runs or teaches the cohort sees who is in it."""

    organisation = "cohort__organisation"
    places = "members__enrolment"
    own = {P.PROGRAMME_TAKE_PART: f"{places}__clinician__user", P.PROGRAMME_TEACH: "cohort__tutors__user"}


class OfLearningSetQuerySet(InSetQuerySet):
    """Members and meetings of a set are seen by whoever sees the set."""

    organisation = "learning_set__cohort__organisation"
    places = "learning_set__members__enrolment"
    own = {
        P.PROGRAMME_TAKE_PART: f"{places}__clinician__user",
        P.PROGRAMME_TEACH: "learning_set__cohort__tutors__user",
    }


class SetNoteQuerySet(InSetQuerySet):
    """Notes are private to the set."""

    places = "meeting__learning_set__members__enrolment"
    own = {P.PROGRAMME_TAKE_PART: f"{places}__clinician__user"}


class AlumnusQuerySet(ByRelation):
    """One's own entry; and those that others put in the directory, for whoever did the same programme."""

    own = {P.PROGRAMME_TAKE_PART: "clinician__user"}

    def directory_for(self, user: Any) -> Self:
        """The entries that alumni of the same programmes put in the directory."""
        mine = self.visible_to(user, P.PROGRAMME_TAKE_PART).order_by().values("programme")
        return self.in_directory().filter(programme__in=mine)

    def in_directory(self) -> Self:
        """The entries of those who want to be found, and whose account is in use."""
        return self.filter(listed=True, clinician__user__is_active=True)
