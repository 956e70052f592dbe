"""Ways to ask for assessments and what belongs to them."""

import datetime
from typing import Any, Self, cast

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Sum, When

from registry.competency.states import OPEN, State
from registry.kernel.permissions import Permission
from registry.kernel.rows import ScopedQuerySet
from registry.kernel.scope import Scope
from registry.standing.models import DOMAIN_COLUMNS


class FrameworkVersionQuerySet(models.QuerySet):
    """Frameworks are published: everybody who is signed in may read them."""

    def current(self, day: datetime.date) -> Self:
        """Of each framework, the version in force on this day: the last that took effect by then."""
        later = (
            cast("Any", self.model)
            .rows()
            .filter(code=OuterRef("code"), effective_from__lte=day, effective_from__gt=OuterRef("effective_from"))
        )
        return self.filter(
            Q(effective_to__isnull=True) | Q(effective_to__gte=day), ~Exists(later), effective_from__lte=day
        )

    def open_to_new(self, day: datetime.date) -> Self:
        """Those on which an assessment may be started on this day."""
        return self.current(day).filter(closed_to_new=False)

    def with_parts(self) -> Self:
        """With domains and elements, in two more queries however many there are."""
        return self.prefetch_related("domains__elements")


NOWHERE = Q(pk__in=[])


def _within(scope: Scope) -> Q:
    if scope.everything:
        return Q(state=State.AGREED)
    reach = Q(clinician__organisation_id__in=scope.organisation_ids, state=State.AGREED)
    if scope.user_id is not None:
        reach |= Q(clinician__user_id=scope.user_id)
    return reach


def _own(user: Any) -> Q:
    """Those of whoever may edit theirs."""
    own = user.scope_for(Permission.ASSESSMENT_EDIT).user_id
    return Q(clinician__user_id=own) if own is not None else NOWHERE


def _sent_to(user: Any) -> Q:
    """Those this person is the appraiser of, submitted or agreed; none without the right to agree."""
    if user.scope_for(Permission.ASSESSMENT_AGREE).user_id is None:
        return NOWHERE
    return Q(appraiser_id=user.pk, state__in=[State.SUBMITTED, State.AGREED])


# How summaries group people: their organisation and the two cuts of the heat map.
GROUPS = ("clinician__organisation_id", "clinician__profession", "clinician__sector")
LEVELS = "clinician__agreed_levels"
EXPECTED = "version__domains__expectations"


class AssessmentQuerySet(ScopedQuerySet):
    """A clinician sees their own, their appraiser what was sent to them, their employer what was agreed."""

    def within(self, scope: Scope) -> Self:
        return self.filter(_within(scope))

    def visible_to(self, user: Any, permission: Permission) -> Self:
        """As everywhere; but to edit reaches one's own only, and to agree only what was sent to oneself."""
        if not user.is_authenticated:
            return self.none()
        if permission == Permission.ASSESSMENT_AGREE:
            return self.filter(_sent_to(user))
        if permission == Permission.ASSESSMENT_EDIT:
            return self.filter(_own(user))
        if permission == Permission.LEVELS_SUMMARISE:
            return self.filter(_within(user.scope_for(permission)))
        if permission == Permission.ASSESSMENT_VIEW:
            return self.filter(_within(user.scope_for(permission)) | _own(user) | _sent_to(user))
        return self.none()

    def agreed(self) -> Self:
        """The agreed ones, newest first."""
        return self.filter(state=State.AGREED).order_by("-agreed_at", "-pk")

    def still_open(self) -> Self:
        """Drafts and submitted ones."""
        return self.filter(state__in=OPEN)

    def newest_agreed(self, framework: str) -> Self:
        """Of each clinician the one agreed assessment of the framework that their standing rests on."""
        theirs = {f"{LEVELS}__framework": framework, f"{LEVELS}__assessment_id": F("pk")}
        return self.filter(state=State.AGREED, framework=framework, **theirs)

    def counted(self) -> Any:
        """For each organisation, profession and sector, how many people these are the assessments of."""
        return self.order_by().values_list(*GROUPS).annotate(people=Count("pk"))

    def tallied(self, version: Any) -> Any:
        """The people of `newest_agreed` by organisation, profession, sector and code of the domain.

        Only of those assessed on this version: the levels of another are on other scales, and are never converted.

        After these four: of how many something is expected, how many are below it, how many at least one whole level
        above it, and the sums of their agreed and expected levels in twelfths. What is expected is what the person's
        own result page says: by the career stage and matrix kept when the assessment was submitted. The classes are
        those of a single result: below the minimum level, at least a level above it, or between.
        """
        level = Case(
            *(When(version__domains__position=at, then=F(f"{LEVELS}__{d}")) for at, d in enumerate(DOMAIN_COLUMNS, 1))
        )
        same = {f"{EXPECTED}__matrix": F("matrix"), f"{EXPECTED}__career_stage": F("career_stage")}
        return (
            self.filter(version=version, **same)
            .annotate(level=level, least=F(f"{EXPECTED}__minimum_level") * 12, grade=F(f"{EXPECTED}__expectation"))
            .filter(level__isnull=False)
            .exclude(grade="none")
            .order_by()
            .values_list(*GROUPS, "version__domains__code")
            .annotate(
                people=Count("pk"),
                below=Count("pk", filter=Q(level__lt=F("least"))),
                ahead=Count("pk", filter=Q(level__gte=F("least") + 12)),
                agreed=Sum("level"),
                expected=Sum("least"),
            )
        )


class OfAssessmentQuerySet(ScopedQuerySet):
    """Rows that belong to an assessment are seen by whoever sees the assessment."""

    def _assessments(self) -> Any:
        return cast("Any", self.model)._meta.get_field("assessment").related_model._default_manager

    def within(self, scope: Scope) -> Self:
        return self.filter(assessment__in=self._assessments().within(scope))

    def visible_to(self, user: Any, permission: Permission) -> Self:
        return self.filter(assessment__in=self._assessments().visible_to(user, permission))


class HistoryImportQuerySet(ScopedQuerySet):
    """Imports of results are seen by those who import for the organisation."""

    def within(self, scope: Scope) -> Self:
        return self if scope.everything else self.filter(organisation_id__in=scope.organisation_ids)
