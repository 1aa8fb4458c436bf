"""What is measured, what is judged by it, who is told, and what became of it."""

from .alerts import Alert, AlertEvent
from .channels import AlertChannel, AlertDelivery
from .metrics import MetricSample
from .rules import AlertRule
from .watch import Watch

__all__ = [
    "Alert",
    "AlertChannel",
    "AlertDelivery",
    "AlertEvent",
    "AlertRule",
    "MetricSample",
    "Watch",
]
