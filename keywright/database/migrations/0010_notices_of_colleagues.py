from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0009_notices_are_sent_once")]

    operations = [
        migrations.AlterField(
            "notice",
            "kind",
            models.CharField(
                choices=[("reminder", "reminder"), ("escalation", "escalation"), ("asked", "asked")], max_length=20
            ),
        )
    ]
