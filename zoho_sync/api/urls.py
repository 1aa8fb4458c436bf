"""Addresses of runs, failures, deliveries, entities and events under /api/v1/."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from .deliveries import Deliveries
from .entities import Connection, Entities
from .events import Events
from .failures import Failures
from .findings import ChecksView, Findings
from .runs import Runs
from .runs_parts import RunCalls, RunChanges, RunFailures
from .runs_shape import ACTIONS
from .truth import Truth

LIST: Any = {"get": "list"}
ONE: Any = {"get": "retrieve"}
urlpatterns: list[URLPattern] = [
    path("runs/", Runs.as_view({**LIST, "post": "create"}), name="api-runs"),
    path("runs/<int:pk>/", Runs.as_view(ONE), name="api-runs-one"),
    *(
        path(
            f"runs/<int:pk>/{name}/",
            Runs.as_view({"post": name.replace("-", "_")}),
            name=f"api-runs-{name}",
        )
        for name in ACTIONS
    ),
    path("runs/<int:pk>/changes/", RunChanges.as_view(LIST), name="api-runs-changes"),
    path("runs/<int:pk>/failures/", RunFailures.as_view(LIST), name="api-runs-failures"),
    path("runs/<int:pk>/calls/", RunCalls.as_view(LIST), name="api-runs-calls"),
    path("failures/", Failures.as_view(LIST), name="api-failures"),
    path("failures/retry/", Failures.as_view({"post": "retry_several"}), name="api-failures-retry-several"),
    path("failures/<int:pk>/", Failures.as_view(ONE), name="api-failures-one"),
    path("failures/<int:pk>/retry/", Failures.as_view({"post": "retry"}), name="api-failures-retry"),
    path("failures/<int:pk>/ignore/", Failures.as_view({"post": "ignore"}), name="api-failures-ignore"),
    path("findings/", Findings.as_view(LIST), name="api-findings"),
    path("findings/<int:pk>/", Findings.as_view(ONE), name="api-findings-one"),
    *(
        path(f"findings/<int:pk>/{name}/", Findings.as_view({"post": name}), name=f"api-findings-{name}")
        for name in ("accept", "ignore", "assign", "reopen")
    ),
    path("checks/", ChecksView.as_view(), name="api-checks"),
    path("checks/run/", Findings.as_view({"post": "run_checks"}), name="api-checks-run"),
    path("deliveries/", Deliveries.as_view(LIST), name="api-deliveries"),
    path(
        "deliveries/replay/",
        Deliveries.as_view({"post": "replay_several"}),
        name="api-deliveries-replay-several",
    ),
    path("deliveries/<int:pk>/", Deliveries.as_view(ONE), name="api-deliveries-one"),
    path("deliveries/<int:pk>/replay/", Deliveries.as_view({"post": "replay"}), name="api-deliveries-replay"),
    path("entities/", Entities.as_view(), name="api-entities"),
    path("connection/", Connection.as_view(), name="api-connection"),
    path("truth/", Truth.as_view(), name="api-truth"),
    path("events/", Events.as_view(LIST), name="api-events"),
]
