import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

# How long it was nobody asked.
KEEP = """
    INSERT INTO mentoring_supervision (mentor_id, held_on, kind, minutes)
        SELECT id, supervised_on, 'super', NULL FROM mentoring_mentorprofile WHERE supervised_on IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("mentoring", "0002_rounds_and_relationships"),
    ]

    operations = [
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        pgtrigger.migrations.RemoveTrigger(
            model_name='mentorprofile',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='mentorprofile',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='mentorprofile',
            name='delete_delete',
        ),
        migrations.RemoveField(
            model_name='mentorprofile',
            name='supervised_on',
        ),
        migrations.RemoveField(
            model_name='mentorprofileevent',
            name='supervised_on',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mentorprofile',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "mentoring_mentorprofileevent" ("about", "capacity", "id", "kinds", "languages", "meeting", "mix", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "qualification", "sectors", "since", "state", "trained_on", "user_id") VALUES (NEW."about", NEW."capacity", NEW."id", NEW."kinds", NEW."languages", NEW."meeting", NEW."mix", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."qualification", NEW."sectors", NEW."since", NEW."state", NEW."trained_on", NEW."user_id"); RETURN NULL;', hash='20206633bfdfbc184740a456cac5c2d7e494e53e', operation='INSERT', pgid='pgtrigger_insert_insert_e28f8', table='mentoring_mentorprofile', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mentorprofile',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "mentoring_mentorprofileevent" ("about", "capacity", "id", "kinds", "languages", "meeting", "mix", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "qualification", "sectors", "since", "state", "trained_on", "user_id") VALUES (NEW."about", NEW."capacity", NEW."id", NEW."kinds", NEW."languages", NEW."meeting", NEW."mix", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."qualification", NEW."sectors", NEW."since", NEW."state", NEW."trained_on", NEW."user_id"); RETURN NULL;', hash='6ebf53cef8519e7b0df174435eef280f17874ffe', operation='UPDATE', pgid='pgtrigger_update_update_5201f', table='mentoring_mentorprofile', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mentorprofile',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "mentoring_mentorprofileevent" ("about", "capacity", "id", "kinds", "languages", "meeting", "mix", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "qualification", "sectors", "since", "state", "trained_on", "user_id") VALUES (OLD."about", OLD."capacity", OLD."id", OLD."kinds", OLD."languages", OLD."meeting", OLD."mix", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."qualification", OLD."sectors", OLD."since", OLD."state", OLD."trained_on", OLD."user_id"); RETURN NULL;', hash='25c4f3a721a960921ff2bc58145f2374547ef3c4', operation='DELETE', pgid='pgtrigger_delete_delete_842ff', table='mentoring_mentorprofile', when='AFTER')),
        ),
    ]
