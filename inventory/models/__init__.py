"""The tables of the catalogue: who owns it, what is sold, where it lies, who buys, at what price, and what changed."""

from .catalogue import Product, Warehouse
from .changes import RowChange
from .customers import Customer
from .history import PriceChange, StockChange
from .organizations import Organization
from .prices import PriceList, PriceListItem
from .stock import StockCheck, StockLevel

__all__ = [
    "Customer",
    "Organization",
    "PriceChange",
    "PriceList",
    "PriceListItem",
    "Product",
    "RowChange",
    "StockChange",
    "StockCheck",
    "StockLevel",
    "Warehouse",
]
