"""When a project that is unfinished should be finished, kept by the database, with the indexes that lists enter by."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0001_initial'),
        ('plans', '0001_initial'),
        ('projects', '0004_search_index'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='project',
            name='project_unfinished',
        ),
        migrations.AddField(
            model_name='project',
            name='finish_due',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(models.Q(('actual_finish', None), models.Q(('stage__in', ['accepted', 'assessed', 'completed', 'full_effect', 'production', 'recognised', 'terminated', 'withdrawn']), _negated=True)), then=models.F('planned_finish'))), output_field=models.DateField()),
        ),
        migrations.AlterField(
            model_name='output',
            name='indicator',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='outputs', to='plans.indicator', verbose_name='indicator'),
        ),
        migrations.AlterField(
            model_name='project',
            name='lead_region',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='projects', to='directory.region', verbose_name='lead region'),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=models.Index(fields=['year', 'tier', 'project'], name='listing_by_year'),
        ),
        migrations.AddIndex(
            model_name='output',
            index=models.Index(fields=['indicator', 'project'], name='output_by_indicator'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['finish_due', 'lead_region'], name='project_by_finish_due'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['lead_region', 'finish_due'], name='project_due_in_region'),
        ),
    ]
