"""Ideas put into practice, ventures and opportunities, made through the actions where there is one."""

import datetime

import factory

from registry.contributions.actions import clearing, ventures
from registry.contributions.models import Funding, Opportunity, Partner, ServiceChange, Venture
from registry.kernel.clock import today


class ServiceChangeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ServiceChange

    title = factory.Sequence(lambda n: f"Walking rounds {n}")
    what_changed = "Social care joins the round every morning."
    for_whom = "People who go home from a medical ward"
    role_played = "I had the idea and led the trial"
    organisation = factory.SelfAttribute("clinician.organisation")
    started_on = datetime.date(2024, 3, 4)
    status = "in_use"
    evidence = "People go home half a day earlier."


class FundingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Funding

    source = "A regional fund"
    amount = 25_000
    year = 2025


class PartnerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Partner

    name = "A university"
    kind = "university"


class OpportunityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Opportunity

    title = factory.Sequence(lambda n: f"Call for pilots {n}")
    kind = "pilot"
    offered_by = "A health innovation network"
    gives = "A ward to try it on, for six months."
    opens_on = factory.LazyFunction(lambda: today() - datetime.timedelta(days=10))
    closes_on = factory.LazyFunction(lambda: today() + datetime.timedelta(days=20))
    link = "https://calls.example/pilots"


def venture(clinician, title="Foot check", **attributes):
    """A venture of somebody, with money and a partner, of which nothing is declared."""
    texts = {"problem": "Ulcers are found too late.", "business_model": "Practices pay for each check."}
    row = Venture(clinician=clinician, title=title, **texts | attributes)
    ventures.start_venture(venture=row, by=clinician.user)
    FundingFactory(venture=row)
    PartnerFactory(venture=row)
    return row


def declared(clinician, text="I hold a tenth of the shares.", **attributes):
    """The declaration, waiting for the employer, of a new venture."""
    return clearing.declare(venture=venture(clinician, **attributes), text=text, by=clinician.user)


def decided(clinician, officer, *, cleared=True, **attributes):
    """The venture of a declaration that an officer has decided about."""
    declaration = declared(clinician, **attributes)
    clearing.decide(declaration=declaration, cleared=cleared, reason="Not bought by this trust.", by=officer)
    return declaration.venture


def shown(clinician, officer, **attributes):
    """A venture that is cleared and on the showcase."""
    row = decided(clinician, officer, **attributes)
    ventures.show_venture(venture=row, by=clinician.user)
    return row
