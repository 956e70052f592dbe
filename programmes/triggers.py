"""What the database itself forbids about programmes, whoever asks and however."""

import pgtrigger

from registry.competency.triggers import append_only

__all__ = [
    "append_only",
    "capacity_covers_places",
    "cohort_on_published_version",
    "every_gate_passed",
    "of_a_draft_version",
    "places_never_overfilled",
    "scores_of_an_open_reading",
]

# Offered places, and those of people who take or took part.
_TAKEN = """
    SELECT (SELECT count(*) FROM programmes_application WHERE cohort_id = {cohort} AND state = 'offered'{not_this_one})
         + (SELECT count(*) FROM programmes_enrolment WHERE cohort_id = {cohort} AND state IN ('enrolled', 'completed')
            {not_this_enrolment})
"""


def of_a_draft_version(key: str) -> pgtrigger.Trigger:
    """What belongs to a version changes only while the version is a draft; the version is locked in share.

    `key` names the version, or the gate that belongs to one.
    """
    version = (
        "{row}.version_id"
        if key == "version_id"
        else "(SELECT version_id FROM programmes_gate WHERE id = {row}.gate_id)"
    )
    return pgtrigger.Trigger(
        name="of_a_draft_version",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("versions", "BIGINT[]"), ("published", "BIGINT")],
        func=f"""
            versions := ARRAY[]::BIGINT[];
            IF TG_OP <> 'INSERT' THEN versions := versions || {version.format(row="OLD")}; END IF;
            IF TG_OP <> 'DELETE' THEN versions := versions || {version.format(row="NEW")}; END IF;
            PERFORM 1 FROM programmes_programmeversion WHERE id = ANY(versions) ORDER BY id FOR SHARE;
            SELECT id INTO published FROM programmes_programmeversion
                WHERE id = ANY(versions) AND state <> 'draft' LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'version % is published and cannot change', published;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,  # noqa: S608 (one of two columns)
    )


def cohort_on_published_version() -> pgtrigger.Trigger:
    """A cohort opens on a published version that is not closed, of its own organisation's programme."""
    return pgtrigger.Trigger(
        name="on_published_version",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", "version_id", "organisation_id"),
        condition=pgtrigger.Condition("NEW.state = 'open'"),
        func="""
            IF NOT EXISTS (
                SELECT 1 FROM programmes_programmeversion v JOIN programmes_programme p ON p.id = v.programme_id
                WHERE v.id = NEW.version_id AND v.state = 'published' AND v.closed_at IS NULL
                    AND p.organisation_id = NEW.organisation_id
                FOR SHARE OF v
            ) THEN
                RAISE EXCEPTION 'a cohort opens on a published version of its organisation''s programme';
            END IF;
            RETURN NEW;
        """,
    )


def capacity_covers_places() -> pgtrigger.Trigger:
    """A cohort never has fewer places than were offered and taken."""
    taken = _TAKEN.format(cohort="NEW.id", not_this_one="", not_this_enrolment="")
    return pgtrigger.Trigger(
        name="capacity_covers_places",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("capacity"),
        condition=pgtrigger.Condition("NEW.capacity < OLD.capacity"),
        func=f"""
            IF NEW.capacity < ({taken}) THEN
                RAISE EXCEPTION 'cohort % has more places taken than that', NEW.id;
            END IF;
            RETURN NEW;
        """,
    )


def places_never_overfilled(state: str) -> pgtrigger.Trigger:
    """Whoever is given a place in this state finds one: of two at once the second waits, and sees the first's.

    An application that becomes an enrolment gives its place over: `accepted` counts nowhere.
    """
    taken = _TAKEN.format(
        cohort="NEW.cohort_id",
        not_this_one=" AND id <> NEW.id" if state == "offered" else "",
        not_this_enrolment="AND id <> NEW.id" if state == "enrolled" else "",
    )
    return pgtrigger.Trigger(
        name="never_overfilled",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
        condition=pgtrigger.Condition(f"NEW.state = '{state}'"),
        declare=[("places", "INTEGER")],
        func=f"""
            SELECT capacity INTO places FROM programmes_cohort WHERE id = NEW.cohort_id FOR NO KEY UPDATE;
            IF ({taken}) >= places THEN
                RAISE EXCEPTION 'cohort % is full', NEW.cohort_id;
            END IF;
            RETURN NEW;
        """,  # noqa: S608 (one of two states)
    )


def every_gate_passed() -> pgtrigger.Trigger:
    """Nobody is offered a place, or waits for one, who has not passed every gate of the cohort's version."""
    return pgtrigger.Trigger(
        name="every_gate_passed",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
        condition=pgtrigger.Condition("NEW.state IN ('offered', 'reserve', 'accepted')"),
        func="""
            IF EXISTS (
                SELECT 1 FROM programmes_gate g JOIN programmes_cohort c ON c.version_id = g.version_id
                WHERE c.id = NEW.cohort_id AND NOT EXISTS (
                    SELECT 1 FROM programmes_gateresult r
                    WHERE r.application_id = NEW.id AND r.gate_id = g.id AND r.outcome = 'passed'
                )
            ) THEN
                RAISE EXCEPTION 'application % has not passed every gate', NEW.id;
            END IF;
            RETURN NEW;
        """,
    )


def scores_of_an_open_reading() -> pgtrigger.Trigger:
    """Scores are given after a declaration without conflict, and change no more once submitted."""
    return pgtrigger.Trigger(
        name="of_an_open_reading",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("reading", "BIGINT")],
        func="""
            IF TG_OP = 'DELETE' THEN reading := OLD.reading_id; ELSE reading := NEW.reading_id; END IF;
            PERFORM 1 FROM programmes_reading WHERE id = reading AND conflict IS FALSE
                AND submitted_at IS NULL AND removed_at IS NULL FOR SHARE;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'reading % is not open for scores', reading;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )
