from django.db import migrations, models

# Of lines that were noted twice the first stays; history keeps the others.
TAKE_BACK_THE_SECOND = """
    DELETE FROM programmes_outcome a USING programmes_outcome b
    WHERE a.kind IN ('post', 'change') AND b.id < a.id
        AND (b.enrolment_id, b.months, b.kind, b.what) = (a.enrolment_id, a.months, a.kind, a.what)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0002_application_feedback_by"),
    ]

    operations = [
        migrations.RunSQL(TAKE_BACK_THE_SECOND, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["post", "change"])),
                fields=("enrolment", "months", "kind", "what"),
                name="outcome_told_once",
            ),
        ),
    ]
