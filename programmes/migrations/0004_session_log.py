import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from registry.audit.migrating import Together
from registry.session_log.models import place_of
from registry.session_log.sealing import seal


def seal_notes(apps, schema_editor):
    """The words of each note leave the row as they are sealed, so that no copy of it keeps them."""
    for note in apps.get_model("programmes", "SetNote")._base_manager.all():
        note.sealed = seal(note.text, place=place_of("programmes.setnote", note.author_id, note.meeting_id))
        note.text = ""
        note.save(update_fields=["sealed", "text"])


class Migration(migrations.Migration):

    dependencies = [
        ('programmes', '0003_outcome_told_once'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='setmeeting',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='setmeeting',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='setmeeting',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='setmeeting',
            name='medium',
            field=models.CharField(blank=True, choices=[('person', 'In person'), ('video', 'Video'), ('phone', 'Telephone'), ('text', 'Messages')], max_length=6, verbose_name='how you met'),
        ),
        migrations.AddField(
            model_name='setmeeting',
            name='minutes',
            field=models.PositiveSmallIntegerField(null=True, verbose_name='minutes'),
        ),
        migrations.AddField(
            model_name='setmeeting',
            name='themes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('career', 'Career'), ('post', 'Next post'), ('confident', 'Confidence'), ('wellbeing', 'Wellbeing'), ('team', 'Leading a team'), ('conflict', 'Conflict'), ('inclusion', 'Inclusion'), ('change', 'Leading change'), ('quality', 'Quality improvement'), ('strategy', 'Strategy'), ('finance', 'Finance'), ('politics', 'Politics and influence')], max_length=9), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='setmeetingevent',
            name='medium',
            field=models.CharField(blank=True, choices=[('person', 'In person'), ('video', 'Video'), ('phone', 'Telephone'), ('text', 'Messages')], max_length=6, verbose_name='how you met'),
        ),
        migrations.AddField(
            model_name='setmeetingevent',
            name='minutes',
            field=models.PositiveSmallIntegerField(null=True, verbose_name='minutes'),
        ),
        Together([
            pgtrigger.migrations.AddTrigger(
                model_name='setmeeting',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "programmes_setmeetingevent" ("facilitator_id", "held_on", "id", "learning_set_id", "medium", "minutes", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."facilitator_id", NEW."held_on", NEW."id", NEW."learning_set_id", NEW."medium", NEW."minutes", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='46bf4136c0691bd07165f27af0b65eb6a89b3195', operation='INSERT', pgid='pgtrigger_insert_insert_5f390', table='programmes_setmeeting', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='setmeeting',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."facilitator_id" IS DISTINCT FROM (NEW."facilitator_id") OR OLD."held_on" IS DISTINCT FROM (NEW."held_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."learning_set_id" IS DISTINCT FROM (NEW."learning_set_id") OR OLD."medium" IS DISTINCT FROM (NEW."medium") OR OLD."minutes" IS DISTINCT FROM (NEW."minutes"))', func='INSERT INTO "programmes_setmeetingevent" ("facilitator_id", "held_on", "id", "learning_set_id", "medium", "minutes", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."facilitator_id", NEW."held_on", NEW."id", NEW."learning_set_id", NEW."medium", NEW."minutes", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id"); RETURN NULL;', hash='522e21ae8a5a82860245ad05b3a1b4bcf728764d', operation='UPDATE', pgid='pgtrigger_update_update_dc835', table='programmes_setmeeting', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='setmeeting',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "programmes_setmeetingevent" ("facilitator_id", "held_on", "id", "learning_set_id", "medium", "minutes", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."facilitator_id", OLD."held_on", OLD."id", OLD."learning_set_id", OLD."medium", OLD."minutes", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='44f8189127f740c4844f4c0853c8ae62301aaf2b', operation='DELETE', pgid='pgtrigger_delete_delete_955ab', table='programmes_setmeeting', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='setmeeting',
                constraint=models.CheckConstraint(condition=models.Q(('minutes__gte', 5), ('minutes__lte', 480)), name='programmes_setmeeting_minutes'),
            ),
        ]),
        migrations.AddField(
            model_name='setnote',
            name='sealed',
            field=models.TextField(default='', editable=False),
            preserve_default=False,
        ),
        migrations.RunPython(seal_notes, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='setnote',
            name='text',
        ),
    ]
