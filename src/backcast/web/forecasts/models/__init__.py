"""What forecasts rest on, and what they said."""

from backcast.web.forecasts.models.basis import ReferenceClass, Risk
from backcast.web.forecasts.models.runs import Forecast, Run

__all__ = ["Forecast", "ReferenceClass", "Risk", "Run"]
