from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=160)),
                ('kind', models.CharField(max_length=40)),
                ('severity', models.CharField(max_length=8)),
                ('subject', models.CharField(max_length=160)),
                ('values', models.JSONField(default=dict)),
                ('amount_minor', models.BigIntegerField(null=True)),
                ('amount_meaning', models.CharField(blank=True, default='', max_length=40)),
                ('proposals', models.JSONField(default=list)),
                ('opened_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('put_off_until', models.DateTimeField(null=True)),
                ('put_off_amount_minor', models.BigIntegerField(null=True)),
                ('resolved_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'alert',
                'verbose_name_plural': 'alerts',
                'db_table': 'alert',
                'indexes': [models.Index(condition=models.Q(('resolved_at__isnull', True)), fields=['-amount_minor'], name='alert_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('resolved_at__isnull', True)), fields=('key',), name='alert_open_once')],
            },
        ),
    ]
