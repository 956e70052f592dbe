"""What the database itself forbids about ventures and declarations, whoever asks and however."""

import pgtrigger

from registry.contributions.states import TRANSITIONS, Stage


def only_these_transitions() -> pgtrigger.Trigger:
    """A venture's stage follows the table in `states`."""
    pairs = [(old.value, new.value) for old in Stage for new in sorted(TRANSITIONS[old])]
    return pgtrigger.FSM(name="stage_follows_the_table", field="stage", transitions=pairs)


def stays(*fields: str) -> pgtrigger.Trigger:
    """These fields keep what they were first given."""
    return pgtrigger.ReadOnly(name="stays", fields=list(fields))


def kept() -> pgtrigger.Trigger:
    """Rows are never removed."""
    return pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)


def append_only() -> pgtrigger.Trigger:
    """Rows are written once."""
    return pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


def decided_is_final() -> pgtrigger.Trigger:
    """A decision is taken once, and never about a declaration that another has replaced."""
    return pgtrigger.Protect(
        name="decided_is_final",
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            "OLD.replaced_at IS NOT NULL OR (OLD.cleared IS NOT NULL AND"
            " ROW(OLD.cleared, OLD.decided_at, OLD.decided_by_id, OLD.reason) IS DISTINCT FROM"
            " ROW(NEW.cleared, NEW.decided_at, NEW.decided_by_id, NEW.reason))"
        ),
    )


def somebody_else_decides() -> pgtrigger.Trigger:
    """Nobody clears a venture of their own."""
    return pgtrigger.Trigger(
        name="somebody_else_decides",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Condition("NEW.decided_by_id IS NOT NULL"),
        func="""
            IF EXISTS (
                SELECT 1 FROM contributions_venture v JOIN clinicians_clinician c ON c.id = v.clinician_id
                WHERE v.id = NEW.venture_id AND c.user_id = NEW.decided_by_id
            ) THEN
                RAISE EXCEPTION 'nobody clears a venture of their own';
            END IF;
            RETURN NEW;
        """,
    )
