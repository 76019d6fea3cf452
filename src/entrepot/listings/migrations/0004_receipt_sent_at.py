from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('listings', '0003_recall_evidence'),
    ]

    operations = [
        migrations.AddField(
            model_name='offerreceipt',
            name='sent_at',
            field=models.DateTimeField(null=True),
        ),
    ]
