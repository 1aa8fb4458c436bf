"""What is wrong with the settings, told by `manage.py check` before anything starts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from .channels import base


@register()
def usable_hooks(app_configs: Any, **_rest: Any) -> list[CheckMessage]:
    """Can everything be imported that ALERT_CHANNEL_MODULES and ALERT_HANDLERS name?"""
    found: list[CheckMessage] = [
        Error(
            f"The channels of {name} cannot be used: {type(error).__name__}.",
            hint="Correct the module, or take it out of ALERT_CHANNEL_MODULES.",
            id="monitoring.E001",
        )
        for name, error in base.unusable().items()
        if name in settings.ALERT_CHANNEL_MODULES
    ]
    for path in settings.ALERT_HANDLERS:
        try:
            import_string(path)
        except Exception as error:  # what a module does while it is imported is its own affair
            found.append(
                Error(
                    f"The handler {path} cannot be imported: {type(error).__name__}.",
                    hint="Correct it, or take it out of ALERT_HANDLERS.",
                    id="monitoring.E002",
                )
            )
    return found
