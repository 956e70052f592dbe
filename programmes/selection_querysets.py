"""Who reaches which rows of a selection: applications, what belongs to them, and who reads and scores them."""

from typing import Any, Self

from django.apps import apps
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from programmes.fields import GateKind
from programmes.querysets import ByRelation, related
from programmes.states import COMPETING, IN_SELECTION, AppealState, ApplicationState, CohortState
from registry.kernel.permissions import Permission as P
from registry.kernel.scope import Scope


class OfSelectionQuerySet(ByRelation):
    """What belongs to a selection is reached by those who run it, unless they compete in it themselves."""

    # The way to the cohort.
    cohort = "application__cohort"

    def visible_to(self, user: Any, permission: P) -> Self:
        rows = super().visible_to(user, permission)
        if permission != P.PROGRAMME_MANAGE or not user.is_authenticated:
            return rows
        theirs = apps.get_model("programmes", "Application").objects.competing(user)
        return rows.exclude(**{f"{self.cohort}__in": theirs.order_by().values("cohort")})


class ApplicationQuerySet(OfSelectionQuerySet):
    """An application is its applicant's; once sent, those who run the cohort and the employer's officers know of it.

    Assessors never reach it: they reach a `Reading`, and through it the answers without a name.
    """

    organisation = "cohort__organisation"
    employer = "clinician__organisation"
    cohort = "cohort"
    own = {
        P.PROGRAMME_TAKE_PART: "clinician__user",
        P.APPLICATION_ENDORSE: "endorsement__manager",
    }

    def visible_to(self, user: Any, permission: P) -> Self:
        rows = super().visible_to(user, permission)
        return rows if permission == P.PROGRAMME_TAKE_PART else rows.exclude(submitted_at=None)

    def in_selection(self) -> Self:
        """Those that have not failed, been taken back or been decided."""
        return self.filter(state=ApplicationState.SUBMITTED)

    def competing(self, user: Any) -> Self:
        """Those with which this person has won a place or still can: an appeal that waits keeps the way open."""
        open_ = Q(state__in=COMPETING) | Q(appeals__state=AppealState.LODGED)
        return self.filter(open_, clinician__user=user)

    def with_people(self) -> Self:
        """With what every page says of one."""
        return self.select_related("cohort__version__programme", "clinician__organisation", "clinician__user")

    def with_waiting_position(self) -> Self:
        """With `waiting_position`: 1 for whoever is next on the waiting list; it means nothing in other states."""
        before = (
            self.model._default_manager.filter(
                cohort=OuterRef("cohort"), state=ApplicationState.RESERVE, rank__lt=OuterRef("rank")
            )
            .order_by()
            .values("cohort")
            .annotate(count=Count("pk"))
            .values("count")
        )
        return self.annotate(waiting_position=Coalesce(Subquery(before), 0) + 1)


class OfApplicationQuerySet(OfSelectionQuerySet):
    """What belongs to an application is seen by the applicant and by those who run the cohort."""

    organisation = "application__cohort__organisation"
    own = {P.PROGRAMME_TAKE_PART: "application__clinician__user"}


class EndorsementQuerySet(OfApplicationQuerySet):
    """The manager who is asked sees it as well."""

    own = {
        P.PROGRAMME_TAKE_PART: "application__clinician__user",
        P.APPLICATION_ENDORSE: "manager",
    }

    def waiting(self) -> Self:
        """Those that can be answered: nobody has, and neither is the gate settled nor the selection over."""
        asked = self.filter(
            answered_at__isnull=True,
            application__state=ApplicationState.SUBMITTED,
            application__cohort__state__in=(CohortState.OPEN, CohortState.SELECTING),
        )
        return asked.exclude(application__results__gate__kind=GateKind.ENDORSEMENT)

    def with_people(self) -> Self:
        """With what every page says of one."""
        return self.select_related("application__cohort__version__programme", "application__clinician", "manager")


class AnswerQuerySet(OfApplicationQuerySet):
    """Assessors read the answers of what is theirs to read, once they have said that nothing speaks against it."""

    def visible_to(self, user: Any, permission: P) -> Self:
        if permission != P.APPLICATION_SCORE:
            return super().visible_to(user, permission)
        if not user.is_authenticated or user.scope_for(permission).user_id is None:
            return self.none()
        readings = related(related(self.model, "application"), "readings")
        mine = readings.objects.filter(application=OuterRef("application"), assessor=user.pk)
        return self.filter(Exists(mine.readable()))


class ReadingQuerySet(OfSelectionQuerySet):
    """A reading is its assessor's; those who run the cohort see who reads what, and how far they are."""

    organisation = "application__cohort__organisation"
    own = {P.APPLICATION_SCORE: "assessor"}

    def visible_to(self, user: Any, permission: P) -> Self:
        rows = super().visible_to(user, permission)
        return rows.standing() if permission == P.APPLICATION_SCORE else rows

    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(removed_at__isnull=True)

    def readable(self) -> Self:
        """Those whose file is open: declared, without conflict, not taken back."""
        return self.standing().filter(conflict=False)

    def counting(self) -> Self:
        """Those whose scores count: submitted and not taken back."""
        return self.readable().filter(submitted_at__isnull=False)

    def to_score(self) -> Self:
        """Those whose assessor still has something to do: the application waits at this gate for their scores."""
        decided = related(related(self.model, "application"), "results")
        result = decided.objects.filter(application=OuterRef("application"), gate=OuterRef("gate"))
        return (
            self.standing()
            .exclude(conflict=True)
            .filter(
                submitted_at__isnull=True,
                application__state=ApplicationState.SUBMITTED,
                application__cohort__state__in=IN_SELECTION,
            )
            .exclude(Exists(result))
        )

    def with_gate(self) -> Self:
        """With what a page of assessors or leads says of one."""
        return self.select_related("gate", "application__cohort__version__programme", "application__clinician")


class ScoreQuerySet(OfSelectionQuerySet):
    """Scores are their assessor's; those who run the cohort see them once everybody who is needed has submitted."""

    organisation = "reading__application__cohort__organisation"
    cohort = "reading__application__cohort"
    own = {P.APPLICATION_SCORE: "reading__assessor"}

    def within(self, scope: Scope) -> Self:
        beside = (
            related(self.model, "reading")
            .objects.standing()
            .filter(application=OuterRef("reading__application"), gate=OuterRef("reading__gate"))
        )
        still_to_submit = beside.exclude(conflict=True).filter(submitted_at__isnull=True)
        given = beside.counting().order_by().values("gate").annotate(number=Count("pk")).values("number")
        return (
            super()
            .within(scope)
            .filter(~Exists(still_to_submit))
            .alias(given=Coalesce(Subquery(given), 0))
            .filter(given__gte=F("reading__gate__assessors"))
        )
