"""Messages to raters move into the outbox, those already sent too: they tell who can no longer be given an address."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

MOVE = """
    INSERT INTO notifications_message (kind, about_id, step, recipient_key, planned_for, channel, state, attempts,
                                       available_at, finished_at, last_error)
    SELECT 'feedback', mail.rater_id,
           CASE mail.kind WHEN 'invitation' THEN 'invitation:' || mail.link_number
                          ELSE mail.kind || ':' || round.closes_on END,
           'r' || mail.rater_id, (now() AT TIME ZONE 'Europe/London')::date, 'email',
           CASE WHEN mail.sent_at IS NOT NULL THEN 'sent' WHEN mail.failed_at IS NOT NULL THEN 'failed'
                ELSE 'waiting' END,
           mail.attempts, mail.next_at, COALESCE(mail.sent_at, mail.failed_at), mail.last_error
    FROM competency_feedbackmail AS mail
    JOIN competency_feedbackrater AS rater ON rater.id = mail.rater_id
    JOIN competency_feedbackround AS round ON round.id = rater.round_id
    ORDER BY mail.id
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):

    dependencies = [
        ('competency', '0002_feedback_history_development'),
        ('notifications', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(MOVE, reverse_sql="DELETE FROM notifications_message WHERE kind = 'feedback'"),
        pgtrigger.migrations.AddTrigger(
            model_name='feedbackrater',
            trigger=pgtrigger.compiler.Trigger(name='messages_go_with_their_raters', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            DELETE FROM notifications_message WHERE id IN (\n                SELECT id FROM notifications_message\n                WHERE kind = 'feedback' AND about_id IN (SELECT id FROM gone) ORDER BY id FOR UPDATE\n            );\n            RETURN NULL;\n        ", hash='008535876f83b265057f1a4517cbcaa85be6aebd', level='STATEMENT', operation='DELETE', pgid='pgtrigger_messages_go_with_their_raters_ae2d3', referencing='REFERENCING OLD TABLE AS gone ', table='competency_feedbackrater', when='AFTER')),
        ),
        migrations.DeleteModel(
            name='FeedbackMail',
        ),
    ]
