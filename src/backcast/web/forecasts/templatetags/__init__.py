"""Tags of forecasts."""
