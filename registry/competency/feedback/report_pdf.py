"""A feedback report as a tagged PDF, with its fonts inside and nothing taken from the machine."""

import json
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.template import engines

from registry.competency.feedback.report_presenters import ReportPage, Row, Table
from registry.competency.radar import Chart
from registry.nhsuk.dates import long_date

SVG = "http://www.w3.org/2000/svg"
FONT = "Libertinus Serif"
# Accessible PDF (ISO 14289-1). Its checker refuses a letter that the font lacks.
ACCESSIBLE = "ua-1"


def render(page: ReportPage) -> bytes:
    """The report as PDF/UA; where a comment has letters that the font lacks, as a tagged PDF without that claim."""
    try:
        return _compiled(page, [ACCESSIBLE])
    except typst.TypstError:
        return _compiled(page, [])


def _compiled(page: ReportPage, standards: list[Any]) -> bytes:
    template = Path(__file__).with_name("report.typ")
    made = typst.compile(
        template,
        root=template.parent,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(contents(page))},
        pdf_standards=standards,
    )
    if not isinstance(made, bytes):
        raise TypeError("typst made no single file")
    return made


def contents(page: ReportPage) -> dict[str, Any]:
    """What the typst template sets: text, tables and drawings, in the order of the page."""
    round_ = page.round
    about = [f"{round_.version.name}. Facilitator: {round_.facilitator}. Closed on {long_date(round_.closed_at)}."]
    if round_.conversation_on:
        about.append(f"Talked through on {long_date(round_.conversation_on)}.")
    drawn = bool(page.charts.series)
    return {
        "title": f"Feedback report: {round_.subject}",
        "service": settings.SERVICE_NAME,
        "footer": f"Confidential: for {round_.subject} and {round_.facilitator}",
        "about": about,
        "groups": [f"{group}: {replies}" for group, replies in page.groups],
        "rules": list(page.rules),
        "radar": _svg(page.charts.radar_wide) if drawn else None,
        "radar_says": "Own view and all others by domain; the table that follows has the figures.",
        "legend": "Dashed line and empty dots: own view. Solid line and full dots: all others.",
        "domains": _table(page, page.domains, "Domain"),
        "importance": _table(page, page.importance, "Domain") if page.importance.rows else None,
        "gap_rule": page.gap_rule,
        "notable": [
            _notable("Blind spots", page.blind_spots, "No blind spots stand out."),
            _notable("Hidden strengths", page.hidden_strengths, "No hidden strengths stand out."),
        ],
        "gaps": _svg(page.charts.gaps_wide) if drawn else None,
        "gaps_says": "Own view and all others for each element; the tables that follow have the figures.",
        "tags": _table(page, page.tags, "Competence") if page.tags.rows else None,
        "elements": [_table(page, some, "Element") for some in page.elements],
        "said": [
            {
                "group": group.group,
                "prompts": [{"prompt": prompt, "texts": list(texts)} for prompt, texts in group.prompts],
            }
            for group in page.said
        ],
        "no_words": "The comments have been deleted, as the keeping time was over."
        if round_.forgotten_on
        else "There are no comments to show.",
    }


def _table(page: ReportPage, some: Table, first: str) -> dict[str, Any]:
    return {
        "caption": some.caption,
        "heads": [first, "Own view", *page.columns, "All others", "Gap"],
        "rows": [
            [text or "–" for text in (row.label, row.own, *row.cells, row.everybody, row.gap)] for row in some.rows
        ],
    }


def _notable(name: str, rows: tuple[Row, ...], none: str) -> dict[str, Any]:
    lines = [f"{row.label}: own view {row.own}, all others {row.everybody} ({row.gap})" for row in rows]
    return {"name": name, "lines": lines, "none": none}


def _svg(chart: Chart) -> str:
    """The page's own drawing, as a file by itself in the document's font."""
    engine: Any = engines["jinja2"]
    drawing = str(engine.env.get_template("competency/_chart.jinja").module.drawing(chart, "", "chart", ""))
    return drawing.replace("<svg ", f'<svg xmlns="{SVG}" ', 1).replace("Arial, sans-serif", FONT)
