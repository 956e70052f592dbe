"""Writes the demonstration's ideas put into practice, ventures in every state of clearing, and opportunities."""

import datetime
import random
from collections.abc import Sequence
from typing import Any, cast

from registry.accounts.models import User
from registry.clinicians.fields import CareerStage, Profession
from registry.clinicians.models import Clinician
from registry.contributions.actions import clearing, ventures
from registry.contributions.models import Funding, Opportunity, Partner, ServiceChange, Venture
from registry.contributions.states import ChangeStatus, OpportunityKind, PartnerKind, Stage
from registry.kernel.clock import today
from registry.organisations.models import Organisation
from registry.transfers.demo.cast import SEED

# What changed, for whom, the part played, what came of it.
CHANGES = (
    (
        "Walking rounds with social care",
        "A social worker joins the ward round every morning, so plans for home start on the first day.",
        "People who go home from a medical ward",
        "I had the idea and led the trial on two wards",
        "Half a day less in hospital on average in the first three months; staff asked to keep it.",
    ),
    (
        "One number to call after discharge",
        "People who were discharged call one number for three days, answered by a nurse who knows them.",
        "People who go home after surgery, and their families",
        "I wrote the case and trained the nurses",
        "Fewer people come back to the emergency department with questions.",
    ),
    (
        "Quiet hour at night",
        "Lights and bleeps are turned down from midnight to five, and observations are grouped.",
        "Everybody who sleeps on the ward",
        "I tried it with the night team",
        "People slept longer. It did not last when the team changed; next time I would ask the bank staff first.",
    ),
    (
        "Joint clinic for feet and eyes",
        "Both checks take place on one day in one place.",
        "People with diabetes who live far from the hospital",
        "I brought the two services together",
        "",
    ),
)
# Title, problem, model, stage, source and amount of money, partner, kind of partner.
VENTURES = (
    (
        "Step by step",
        "Ulcers of the foot are found too late, because checks depend on a visit.",
        "A kit and an app for carers at home. Practices pay a yearly fee for each person they follow.",
        Stage.PILOT,
        ("A regional innovation fund", 25_000),
        ("A university of technology", PartnerKind.UNIVERSITY),
    ),
    (
        "Rota that listens",
        "Rotas are made without asking who can swap, and agency shifts fill the gaps.",
        "Wards pay for each month in which the rota is filled without agency staff.",
        Stage.PROTOTYPE,
        ("A prize of a royal college", 5_000),
        ("A small software company", PartnerKind.COMPANY),
    ),
    (
        "Talk first",
        "People wait months for speech therapy with nothing to do meanwhile.",
        "Short films and a weekly call. A charity pays for it, and families pay nothing.",
        Stage.TRADING,
        ("A national charity", 60_000),
        ("A families’ group", PartnerKind.PATIENTS),
    ),
    (
        "Spare parts library",
        "Walking aids are thrown away because one part is broken.",
        "Three trusts share a store of parts and pay by use.",
        Stage.IDEA,
        ("Own savings", 800),
        ("A community workshop", PartnerKind.CHARITY),
    ),
)
CLEARED = "Not bought by this trust, and you take no part in buying. Tell us if that changes."
NOT_CLEARED = "You sit on the panel that would choose this product. Step down from it, then declare anew."
# Title, kind, offered by, what it gives, days from now to the opening and the last day, professions, stages, cleared.
OPPORTUNITIES: tuple[tuple[Any, ...], ...] = (
    (
        "Small grants for changes on the ward",
        OpportunityKind.FUNDING,
        "The trusts’ shared innovation fund",
        "Up to £5,000 and a day a month for six months.",
        (-20, 25),
        [],
        [],
        False,
    ),
    (
        "Clinical entrepreneurs’ year",
        OpportunityKind.ACCELERATOR,
        "A national programme for clinicians who build ventures",
        "A year of teaching, advice and introductions beside your post.",
        (-5, 40),
        [],
        [CareerStage.PRACTITIONER, CareerStage.EXPERIENCED],
        True,
    ),
    (
        "Wards to try new ideas for wounds",
        OpportunityKind.PILOT,
        "A health innovation network",
        "Two wards, a research nurse and help with the measures.",
        (-2, 12),
        [Profession.NURSE, Profession.PODIATRIST],
        [],
        True,
    ),
    (
        "Doctors’ fellowship in product design",
        OpportunityKind.ACCELERATOR,
        "A design school",
        "Ten days of teaching over a term.",
        (15, 60),
        [Profession.DOCTOR],
        [],
        False,
    ),
    (
        "Award for ideas that spread",
        OpportunityKind.COMPETITION,
        "A federation of patients’ groups",
        "A day to show what you did, and help to take it to three more places.",
        (30, 90),
        [],
        [],
        False,
    ),
    (
        "Call for remote checks",
        OpportunityKind.FUNDING,
        "A regional innovation fund",
        "Up to £25,000 for a first trial.",
        (-120, -30),
        [],
        [],
        False,
    ),
)


