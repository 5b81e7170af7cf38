from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0008_found_by_index")]

    operations = [migrations.AddField("notice", "sending_until", models.DateTimeField(null=True))]
