from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("records", "0011_given_passwords"),)

    operations = (
        migrations.AddField(
            model_name="duplicatekey",
            name="number",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(model_name="duplicatekey", name="day", field=models.DateField(null=True)),
        migrations.RemoveIndex(model_name="duplicatekey", name="duplicates_by_key"),
        migrations.AddIndex(
            model_name="duplicatekey",
            index=models.Index(fields=["rule", "key", "day"], name="duplicates_by_key_and_day"),
        ),
    )
