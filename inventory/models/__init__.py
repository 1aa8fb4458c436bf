"""The tables of the catalogue: who owns it, what is sold, where it lies, who buys, at what price, and what changed."""

from .catalogue import Product, Warehouse
from .changes import RowChange
from .customers import Customer
from .history import PriceChange, StockChange
from .integrity import CheckState, Finding, FindingEvent, Severity
from .lists import ChosenColumns, ChosenPriceList, SavedView
from .movements import Adjustment, AdjustmentLine, TransferOrder, TransferOrderLine
from .organizations import Organization
from .pictures import ProductPicture
from .prices import PriceList, PriceListItem
from .purchases import (
    Bill,
    BillLine,
    PurchaseOrder,
    PurchaseOrderLine,
    Vendor,
    VendorCredit,
    VendorCreditLine,
)
from .references import Composite, CompositePart, Currency, ProductGroup, SourceUser, Tax
from .reports import KeptReport, KeptRows
from .sales import (
    CreditNote,
    CreditNoteLine,
    CustomerPayment,
    Invoice,
    InvoiceLine,
    Package,
    PackageLine,
    PaymentAllocation,
    SalesOrder,
    SalesOrderLine,
    SalesReturn,
    SalesReturnLine,
)
from .stock import StockCheck, StockLevel

__all__ = [
    "Adjustment",
    "AdjustmentLine",
    "Bill",
    "BillLine",
    "CheckState",
    "ChosenColumns",
    "ChosenPriceList",
    "Composite",
    "CompositePart",
    "CreditNote",
    "CreditNoteLine",
    "Currency",
    "Customer",
    "CustomerPayment",
    "Finding",
    "FindingEvent",
    "Invoice",
    "InvoiceLine",
    "KeptReport",
    "KeptRows",
    "Organization",
    "Package",
    "PackageLine",
    "PaymentAllocation",
    "PriceChange",
    "PriceList",
    "PriceListItem",
    "Product",
    "ProductGroup",
    "ProductPicture",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "RowChange",
    "SalesOrder",
    "SalesOrderLine",
    "SalesReturn",
    "SalesReturnLine",
    "SavedView",
    "Severity",
    "SourceUser",
    "StockChange",
    "StockCheck",
    "StockLevel",
    "Tax",
    "TransferOrder",
    "TransferOrderLine",
    "Vendor",
    "VendorCredit",
    "VendorCreditLine",
    "Warehouse",
]
