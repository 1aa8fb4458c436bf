"""Documents and what they refer to, for programs: orders, invoices, payments, bills, packages, moves of stock.

Each kind is a table of columns (sales.py, purchases.py, moves.py, references.py); its filters follow from its columns
(filters.py), its lists, details, totals and schema from both (views.py).
"""
