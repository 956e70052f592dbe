"""What the database itself forbids, whoever asks and however: by Django, in bulk or in raw SQL."""

import pgtrigger

from registry.competency.states import TRANSITIONS, State


def frozen_once_assessed(version: str, *, insert: bool = True) -> pgtrigger.Trigger:
    """No row of a framework version may change once an assessment on that version exists.

    `version` is an SQL expression for the version's key, in which ROW stands for the row. The version is locked
    first: somebody who starts an assessment holds it in share (`starts_on_its_version`), so the two cannot pass each
    other.
    """
    operation = pgtrigger.Update | pgtrigger.Delete
    return pgtrigger.Trigger(
        name="frozen_once_assessed",
        when=pgtrigger.Before,
        operation=operation | pgtrigger.Insert if insert else operation,
        declare=[("keys", "BIGINT[]"), ("used", "BIGINT")],
        func=_FREEZE.replace("«old»", version.replace("ROW", "OLD")).replace("«new»", version.replace("ROW", "NEW")),
    )


_FREEZE = """
    IF TG_OP <> 'INSERT' THEN
        keys := keys || («old»);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        keys := keys || («new»);
    END IF;
    PERFORM 1 FROM competency_frameworkversion WHERE id = ANY(keys) ORDER BY id FOR UPDATE;
    SELECT version_id INTO used FROM competency_assessment WHERE version_id = ANY(keys) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'framework version % has assessments and cannot change', used;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


def starts_on_its_version() -> pgtrigger.Trigger:
    """A new assessment holds its version until it is committed, and takes the framework's code from it.

    The foreign key alone would be checked only at commit, too late to keep the version as it was.
    """
    return pgtrigger.Trigger(
        name="starts_on_its_version",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            SELECT code INTO NEW.framework FROM competency_frameworkversion WHERE id = NEW.version_id FOR KEY SHARE;
            RETURN NEW;
        """,
    )


def stays_whose_it_is() -> pgtrigger.Trigger:
    """An assessment keeps its clinician and its framework version."""
    return pgtrigger.ReadOnly(name="stays_whose_it_is", fields=["clinician", "version", "framework"])


def only_these_transitions() -> pgtrigger.Trigger:
    """An assessment's state follows the table in `states`."""
    pairs = [(old.value, new.value) for old in State for new in sorted(TRANSITIONS[old])]
    return pgtrigger.FSM(name="state_follows_the_table", field="state", transitions=pairs)


def agreed_is_final() -> pgtrigger.Trigger:
    """An agreed assessment is never edited or deleted; a newer one supersedes it."""
    return pgtrigger.Protect(
        name="agreed_is_final",
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Q(old__state=State.AGREED.value),
    )


def assessed_at_a_stage() -> pgtrigger.Trigger:
    """The stage is one of the version's, chosen before an assessment is sent, and stays as it was sent."""
    return pgtrigger.Trigger(
        name="assessed_at_a_stage",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("known", "JSONB")],
        func="""
            SELECT stages INTO known FROM competency_frameworkversion WHERE id = NEW.version_id;
            IF NEW.stage IS NOT NULL AND NOT known @> jsonb_build_array(jsonb_build_object('number', NEW.stage)) THEN
                RAISE EXCEPTION 'framework version % has no stage %', NEW.version_id, NEW.stage;
            END IF;
            IF TG_OP = 'UPDATE' THEN
                IF OLD.state <> 'draft' AND NEW.stage IS DISTINCT FROM OLD.stage THEN
                    RAISE EXCEPTION 'the stage of an assessment that is % cannot change', OLD.state;
                END IF;
                IF OLD.state = 'draft' AND NEW.state = 'submitted' AND NEW.stage IS NULL AND known <> '[]' THEN
                    RAISE EXCEPTION 'an assessment needs a stage before it is sent';
                END IF;
            END IF;
            RETURN NEW;
        """,
    )


def level_of_open_assessment() -> pgtrigger.Trigger:
    """Levels change only while their assessment is open, and belong to its framework version.

    The assessment is locked in share: whoever is agreeing it at this moment is waited for, and then seen.
    """
    return pgtrigger.Trigger(
        name="level_of_open_assessment",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("assessments", "BIGINT[]"), ("closed", "TEXT")],
        func="""
            IF TG_OP <> 'INSERT' THEN
                assessments := assessments || OLD.assessment_id;
            END IF;
            IF TG_OP <> 'DELETE' THEN
                assessments := assessments || NEW.assessment_id;
            END IF;
            PERFORM 1 FROM competency_assessment WHERE id = ANY(assessments) ORDER BY id FOR SHARE;
            SELECT state INTO closed FROM competency_assessment
                WHERE id = ANY(assessments) AND state NOT IN ('draft', 'submitted') LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'the levels of an assessment that is % cannot change', closed;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            IF TG_OP = 'INSERT' OR NEW.element_id <> OLD.element_id OR NEW.assessment_id <> OLD.assessment_id THEN
                PERFORM 1 FROM competency_assessment a
                    JOIN competency_domain d ON d.version_id = a.version_id
                    JOIN competency_element e ON e.domain_id = d.id
                    WHERE a.id = NEW.assessment_id AND e.id = NEW.element_id;
                IF NOT FOUND THEN
                    RAISE EXCEPTION 'element % is not of the framework of assessment %',
                        NEW.element_id, NEW.assessment_id;
                END IF;
            END IF;
            RETURN NEW;
        """,
    )


def history_never_changes() -> pgtrigger.Trigger:
    """An imported level is never edited."""
    return pgtrigger.Protect(name="history_never_changes", operation=pgtrigger.Update)


def history_goes_whole() -> pgtrigger.Trigger:
    """Imported levels go only with their whole import; asked once for all of a statement's rows, which may be many."""
    return pgtrigger.Trigger(
        name="history_goes_whole",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Delete,
        referencing=pgtrigger.Referencing(old="gone"),
        func="""
            PERFORM 1 FROM competency_historyimport i
                WHERE i.id IN (SELECT batch_id FROM gone) AND i.state <> 'removed';
            IF FOUND THEN
                RAISE EXCEPTION 'an imported level goes only with its whole import';
            END IF;
            RETURN NULL;
        """,
    )


def append_only() -> pgtrigger.Trigger:
    """Rows are written once."""
    return pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
