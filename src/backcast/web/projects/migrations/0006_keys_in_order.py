"""Indexes that tell the keys of a page by themselves, in each order that the list offers, where little else is asked."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0001_initial'),
        ('plans', '0001_initial'),
        ('projects', '0005_finish_due'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='project',
            name='project_by_finish',
        ),
        migrations.RemoveIndex(
            model_name='project',
            name='project_by_investment',
        ),
        migrations.RemoveIndex(
            model_name='project',
            name='project_by_code',
        ),
        migrations.RemoveIndex(
            model_name='project',
            name='project_by_name',
        ),
        migrations.RemoveIndex(
            model_name='project',
            name='project_by_start',
        ),
        migrations.RemoveIndex(
            model_name='project',
            name='project_by_percent',
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['planned_finish', 'code', 'lead_region', 'stage', 'finish_due', 'id'], name='project_by_finish'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['total_investment', 'code', 'lead_region', 'stage', 'finish_due', 'id'], name='project_by_investment'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['code', 'lead_region', 'stage', 'finish_due', 'id'], name='project_by_code'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['name', 'code', 'lead_region', 'stage', 'finish_due', 'id'], name='project_by_name'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['planned_start', 'code', 'lead_region', 'stage', 'finish_due', 'id'], name='project_by_start'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['physical_percent_complete', 'code', 'lead_region', 'stage', 'finish_due', 'id'], name='project_by_percent'),
        ),
    ]
