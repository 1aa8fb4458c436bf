"""One view for each kind of document, made of what the kind says of itself."""

from __future__ import annotations

from ..mirrored import MirroredView
from ..wording import described
from .filters import TIMELY, filters_of
from .kinds import Kind

ORDERED_BY = (
    "date", "number", "name", "code", "due_date", "total", "balance", "source_modified_at", "synced_at",
)  # fmt: skip


class DocumentView(MirroredView):
    """A list of documents and their details, with lines."""


def view_of(kind: Kind) -> type[DocumentView]:
    model = kind.shape.model
    columns = {field.name for field in model._meta.get_fields()}
    look = (f"inventory.view_{model._meta.model_name}",)
    filters = filters_of(kind)
    view = type(
        f"{kind.shape.name}View",
        (DocumentView,),
        {
            "shape": kind.shape,
            "kind": kind.kind,
            "filterset_class": filters,
            "orderings": {"id": "pk", **{name: name for name in ORDERED_BY if name in columns}},
            "near": DocumentView.near | (filters.base_filters.keys() - TIMELY),
            "permissions": {"list": look, "retrieve": look},
        },
    )
    describe = described(kind.address, one=kind.one, many=kind.many, example=dict(kind.example))
    return describe(view)
