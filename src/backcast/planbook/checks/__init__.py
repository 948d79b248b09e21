"""What can be wrong with a planbook, by subject; :mod:`backcast.planbook.check` asks them all."""
