"""The kinds of documents: their names in Zoho's answers, and what a row of their list tells.

Sources: Zoho's published contract (paths, root keys, names of fields and scopes) and zoho-api.md 4 and 9.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class DocumentKind:
    """id_key, number_key, root: names in Zoho's answers. noun: as its error messages say it. scope: OAuth's module.

    party: "customer", "vendor", or "" where nobody else is concerned. quantity: how a line says how many.
    two_places: from one location to another. list_root: "" for the path's own word. has_lines: False for payments.
    row: keys of a list row besides the id; they are those of the contract, and never the lines.
    row_times: whether a list row tells created_time and last_modified_time, as the contract has it.
    balance: keys of the amounts that are taken off the total.
    """

    id_key: str
    number_key: str
    root: str
    noun: str
    scope: str
    prefix: str
    party: str = "customer"
    quantity: str = "quantity"
    status_key: str = "status"
    first_status: str = "open"
    two_places: bool = False
    list_root: str = ""
    has_lines: bool = True
    row: tuple[str, ...] = ()
    row_times: bool = True
    balance: tuple[str, ...] = ()


def _keys(text: str) -> tuple[str, ...]:
    return tuple(text.split())


DOCUMENTS: dict[str, DocumentKind] = {
    "invoices": DocumentKind(
        id_key="invoice_id",
        number_key="invoice_number",
        root="invoice",
        noun="Invoice",
        scope="invoices",
        prefix="INV",
        first_status="sent",
        balance=("payment_made", "credits_applied", "write_off_amount"),
        row=_keys(
            "status customer_id customer_name invoice_number reference_number date due_date due_days "
            "currency_id currency_code exchange_rate total balance is_emailed is_viewed_by_client "
            "has_attachment reminders_sent last_payment_date location_id location_name salesperson_id "
            "salesperson_name shipping_charge adjustment write_off_amount"
        ),
    ),
    "salesorders": DocumentKind(
        id_key="salesorder_id",
        number_key="salesorder_number",
        root="salesorder",
        noun="Sales Order",
        scope="salesorders",
        prefix="SO",
        first_status="confirmed",
        row=_keys(
            "customer_id customer_name status salesorder_number reference_number date shipment_date "
            "shipment_days quantity quantity_invoiced quantity_packed quantity_shipped currency_id "
            "currency_code total bcy_total is_emailed is_drop_shipment is_backorder sales_channel "
            "salesperson_id salesperson_name"
        ),
    ),
    "bills": DocumentKind(
        id_key="bill_id",
        number_key="bill_number",
        root="bill",
        noun="Bill",
        scope="bills",
        prefix="BL",
        party="vendor",
        balance=("payment_made", "vendor_credits_applied"),
        row=_keys(
            "purchaseorder_id vendor_id vendor_name status bill_number reference_number date due_date "
            "due_by_days currency_id currency_code currency_symbol price_precision exchange_rate total "
            "balance location_id location_name vendor_credits_applied attachment_name"
        ),
    ),
    "packages": DocumentKind(
        id_key="package_id",
        number_key="package_number",
        root="package",
        noun="Package",
        scope="packages",
        prefix="PKG",
        first_status="not_shipped",
        row=_keys(
            "package_number customer_id customer_name date email is_emailed mobile notes phone "
            "salesorder_id salesorder_number status template_id template_name template_type "
            "total_quantity"
        ),
    ),
    "creditnotes": DocumentKind(
        id_key="creditnote_id",
        number_key="creditnote_number",
        root="creditnote",
        noun="Credit Note",
        scope="creditnotes",
        prefix="CN",
        balance=("total_credits_used", "total_refunded_amount"),
        row=_keys(
            "creditnote_number status reference_number date total balance customer_id customer_name "
            "currency_id currency_code is_emailed"
        ),
    ),
    "salesreturns": DocumentKind(
        id_key="salesreturn_id",
        number_key="salesreturn_number",
        root="salesreturn",
        noun="Sales Return",
        scope="salesreturns",
        prefix="RMA",
        status_key="salesreturn_status",
        first_status="approved",
        row_times=False,
        row=_keys(
            "salesreturn_number date salesorder_id salesorder_number customer_id customer_name "
            "salesreturn_status receive_status refund_status quantity refunded_amount"
        ),
    ),
    "inventoryadjustments": DocumentKind(
        id_key="inventory_adjustment_id",
        number_key="reference_number",
        root="inventory_adjustment",
        noun="Inventory Adjustment",
        scope="inventoryadjustments",
        prefix="IA",
        party="",
        quantity="quantity_adjusted",
        first_status="adjusted",
        list_root="inventory_adjustments",
        row_times=False,
        row=_keys("date reason reason_id description reference_number adjustment_type status total"),
    ),
    "transferorders": DocumentKind(
        id_key="transfer_order_id",
        number_key="transfer_order_number",
        root="transfer_order",
        noun="Transfer Order",
        scope="transferorders",
        prefix="TO",
        party="",
        quantity="quantity_transfer",
        first_status="transferred",
        two_places=True,
        list_root="transfer_orders",
        row_times=False,
        row=_keys(
            "transfer_order_number date description status from_location_id from_location_name "
            "to_location_id to_location_name is_intransit_order"
        ),
    ),
    "purchaseorders": DocumentKind(
        id_key="purchaseorder_id",
        number_key="purchaseorder_number",
        root="purchaseorder",  # the contract says purchase_order; live answers say this
        noun="Purchase Order",
        scope="purchaseorders",
        prefix="PO",
        party="vendor",
        first_status="issued",
        row=_keys(
            "vendor_id vendor_name status purchaseorder_number reference_number date delivery_date "
            "currency_id currency_code price_precision total is_drop_shipment is_backorder receives"
        ),
    ),
    "vendorcredits": DocumentKind(
        id_key="vendor_credit_id",
        number_key="vendor_credit_number",
        root="vendor_credit",
        noun="Vendor Credit",
        scope="debitnotes",  # Zoho's older name
        prefix="DN",
        party="vendor",
        balance=("total_credits_used", "total_refunded_amount"),
        row=_keys(
            "vendor_credit_number status reference_number date total balance vendor_id vendor_name "
            "currency_id currency_code exchange_rate has_attachment"
        ),
    ),
    "customerpayments": DocumentKind(
        id_key="payment_id",
        number_key="payment_number",
        root="payment",
        noun="Customer Payment",
        scope="customerpayments",
        prefix="PAY",
        first_status="paid",
        has_lines=False,
        row_times=False,
        row=_keys(
            "payment_number invoice_number date payment_mode amount bcy_amount unused_amount account_id "
            "account_name description reference_number customer_id customer_name currency_id "
            "currency_code location_id location_name"
        ),
    ),
}
