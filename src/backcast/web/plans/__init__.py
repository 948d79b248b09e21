"""Plans, tasks, measures, indicators, targets and observations."""
