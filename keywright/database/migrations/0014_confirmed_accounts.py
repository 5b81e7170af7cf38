import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0013_traits_of_known_bills"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MadeAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("makers", models.TextField()),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                ("confirmed_by", models.CharField(blank=True, default="", max_length=150)),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="made_account",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VendorAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("vendor", models.CharField(max_length=50)),
                ("key", models.CharField(max_length=64)),
                ("account", models.CharField(max_length=100)),
                ("put_by", models.CharField(blank=True, default="", max_length=150)),
                ("put_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("confirmed_by", models.CharField(blank=True, default="", max_length=150)),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.storedcase",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["confirmed_by", "vendor"], name="accounts_to_confirm")],
                "constraints": [
                    models.UniqueConstraint(fields=("vendor", "key"), name="one_row_a_vendor_and_account"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at", None), ("confirmed_by", "")),
                            models.Q(models.Q(("confirmed_by", ""), _negated=True), ("confirmed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="an_account_is_confirmed_at_a_time",
                    ),
                ],
            },
        ),
    ]
