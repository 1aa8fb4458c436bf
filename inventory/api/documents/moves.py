"""What moves stock without being bought or sold: adjustments and transfers."""

from __future__ import annotations

from ... import models
from ..columns import flag, money, text
from .columns import BASE, BASE_CURRENCY, foot, goods, head, lines_of, reference
from .kinds import Kind
from .lined import lined

_LINE = {
    "id": "71",
    "external_id": "5100000000510071",
    "product": {"id": "17", "external_id": "5100000000084017"},
    "name": "Cable 3 m",
    "quantity": "-2",
}

ADJUSTMENTS = Kind(
    address="adjustments",
    kind="adjustment",
    one="inventory adjustment",
    many="inventory adjustments",
    shape=lined(
        "Adjustment",
        models.Adjustment,
        (
            *head(),
            text("kind", "What is adjusted, in the source's word: quantity or value."),
            text("reason", "Reason."),
            money("total", f"Value. {BASE}", "total", BASE_CURRENCY),
            *foot(),
        ),
        lines_of(
            "AdjustmentLine",
            models.AdjustmentLine,
            *goods("A difference: negative took away; null is unknown."),
            money("value", f"Value. {BASE}", "value", BASE_CURRENCY),
            text("account_name", "Account."),
        ),
        "What is adjusted.",
    ),
    example={"number": "17", "kind": "quantity", "reason": "Damaged", "lines": [_LINE]},
)
TRANSFER_ORDERS = Kind(
    address="transfer-orders",
    kind="transfer_order",
    one="transfer order",
    many="transfer orders",
    shape=lined(
        "TransferOrder",
        models.TransferOrder,
        (
            *head(),
            reference("to_warehouse", "The place that receives it; `warehouse` is where it comes from."),
            flag("is_in_transit", "Under way."),
            *foot(),
        ),
        lines_of("TransferOrderLine", models.TransferOrderLine, *goods()),
        "What is moved.",
    ),
    example={"number": "TO-00017", "status": "in_transit", "lines": [{**_LINE, "quantity": "2"}]},
)
KINDS = (ADJUSTMENTS, TRANSFER_ORDERS)
