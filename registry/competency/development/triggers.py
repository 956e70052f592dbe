"""What the database itself forbids of plans, objectives and career conversations, whoever asks and however."""

from typing import Any

import pgtrigger


def follows(table: dict[Any, frozenset[Any]]) -> pgtrigger.Trigger:
    """The state follows its table in `states`."""
    pairs = [(str(old), str(new)) for old in table for new in sorted(table[old])]
    return pgtrigger.FSM(name="state_follows_the_table", field="state", transitions=pairs)


def from_an_agreed_assessment() -> pgtrigger.Trigger:
    """A plan takes its person and framework from its assessment, which must have been agreed and so cannot change."""
    return pgtrigger.Trigger(
        name="from_an_agreed_assessment",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("agreed", "RECORD")],
        func="""
            SELECT clinician_id, version_id, framework INTO agreed
                FROM competency_assessment WHERE id = NEW.assessment_id AND state = 'agreed' FOR KEY SHARE;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'assessment % has not been agreed', NEW.assessment_id;
            END IF;
            NEW.clinician_id := agreed.clinician_id;
            NEW.version_id := agreed.version_id;
            NEW.framework := agreed.framework;
            RETURN NEW;
        """,
    )


def closed_is_final() -> pgtrigger.Trigger:
    """A closed plan never changes; a new one follows it."""
    closed = pgtrigger.Q(old__state="closed")
    return pgtrigger.Protect(name="closed_is_final", operation=pgtrigger.Update, condition=closed)


def of_an_open_plan(plan: str) -> pgtrigger.Trigger:
    """Rows of a plan change only while it is open; `plan` is SQL for its key, in which ROW stands for the row.

    The plan is locked in share: whoever is closing it at this moment is waited for, and then seen.
    """
    return pgtrigger.Trigger(
        name="of_an_open_plan",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("plans", "BIGINT[]")],
        func=_OF_AN_OPEN_PLAN.replace("«old»", plan.replace("ROW", "OLD")).replace("«new»", plan.replace("ROW", "NEW")),
    )


_OF_AN_OPEN_PLAN = """
    IF TG_OP <> 'INSERT' THEN
        plans := plans || («old»);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        plans := plans || («new»);
    END IF;
    PERFORM 1 FROM competency_developmentplan WHERE id = ANY(plans) ORDER BY id FOR SHARE;
    PERFORM 1 FROM competency_developmentplan WHERE id = ANY(plans) AND state <> 'open';
    IF FOUND THEN
        RAISE EXCEPTION 'what belongs to a closed development plan cannot change';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


def element_of_the_plans_framework() -> pgtrigger.Trigger:
    """An objective is tied to elements of the framework version its plan is about."""
    return pgtrigger.Trigger(
        name="element_of_the_plans_framework",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func="""
            PERFORM 1 FROM competency_objective o
                JOIN competency_developmentplan p ON p.id = o.plan_id
                JOIN competency_domain d ON d.version_id = p.version_id
                JOIN competency_element e ON e.domain_id = d.id
                WHERE o.id = NEW.objective_id AND e.id = NEW.element_id;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'element % is not of the framework of objective %', NEW.element_id, NEW.objective_id;
            END IF;
            RETURN NEW;
        """,
    )


def recorded_is_final() -> pgtrigger.Trigger:
    """What both confirmed never changes; a newer conversation only marks it as followed."""
    return pgtrigger.Trigger(
        name="recorded_is_final",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__state__in=["recorded", "superseded"]),
        func="""
            IF to_jsonb(OLD) - 'state' IS DISTINCT FROM to_jsonb(NEW) - 'state' THEN
                RAISE EXCEPTION 'a recorded career conversation cannot change';
            END IF;
            RETURN NEW;
        """,
    )


def kept() -> pgtrigger.Trigger:
    """Rows are never deleted."""
    return pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)


def stays(*fields: str) -> pgtrigger.Trigger:
    """A row keeps what it was made with."""
    return pgtrigger.ReadOnly(name="stays_what_it_is", fields=list(fields))