def write(hero: Clinician, people: Sequence[Clinician], officer: User) -> None:
    """The clinician who signs in, and some colleagues at the trust, with an HR officer of theirs who decides."""
    draw = random.Random(SEED + 11)  # noqa: S311
    _changes(hero, people, draw)
    owners = [hero, *people[:4]]
    rows = [_venture(owner, number % len(VENTURES)) for number, owner in enumerate(owners)]
    cleared, waiting, shown, refused, undeclared = rows
    for row in (cleared, waiting, shown, refused):
        _declare(row)
    for row in (cleared, shown):
        _decide(row, officer, cleared=True)
    _decide(refused, officer, cleared=False)
    for row in (cleared, shown):
        ventures.show_venture(venture=row, by=_owner(row))
    ventures.describe_venture(
        venture=undeclared,
        title="Step by step for children",
        problem=undeclared.problem,
        business_model=undeclared.business_model,
        by=_owner(undeclared),
    )
    _opportunities(hero.organisation)


def _changes(hero: Clinician, people: Sequence[Clinician], draw: random.Random) -> None:
    """Two of the clinician who signs in, and one of about one colleague in eight."""
    doing = [(hero, 0, ChangeStatus.SPREAD), (hero, 2, ChangeStatus.STOPPED)]
    doing += [
        (person, draw.randrange(len(CHANGES)), draw.choice(list(ChangeStatus)))
        for person in people
        if draw.random() < 0.12
    ]
    rows = []
    for person, number, status in doing:
        title, what, whom, role, evidence = CHANGES[number]
        rows.append(
            ServiceChange(
                clinician=person,
                title=title,
                what_changed=what,
                for_whom=whom,
                role_played=role,
                organisation=person.organisation,
                started_on=today() - datetime.timedelta(days=draw.randint(60, 900)),
                status=status,
                evidence="" if status == ChangeStatus.IDEA else evidence,
                programme="A clinical fellowship" if number == 1 else "",
            )
        )
    ServiceChange.objects.bulk_create(rows)


def _venture(owner: Clinician, number: int) -> Venture:
    title, problem, model, stage, (source, amount), (partner, kind) = VENTURES[number]
    row = Venture(clinician=owner, title=title, problem=problem, business_model=model, stage=Stage.IDEA)
    by = _owner(row)
    ventures.start_venture(venture=row, by=by)
    path = [Stage.PROTOTYPE, Stage.PILOT, Stage.TRADING]
    for step in path[: path.index(stage) + 1] if stage in path else []:
        ventures.move_venture(venture=row, to=step, by=by)
    ventures.save_part(part=Funding(venture=row, source=source, amount=amount, year=today().year - 1), by=by)
    ventures.save_part(part=Partner(venture=row, name=partner, kind=kind), by=by)
    row.refresh_from_db()
    return row


def _declare(row: Venture) -> None:
    text = "I founded the company and hold a third of its shares. I take no part in what my trust buys."
    clearing.declare(venture=row, text=text, by=_owner(row))


def _decide(row: Venture, officer: User, *, cleared: bool) -> None:
    declaration = row.declarations.current().get()
    reason = CLEARED if cleared else NOT_CLEARED
    clearing.decide(declaration=declaration, cleared=cleared, reason=reason, by=officer)


def _owner(row: Venture) -> User:
    return cast("User", row.clinician.user)


def _opportunities(keeper: Organisation) -> None:
    """Open now, opening soon and closed; one of them kept for all of England."""
    Opportunity.objects.bulk_create(
        Opportunity(
            keeper=None if kind == OpportunityKind.COMPETITION else keeper,
            title=title,
            kind=kind,
            offered_by=offered_by,
            gives=gives,
            opens_on=today() + datetime.timedelta(days=opens),
            closes_on=today() + datetime.timedelta(days=closes),
            professions=professions,
            career_stages=stages,
            needs_cleared_venture=cleared,
            link="https://calls.example/" + title.lower().split()[0].replace("’", ""),
        )
        for title, kind, offered_by, gives, (opens, closes), professions, stages, cleared in OPPORTUNITIES
    )
