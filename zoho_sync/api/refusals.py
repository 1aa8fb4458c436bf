"""What a service refuses, as an answer of the API: the sentence, and in plain values what there is instead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.reverse import reverse

from ..errors import BudgetWouldNotDo, NotConnected, RunInProgress, RunStateError, SyncError
from ..models import SyncRun
from ..processors.registry import UnknownEntity


class Conflict(APIException):
    """extra: goes into the body of the answer."""

    status_code = 409
    default_code = "conflict"
    default_detail = gettext_lazy("This cannot be done as things are.")

    def __init__(self, detail: Any = None, code: str | None = None, **extra: Any):
        super().__init__(detail, code)
        self.extra = extra


@contextmanager
def refusals(request: Request, run: SyncRun | None = None) -> Iterator[None]:
    """Around a service. run: the one it works on, told as it is now."""
    try:
        yield
    except RunInProgress as error:
        busy = SyncRun.objects.filter(pk=error.run_id).first() if error.run_id else None
        raise Conflict(str(error), "run_in_progress", run=brief(busy, request)) from error
    except BudgetWouldNotDo as error:
        figures = {"calls_needed": error.calls, "calls_left": error.left, "again_at": error.again_at}
        raise Conflict(str(error), "budget_would_not_do", **figures) from error
    except RunStateError as error:
        raise Conflict(str(error), "wrong_state", run=brief(run, request)) from error
    except NotConnected as error:  # a person has to mend it: to try again later is of no use
        raise Conflict(str(error), "not_connected") from error
    except UnknownEntity as error:
        raise ValidationError({"entity": [str(error)]}) from error
    except SyncError as error:
        raise Conflict(str(error), "not_possible") from error


def run_url(run_id: int, request: Request | None) -> str:
    return reverse("api-runs-one", args=[run_id], request=request)


def brief(run: SyncRun | None, request: Request | None) -> dict[str, Any] | None:
    """A run in a few words, for those who only need to find it."""
    if run is None:
        return None
    return {"id": str(run.pk), "url": run_url(run.pk, request), "entity": run.entity, "status": run.status}
