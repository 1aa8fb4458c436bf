"""Where every page lives."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from tsh_erp import finder, home
from tsh_erp.access import documents, plain

admin.autodiscover()  # here, and not in every process (access/skin.py)

urlpatterns = [
    path(
        "api/v1/", include("inventory.api.urls")
    ),  # the first: asked for most often, and no pattern is tried in vain
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/home/", home.live_view, name="home-live"),
    path("admin/search/", finder.page_view, name="find"),  # in place of the skin's own
    path("admin/search/results/", finder.results_view, name="find-results"),
    path("admin/pictures/", include("inventory.admin.picture_files")),
    path("admin/look-up/", include("inventory.admin.look_up")),
    path("admin/reports/", include("inventory.admin.reports")),
    path("admin/", admin.site.urls),
    path(
        "favicon.ico", RedirectView.as_view(url=static("tsh/mark.svg"))
    ),  # asked for by pages that name none
    path("health/", include("monitoring.urls")),
    path("metrics", include("monitoring.metrics.urls")),
    path("", include("zoho_sync.urls")),
    path("api/schema/", documents.SchemaView.as_view(), name="api-schema"),
    path("api/docs/", documents.SwaggerView.as_view(), name="api-docs"),
    path("api/redoc/", documents.RedocView.as_view(), name="api-redoc"),
    path("api/v1/", include("zoho_sync.api.urls")),
    path("", include("monitoring.api.urls")),
    path("", include("zoho_sync.api.older_urls")),
    path("i18n/", include("django.conf.urls.i18n")),  # the language switch
    re_path(r"^api(?:/.*)?$", plain.unknown),  # the last one: whatever below /api/ nobody has answered
]
handler400, handler403 = "tsh_erp.access.plain.bad_request", "tsh_erp.access.plain.permission_denied"
handler404, handler500 = "tsh_erp.access.plain.page_not_found", "tsh_erp.access.plain.server_error"
