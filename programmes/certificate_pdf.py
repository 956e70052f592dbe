"""A certificate as a tagged PDF, with its fonts inside and nothing taken from the machine."""

import json
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.urls import reverse

from programmes.models import Certificate
from registry.nhsuk.dates import long_date

# Accessible PDF (ISO 14289-1). Its checker refuses a letter that the font lacks.
ACCESSIBLE = "ua-1"


def render(certificate: Certificate) -> bytes:
    """The certificate as PDF/UA; where a name has letters that the font lacks, as a tagged PDF without that claim."""
    try:
        return _compiled(certificate, [ACCESSIBLE])
    except typst.TypstError:
        return _compiled(certificate, [])


def address(certificate: Certificate) -> str:
    """Where anybody can verify it."""
    return settings.PUBLIC_URL + reverse("taking_part:verify", args=[certificate.code])


def _compiled(certificate: Certificate, standards: list[Any]) -> bytes:
    template = Path(__file__).with_name("certificate.typ")
    made = typst.compile(
        template,
        root=template.parent,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(contents(certificate))},
        pdf_standards=standards,
    )
    if not isinstance(made, bytes):
        raise TypeError("typst made no single file")
    return made


def contents(certificate: Certificate) -> dict[str, str]:
    """What the typst template sets."""
    return {
        "title": f"Certificate: {certificate.programme}",
        "service": settings.SERVICE_NAME,
        "name": certificate.name,
        "programme": certificate.programme,
        "award": certificate.award,
        "on": long_date(certificate.issued_on),
        "organisation": certificate.enrolment.cohort.organisation.name,
        "address": address(certificate),
    }
