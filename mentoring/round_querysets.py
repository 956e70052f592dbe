"""Who reaches which rows of matching rounds."""

from typing import Any, Self

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from mentoring.states import RoundState, VersionStatus
from registry.kernel.permissions import Permission as P
from registry.kernel.rows import ScopedQuerySet
from registry.kernel.scope import Scope


class RoundQuerySet(ScopedQuerySet):
    """A round names people of all its organisations, so it is seen by leads who reach every one of them."""

    # The way to the round.
    round = ""

    def within(self, scope: Scope) -> Self:
        if scope.everything:
            return self
        if not scope.organisation_ids:
            return self.none()
        places = self.model._meta.apps.get_model("mentoring", "RoundOrganisation")._default_manager
        of = places.filter(round=OuterRef(f"{self.round}pk"))
        reached = of.filter(organisation__in=scope.organisation_ids)
        beyond = of.exclude(organisation__in=scope.organisation_ids)
        return self.filter(Exists(reached), ~Exists(beyond))

    def visible_to(self, user: Any, permission: P) -> Self:
        if not user.is_authenticated or permission != P.MENTORING_MANAGE:
            return self.none()
        return self.within(user.scope_for(permission))

    def preparing(self) -> Self:
        """Those neither published nor cancelled."""
        return self.filter(state=RoundState.PREPARING)


class OfRoundQuerySet(RoundQuerySet):
    """What belongs to a round is seen by whoever sees the round."""

    round = "round__"


class VersionQuerySet(OfRoundQuerySet):
    """A version is seen by whoever sees the round."""

    def unfinished(self) -> Self:
        """Those asked for and neither matched, stopped nor failed."""
        return self.filter(status__in=[VersionStatus.WAITING, VersionStatus.SOLVING])


class PairQuerySet(RoundQuerySet):
    """What a version says of somebody is seen by whoever sees the round, unless they are one of the two."""

    round = "version__round__"

    def visible_to(self, user: Any, permission: P) -> Self:
        found = super().visible_to(user, permission)
        return found.exclude(Q(wanted__clinician__user=user.pk) | Q(mentor__user=user.pk))

    def matched(self) -> Self:
        """Those who have a mentor."""
        return self.filter(mentor__isnull=False)

    def without_first_choice(self) -> Self:
        """Those for whom another mentor of the round would score more."""
        return self.matched().filter(why__has_key="first")

    def moved_from(self, version_id: int, user: Any) -> Self:
        """Those who had somebody else, or nobody, in that version; with `before`, the key of whom they had.

        Whoever reads it (`user`) is not told who would lose them as a mentor.
        """
        rows = self.model._default_manager.filter(version=version_id, wanted=OuterRef("wanted")).order_by()
        # Nobody has the key 0.
        found = self.annotate(before=Subquery(rows.values("mentor")[:1]))
        found = found.exclude(Exists(rows.filter(mentor__user=user.pk)))
        return found.exclude(Exact(Coalesce("mentor_id", 0), Coalesce("before", 0)))

    def matching_name(self, text: str) -> Self:
        """Those where every word of `text` is in the name of one of the two."""
        found = self
        for word in text.split():
            found = found.filter(
                Q(wanted__clinician__given_name__icontains=word)
                | Q(wanted__clinician__family_name__icontains=word)
                | Q(mentor__user__name__icontains=word)
            )
        return found

    def with_people(self) -> Self:
        """With both people and where they work."""
        return self.select_related("wanted__clinician__organisation", "mentor__user__clinician__organisation")
