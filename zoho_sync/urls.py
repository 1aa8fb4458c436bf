"""Addresses of the webhook door. Three roots are one door: today's, and two that older senders still use."""

from django.urls import path

from . import views

DOORS = ("api/zoho/webhooks", "api/tds/webhooks", "api/bff/tds/zoho/webhooks")

app_name = "zoho_sync"
urlpatterns = []
for root in DOORS:
    name = root.replace("/", "-")
    urlpatterns += [
        path(f"{root}/health", views.health, name=f"{name}-health"),
        path(f"{root}/stats", views.stats, name=f"{name}-stats"),
        path(root, views.webhook),  # no redirect to the slash: it would turn the POST into a GET
        path(f"{root}/", views.webhook, name=name),
        path(f"{root}/<str:door>", views.webhook, name=f"{name}-door"),
        path(f"{root}/<str:door>/", views.webhook),
    ]
