from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = (("records", "0007_what_a_list_shows"),)

    operations = (
        migrations.AddField(
            model_name="storeddocument",
            name="file_key",
            field=models.GeneratedField(
                expression=Lower("file_name"),
                output_field=models.CharField(max_length=255),
                db_persist=True,
                db_index=True,
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry", index=models.Index(fields=["event", "number"], name="entries_by_event")
        ),
        migrations.AddIndex(
            model_name="ledgerentry", index=models.Index(fields=["actor", "number"], name="entries_by_actor")
        ),
        migrations.AddIndex(model_name="ledgerentry", index=models.Index(fields=["at"], name="entries_by_time")),
    )
