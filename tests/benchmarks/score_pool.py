"""Judging and ordering a pool against a plain reference in fractions: same lists, and how the times compare.

Run it with `python -m tests.benchmarks.score_pool [people]`; medians of interleaved runs, only the ratio means anything.
"""

import hashlib
import random
import statistics
import sys
import time
from fractions import Fraction

from registry.boards.eligibility import assess
from registry.boards.scoring import in_order, score
from registry.boards.specification import DomainCriterion, Facts, Named, Specification

REFERENCE = "V-23456789"
NURSE, DOCTOR = Named("nurse", "Nurse"), Named("doctor", "Doctor")
REGISTERED, LAPSED = Named("registered", "Registered"), Named("lapsed", "Lapsed")
ACUTE, REGION, BAND = Named("acute", "Acute"), Named("Y62", "North West"), Named("8d", "Band 8d")
ASKED = Specification(
    registration="registered",
    professions=(NURSE,),
    leadership_years=2,
    domains=tuple(DomainCriterion(n, str(n), f"Domain {n}", 4, 1 if n < 4 else 0, n) for n in range(1, 8)),
    years_weight=4,
    leading_weight=2,
    qualifications=(Named("health_mba", "Health MBA"),),
    qualification_weight=3,
)


def pool(people: int) -> list[Facts]:
    """The same people on every run."""
    draw = random.Random(2026)
    return [
        Facts(
            key=key,
            profession=draw.choice((NURSE, NURSE, DOCTOR)),
            registration=draw.choice((REGISTERED,) * 9 + (LAPSED,)),
            band=BAND,
            band_rank=11,
            leadership_days=draw.randrange(0, 9000),
            leading=draw.random() < 0.5,
            sector=ACUTE,
            region=REGION,
            qualifications=("health_mba",) if draw.random() < 0.2 else (),
            levels=(*(draw.randrange(0, 49) if draw.random() < 0.9 else None for _ in range(7)), None, None),
        )
        for key in range(1, people + 1)
    ]


def ours(people: list[Facts]) -> list[tuple[int, int]]:
    """(key, total) in order, by the registry's own modules."""
    eligible = (person for person in people if assess(person, ASKED).eligible)
    return [(p.score.key, p.score.total) for p in in_order((score(person, ASKED) for person in eligible), REFERENCE)]


def reference(people: list[Facts]) -> list[tuple[int, int]]:
    """The same, written straight from the rules on the page, in fractions."""
    found = []
    for person in people:
        levels = [Fraction(level, 12) if level is not None else None for level in person.levels]
        years = Fraction(person.leadership_days * 4, 1461)
        if person.registration.code != "registered" or person.profession.code != "nurse" or years < 2:
            continue
        if any(
            levels[d.position - 1] is None or levels[d.position - 1] < d.minimum for d in ASKED.domains if d.minimum
        ):
            continue
        total = sum((levels[d.position - 1] or 0) * 12 * d.weight for d in ASKED.domains)
        total += 4 * int(48 * min(Fraction(1), years / 10)) + 2 * 48 * person.leading
        total += 3 * 48 * ("health_mba" in person.qualifications)
        found.append((-int(total), hashlib.sha256(f"{REFERENCE}:{person.key}".encode()).digest(), person.key))
    return [(key, -total) for total, _, key in sorted(found)]


def main() -> None:
    """Check that both agree, then print the times."""
    people = pool(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
    if ours(people) != reference(people):
        raise SystemExit("the lists differ")
    times: dict[str, list[float]] = {"ours": [], "reference": []}
    for _ in range(5):
        for name, run in (("ours", ours), ("reference", reference)):
            start = time.perf_counter()
            run(people)
            times[name].append(time.perf_counter() - start)
    mine, theirs = (statistics.median(times[name]) for name in ("ours", "reference"))
    figures = f"{mine:.2f} s with reasons and contributions, {theirs:.2f} s reference, ratio {mine / theirs:.2f}"
    sys.stdout.write(f"{len(people)} people: {figures}\n")


if __name__ == "__main__":
    main()
