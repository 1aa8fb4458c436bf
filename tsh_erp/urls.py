"""Where every page lives."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from tsh_erp.access import documents, plain

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("health/", include("monitoring.urls")),
    path("", include("zoho_sync.urls")),
    path("api/schema/", documents.SchemaView.as_view(), name="api-schema"),
    path("api/docs/", documents.SwaggerView.as_view(), name="api-docs"),
    path("api/redoc/", documents.RedocView.as_view(), name="api-redoc"),
    path("api/v1/", include("inventory.api.urls")),
    path("api/v1/", include("zoho_sync.api.urls")),
    path("", include("monitoring.api.urls")),
    path("", include("zoho_sync.api.older_urls")),
    path("i18n/", include("django.conf.urls.i18n")),  # the language switch
    re_path(r"^api(?:/.*)?$", plain.unknown),  # the last one: whatever below /api/ nobody has answered
]
handler400, handler403 = "tsh_erp.access.plain.bad_request", "tsh_erp.access.plain.permission_denied"
handler404, handler500 = "tsh_erp.access.plain.page_not_found", "tsh_erp.access.plain.server_error"
