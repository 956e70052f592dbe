"""What the database itself forbids about appraisals, whoever asks and however."""

import pgtrigger

from registry.appraisals.states import TRANSITIONS, AppraisalState


def only_these_transitions() -> pgtrigger.Trigger:
    """An appraisal's state follows the table in `states`."""
    pairs = [(old.value, new.value) for old in AppraisalState for new in sorted(TRANSITIONS[old])]
    return pgtrigger.FSM(name="state_follows_the_table", field="state", transitions=pairs)


def stays(*fields: str) -> pgtrigger.Trigger:
    """These fields keep what they were first given."""
    return pgtrigger.ReadOnly(name="stays", fields=list(fields))


def done_is_final() -> pgtrigger.Trigger:
    """An appraisal that is done is never edited or deleted."""
    return pgtrigger.Protect(
        name="done_is_final",
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Q(old__state=AppraisalState.DONE.value),
    )


def appraisal_as_decided() -> pgtrigger.Trigger:
    """Its obligation and its rule are of one cycle, and its person is the obligation's."""
    return pgtrigger.Trigger(
        name="of_one_cycle_and_person",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            IF NOT EXISTS (
                SELECT 1 FROM appraisals_obligation o JOIN appraisals_cyclerule r ON r.cycle_id = o.cycle_id
                WHERE o.id = NEW.obligation_id AND r.id = NEW.rule_id AND o.clinician_id = NEW.clinician_id
            ) THEN
                RAISE EXCEPTION 'an appraisal, its rule and its obligation are of one person and one cycle';
            END IF;
            RETURN NEW;
        """,
    )


def calendar_counts() -> pgtrigger.Trigger:
    """Whatever moves an appraisal in a calendar raises the number of its entry, so that no calendar misses it."""
    return pgtrigger.Trigger(
        name="calendar_counts",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("due_on", "meeting_at", "meeting_place", "appraiser_id", "state"),
        condition=pgtrigger.Condition(
            "OLD.due_on <> NEW.due_on OR OLD.meeting_at IS DISTINCT FROM NEW.meeting_at"
            " OR OLD.meeting_place <> NEW.meeting_place OR OLD.appraiser_id IS DISTINCT FROM NEW.appraiser_id"
            " OR (NEW.state = 'cancelled' AND OLD.state <> 'cancelled')"
        ),
        func="""
            NEW.calendar_sequence := greatest(NEW.calendar_sequence, OLD.calendar_sequence + 1);
            RETURN NEW;
        """,
    )


def decided_is_final() -> pgtrigger.Trigger:
    """A postponement that somebody decided on stays as decided."""
    return pgtrigger.Protect(
        name="decided_is_final",
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Condition("OLD.approved IS NOT NULL"),
    )


def rule_in_use_is_final() -> pgtrigger.Trigger:
    """A rule by which dates were found never changes; a new one begins on its own day."""
    return pgtrigger.Trigger(
        name="in_use_is_final",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func="""
            IF EXISTS (SELECT 1 FROM appraisals_appraisal WHERE rule_id = OLD.id) THEN
                RAISE EXCEPTION 'rule % has appraisals and cannot change', OLD.id;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


def of_an_open_appraisal(*fields: str) -> list[pgtrigger.Trigger]:
    """What belongs to an appraisal is added, changed and removed only while it is open; or only these fields of it.

    The appraisal is locked in share: whoever is signing it at this moment is waited for, and then seen. What is added
    is looked at once for all of a statement's rows, which may be those of thousands of appraisals.
    """
    operation = pgtrigger.UpdateOf(*fields) if fields else pgtrigger.Update
    added = _OPEN.format(keys="SELECT appraisal_id FROM added")
    return [
        pgtrigger.Trigger(
            name="added_to_an_open_appraisal",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            referencing=pgtrigger.Referencing(new="added"),
            declare=[("closed", "TEXT")],
            func=f"{added} RETURN NULL;",
        ),
        pgtrigger.Trigger(
            name="of_an_open_appraisal",
            when=pgtrigger.Before,
            operation=operation | pgtrigger.Delete,
            declare=[("keys", "BIGINT[]"), ("closed", "TEXT")],
            func=f"""
                keys := ARRAY[OLD.appraisal_id];
                IF TG_OP = 'UPDATE' THEN keys := keys || NEW.appraisal_id; END IF;
                {_OPEN.format(keys="SELECT unnest(keys)")}
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
            """,
        ),
    ]


_OPEN = """
    PERFORM 1 FROM appraisals_appraisal WHERE id IN ({keys}) ORDER BY id FOR SHARE;
    SELECT state INTO closed FROM appraisals_appraisal
        WHERE id IN ({keys}) AND state NOT IN ('preparing', 'ready') LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'what belongs to an appraisal that is % cannot change', closed;
    END IF;
"""
