"""The settings of the API's framework and of its schema. None of them differs between machines."""

from __future__ import annotations

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tsh_erp.access.authentication.TokenAuthentication",  # the first one words the challenge of a 401
        "tsh_erp.access.authentication.StaffSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["tsh_erp.access.permissions.Permitted"],
    "DEFAULT_THROTTLE_CLASSES": ["tsh_erp.access.throttles.PerToken"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["tsh_erp.access.parsers.JsonParser"],
    "DEFAULT_SCHEMA_CLASS": "tsh_erp.access.schema.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "tsh_erp.access.handler.Handler",
    "EXCEPTION_FORMATTER_CLASS": "tsh_erp.access.handler.Formatter",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "TSH ERP",
    "VERSION": "1",
    "DESCRIPTION": (
        "An exact, living copy of a company's Zoho Inventory: read it, follow its changes, start and watch syncs.\n\n"
        "Ids are opaque text or our own numbers, times are UTC with `Z`, money and quantities are decimals written as "
        "text beside their currency or unit, and what is not known is `null`, never 0. A parameter, field or value "
        "that is not known is refused with 400 and named. Errors are problem details (RFC 9457); those below "
        "`/api/zoho/` and `/api/bff/` keep the shape that their callers know."
    ),
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "tsh_erp.access.schema.no_empty_parameters",
    ],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "displayRequestDuration": True, "filter": True},
    "ENUM_NAME_OVERRIDES": {  # fields of one name, each with choices of its own
        "RunStatus": "zoho_sync.models.SyncRun.Status",
        "FailureStatus": "zoho_sync.models.RecordError.Status",
        "DeliveryStatus": "zoho_sync.models.WebhookDelivery.Status",
        "DeliveryResult": "zoho_sync.models.WebhookDelivery.Result",
        "SyncMode": "zoho_sync.options.SyncMode",
        "Trigger": "zoho_sync.options.Trigger",
        "EntityState": "zoho_sync.api.mobile_entities.EntityState",
        "Health": ["unknown", "ok", "degraded", "down"],
        "AlertState": "monitoring.models.Alert.State",
        "Severity": ["info", "warning", "error", "critical"],
        "FindingState": "inventory.models.Finding.State",
        "FindingSeverity": "inventory.models.Severity",
        "Outlook": ["good", "warning", "bad"],
    },
}
