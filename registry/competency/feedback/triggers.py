"""What the database itself forbids about feedback, whoever asks and however."""

import pgtrigger

from registry.competency.feedback.states import NAMING, OUTBOX_KIND, TRANSITIONS, RoundState

_NAMING = ", ".join(f"'{state.value}'" for state in NAMING)


def only_these_transitions() -> pgtrigger.Trigger:
    """A round's state follows the table in `states`."""
    pairs = [(old.value, new.value) for old in RoundState for new in sorted(TRANSITIONS[old])]
    return pgtrigger.FSM(name="state_follows_the_table", field="state", transitions=pairs)


def stays_whose_it_is() -> pgtrigger.Trigger:
    """A round keeps its subject and its framework version."""
    return pgtrigger.ReadOnly(name="stays_whose_it_is", fields=["subject", "version"])


def minimum_only_rises() -> pgtrigger.Trigger:
    """The fewest replies a group is shown by may be raised until the round closes, and never lowered.

    After the close it stays: two reports by two minimums could be subtracted from each other.
    """
    return pgtrigger.Protect(
        name="minimum_only_rises",
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            "NEW.minimum < OLD.minimum OR (NEW.minimum <> OLD.minimum AND OLD.closed_at IS NOT NULL)"
        ),
    )


def questions_stay_as_asked() -> pgtrigger.Trigger:
    """What is asked is fixed at the launch."""
    return pgtrigger.Protect(
        name="questions_stay_as_asked",
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("OLD.launched_at IS NOT NULL AND NEW.questionnaire <> OLD.questionnaire"),
    )


def groups_fixed_at_launch() -> pgtrigger.Trigger:
    """Raters are named, moved between groups and taken off only before the launch; when the round ends, all go.

    The round is locked in share: whoever is launching it at this moment is waited for, and then seen.
    """
    return pgtrigger.Trigger(
        name="groups_fixed_at_launch",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("group", "round_id") | pgtrigger.Delete,
        declare=[("keys", "BIGINT[]")],
        func=f"""
            IF TG_OP <> 'INSERT' THEN keys := keys || OLD.round_id; END IF;
            IF TG_OP <> 'DELETE' THEN keys := keys || NEW.round_id; END IF;
            PERFORM 1 FROM competency_feedbackround WHERE id = ANY(keys) ORDER BY id FOR SHARE;
            IF TG_OP = 'DELETE' THEN
                IF EXISTS (SELECT 1 FROM competency_feedbackround WHERE id = ANY(keys) AND state = 'running') THEN
                    RAISE EXCEPTION 'the raters of a running round cannot be removed';
                END IF;
                RETURN OLD;
            END IF;
            IF EXISTS (SELECT 1 FROM competency_feedbackround WHERE id = ANY(keys) AND state NOT IN ({_NAMING})) THEN
                RAISE EXCEPTION 'the groups of a round are fixed at its launch';
            END IF;
            RETURN NEW;
        """,  # noqa: S608 (the states are our own)
    )


def messages_go_with_their_raters() -> pgtrigger.Trigger:
    """With a rater go the messages to them, sent ones too: nothing is left to tell who was asked or reminded.

    The outbox knows no raters, so no foreign key can do it. Locked in the order of their keys, as everywhere.
    """
    return pgtrigger.Trigger(
        name="messages_go_with_their_raters",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Delete,
        referencing=pgtrigger.Referencing(old="gone"),
        func=f"""
            DELETE FROM notifications_message WHERE id IN (
                SELECT id FROM notifications_message
                WHERE kind = '{OUTBOX_KIND}' AND about_id IN (SELECT id FROM gone) ORDER BY id FOR UPDATE
            );
            RETURN NULL;
        """,  # noqa: S608 (the kind is our own)
    )


def replies_while_running() -> pgtrigger.Trigger:
    """A reply arrives while its round runs, never changes, and is removed only after the close.

    The round is locked in share: of a reply and a close at once, one waits for the other, so that the report has
    exactly the replies that were accepted.
    """
    return pgtrigger.Trigger(
        name="replies_while_running",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("standing", "TEXT")],
        func="""
            IF TG_OP = 'UPDATE' THEN
                RAISE EXCEPTION 'a reply never changes';
            END IF;
            IF TG_OP = 'DELETE' THEN
                SELECT state INTO standing FROM competency_feedbackround WHERE id = OLD.round_id FOR SHARE;
                IF standing = 'running' THEN
                    RAISE EXCEPTION 'the replies of a running round cannot be removed';
                END IF;
                RETURN OLD;
            END IF;
            SELECT state INTO standing FROM competency_feedbackround WHERE id = NEW.round_id FOR SHARE;
            IF standing <> 'running' THEN
                RAISE EXCEPTION 'a round that is % takes no replies', standing;
            END IF;
            RETURN NEW;
        """,
    )


def report_is_final() -> pgtrigger.Trigger:
    """A report is written once; later only its comments may go, when their time is over."""
    return pgtrigger.Protect(
        name="report_is_final",
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            "NEW.round_id <> OLD.round_id OR NEW.figures <> OLD.figures OR NEW.built_on <> OLD.built_on "
            "OR (NEW.comments <> OLD.comments AND NEW.comments <> '{}'::jsonb)"
        ),
    )
