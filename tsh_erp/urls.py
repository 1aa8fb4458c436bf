"""Where every page lives."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("health/", include("monitoring.urls")),
    path("", include("zoho_sync.urls")),
    path("api/v1/", include("inventory.api.urls")),
    path("api/v1/", include("zoho_sync.api.urls")),
    path("", include("monitoring.api.urls")),
    path("", include("zoho_sync.api.older_urls")),
    path("i18n/", include("django.conf.urls.i18n")),  # the language switch
]
