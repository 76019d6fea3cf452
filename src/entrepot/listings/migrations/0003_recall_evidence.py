from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('listings', '0002_offer_demand'),
    ]

    operations = [
        migrations.AddField(
            model_name='recalloffer',
            name='zero_accepted_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='recalloffer',
            name='failed_at',
            field=models.DateTimeField(null=True),
        ),
    ]
