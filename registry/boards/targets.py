"""The board posts a clinician may develop towards: vacancies open to them, and each post in general."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from django.db.models import Q

from registry.accounts.models import ConsentReach, User
from registry.boards.fields import BoardPost
from registry.boards.models import Vacancy
from registry.clinicians.models import Clinician
from registry.competency import framework_files, strict_yaml
from registry.competency.development.targets import Target
from registry.competency.framework_files import SHIPPED, Code, CountedLevel, Version
from registry.competency.strict_yaml import Many, Refusals, Text
from registry.kernel.clock import today
from registry.nhsuk.dates import long_date
from registry.organisations.models import RegionLink, RegionScheme
from registry.standing.models import Standing

POST_TARGETS = Path(__file__).with_name("post_targets.yaml")


@dataclass(frozen=True, kw_only=True)
class DomainTarget:
    """The level to aim for in a domain."""

    domain: Code
    level: CountedLevel


@dataclass(frozen=True, kw_only=True)
class PostTarget:
    """A board post and the levels to aim for; domains left out need none."""

    post: Annotated[str, Text(20)]  # a `BoardPost`
    levels: Annotated[tuple[DomainTarget, ...], Many(1, 9, "domain")]


@dataclass(frozen=True, kw_only=True)
class FrameworkTargets:
    """The posts of one framework version."""

    code: Code
    version: Version
    posts: Annotated[tuple[PostTarget, ...], Many(1, 20, "post")]


@dataclass(frozen=True, kw_only=True)
class PostTargets:
    """The file: where its levels come from, and the levels."""

    source: Annotated[str, Text(200)]
    frameworks: Annotated[tuple[FrameworkTargets, ...], Many(1, 20, "code")]


def read(content: bytes) -> PostTargets:
    """The file in `content`, or `strict_yaml.Refused` with every problem found in it."""
    return strict_yaml.read(content, PostTargets, (_known_posts, _known_domains))


def _known_posts(file: PostTargets) -> Refusals:
    for post in (post for framework in file.frameworks for post in framework.posts):
        if post.post not in BoardPost.values:
            yield post, "post", f"unknown post {post.post!r}"


def _known_domains(file: PostTargets) -> Refusals:
    """Each domain is of the shipped framework, and each level of the domain's scale."""
    read = (framework_files.read(path.read_bytes()) for path in SHIPPED.glob("*.yaml"))
    shipped = {(one.code, one.version): one for one in read}
    for framework in file.frameworks:
        of = shipped.get((framework.code, framework.version))
        if of is None:
            yield framework, "version", f"no framework {framework.code} {framework.version} is shipped"
            continue
        levels = {domain.code: of.scale_of(domain).levels for domain in of.domains}
        for wanted in (one for post in framework.posts for one in post.levels):
            if wanted.domain not in levels:
                yield wanted, "domain", f"unknown domain {wanted.domain!r}"
            elif wanted.level not in levels[wanted.domain]:
                yield wanted, "level", "is not a level of the domain's scale"


def offered(user: User, clinician: Clinician) -> Iterator[Target]:
    """The vacancies this clinician may see, those that close first before the others, then each post in general."""
    yield from _vacancies(clinician, today())
    yield from posts_in_general()


def _vacancies(clinician: Clinician, day: datetime.date) -> Iterator[Target]:
    """Open vacancies that ask for levels, at the clinician's own organisation or within reach of their consent."""
    rows = Vacancy.objects.advertised(day).filter(_within_reach(clinician, day))
    rows = rows.select_related("organisation", "specification__framework").order_by("closes_on", "pk")
    for row in rows.prefetch_related("specification__domains__domain"):
        asked, framework = list(row.specification.domains.all()), row.specification.framework
        levels = {one.domain.code: one.minimum for one in asked if one.minimum}
        if framework is not None and levels:
            yield Target(
                key=f"vacancy-{row.pk}",
                title=row.title,
                organisation=str(row.organisation),
                framework=framework.code,
                version=framework.version,
                source=f"Person specification of vacancy {row.reference}, which closes on {long_date(row.closes_on)}.",
                levels=levels,
                weights={one.domain.code: one.weight for one in asked if one.weight},
            )


def _within_reach(clinician: Clinician, day: datetime.date) -> Q:
    """The other way round than `querysets.consent_covers`: the organisations that one person's consent covers."""
    own = Q(organisation_id=clinician.organisation_id)
    consent = Standing.objects.filter(clinician=clinician).values_list("consent", flat=True).first()
    if consent == ConsentReach.NATIONAL:
        return Q()
    if consent == ConsentReach.REGION:
        links = RegionLink.objects.filter(region__scheme=RegionScheme.NHS_ENGLAND, period__contains=day)
        regions = links.filter(organisation_id=clinician.organisation_id).values("region_id")
        return own | Q(organisation_id__in=links.filter(region_id__in=regions).values("organisation_id"))
    return own


@cache
def posts_in_general() -> tuple[Target, ...]:
    """Each board post of `post_targets.yaml`, in each framework it is given in."""
    file = read(POST_TARGETS.read_bytes())
    return tuple(
        Target(
            key=f"post-{post.post}",
            title=BoardPost(post.post).label,
            framework=framework.code,
            version=framework.version,
            source=file.source,
            levels={one.domain: one.level for one in post.levels},
        )
        for framework in file.frameworks
        for post in framework.posts
    )
