"""Which picture a product has."""
# ruff: noqa: RUF012

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="product",
            name="picture",
            field=models.CharField(max_length=16, null=True),
        ),
    ]
