from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0014_confirmed_accounts")]

    operations = [
        migrations.AddField(
            "keying", "answer", models.CharField(blank=True, default="", max_length=500), preserve_default=True
        )
    ]
