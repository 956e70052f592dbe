"""Conditions and triggers by which the database itself keeps frozen things frozen."""

from functools import reduce
from operator import or_

import pgtrigger


def changed(*fields: str) -> pgtrigger.Q:
    """Any of these fields differs between the old row and the new."""
    return reduce(or_, (pgtrigger.Q(**{f"old__{field}__df": pgtrigger.F(f"new__{field}")}) for field in fields))


def frozen_with_vacancy(column: str) -> pgtrigger.Trigger:
    """Refuses any change of rows whose vacancy (found by `column`) is no longer a draft.

    The vacancy is locked against a change of status until the end of the transaction, so opening it and
    changing its specification cannot cross.
    """
    return pgtrigger.Trigger(
        name="frozen_once_open",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        func=f"""
            PERFORM 1 FROM boards_vacancy WHERE id IN (NEW.{column}, OLD.{column}) FOR SHARE;
            IF EXISTS (
                SELECT 1 FROM boards_vacancy WHERE id IN (NEW.{column}, OLD.{column}) AND status <> 'draft'
            ) THEN
                RAISE EXCEPTION 'the specification of an open vacancy is frozen';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,  # noqa: S608 (the column is named in our own models)
    )


def append_only() -> pgtrigger.Trigger:
    """Rows are added, never changed and never removed."""
    return pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
