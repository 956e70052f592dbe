"""What the database itself forbids about mentoring, whoever asks and however."""

import pgtrigger


def within_capacity() -> pgtrigger.Trigger:
    """Nobody is given more people than they offer to take, nor themself; the mentor's profile is locked.

    Somebody who offers fewer places than they have people keeps the people.
    """
    return pgtrigger.Trigger(
        name="within_capacity",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("places", "INTEGER"), ("person", "BIGINT")],
        func="""
            SELECT capacity, user_id INTO places, person FROM mentoring_mentorprofile
                WHERE id = NEW.mentor_id FOR NO KEY UPDATE;
            IF (SELECT count(*) FROM mentoring_relationship
                WHERE mentor_id = NEW.mentor_id AND state IN ('proposed', 'active')) >= places THEN
                RAISE EXCEPTION 'mentor % has no free place', NEW.mentor_id;
            END IF;
            IF EXISTS (SELECT 1 FROM clinicians_clinician WHERE id = NEW.clinician_id AND user_id = person) THEN
                RAISE EXCEPTION 'nobody mentors themself';
            END IF;
            RETURN NEW;
        """,
    )
