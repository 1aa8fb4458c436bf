"""Vocabulary of an electronics importer in Baghdad. Invented; no real customer, item or number."""

from __future__ import annotations

PRODUCTS = (
    ("Network Cable", "كيبل شبكة", "CB"),
    ("HDMI Cable", "كيبل HDMI", "HD"),
    ("Power Adapter", "محولة كهرباء", "PA"),
    ("Security Camera", "كاميرا مراقبة", "CM"),
    ("Video Recorder", "جهاز تسجيل", "VR"),
    ("Access Point", "نقطة وصول", "AP"),
    ("Router", "راوتر", "RT"),
    ("Switch 8 Port", "سويج ٨ منافذ", "SW"),
    ("USB Hub", "موزع USB", "UH"),
    ("Wall Mount", "حامل جداري", "WM"),
    ("Fiber Patch Cord", "وصلة فايبر", "FP"),
    ("Solar Battery", "بطارية شمسية", "SB"),
    ("Speaker", "سماعة", "SP"),
    ("Keyboard", "لوحة مفاتيح", "KB"),
    ("LED Strip", "شريط LED", "LS"),
)
COLOURS = (("Black", "أسود", "BL"), ("White", "أبيض", "WH"), ("Grey", "رمادي", "GR"), ("Blue", "أزرق", "BU"))
LENGTHS = (
    ("1m", "1م", "1"),
    ("3m", "3م", "3"),
    ("5m", "5م", "5"),
    ("10m", "10م", "10"),
    ("20m", "20م", "20"),
)
SERVICES = (
    ("Installation", "خدمة تركيب"),
    ("Delivery inside Baghdad", "توصيل داخل بغداد"),
    ("Repair", "تصليح"),
)
CATEGORIES = ("Cables", "Cameras", "Networking", "Power", "Audio", "Accessories", "خدمات")
BRANDS = ("", "", "Dahlan", "Nahrain", "Tigris", "Rafidain Pro", "بابل", "Zagros & Sons")
UNITS = ("pcs", "pcs", "pcs", "box", "m", "قطعة")
FIRST_NAMES = ("Ali", "Zainab", "Hassan", "Noor", "Omar", "Sara", "علي", "زينب", "حسن", "نور", "عمر", "مريم")
LAST_NAMES = ("Kareem", "Jabbar", "Salman", "Hadi", "", "كريم", "جبار", "سلمان", "هادي", "")
SHOPS = ("مخزن", "محل", "شركة", "معرض", "Shop", "Trading", "Electronics", "مكتب")
SHOP_NAMES = (
    "النور",
    "الأمل",
    "دجلة",
    "الفرات",
    "بابل",
    "سومر",
    "Al-Rafidain",
    "Babel",
    "Sumer",
    "الزهور",
    "القمة",
)
CITIES = ("Baghdad", "بغداد", "Basra", "Mosul", "Erbil", "النجف", "Karbala", "Kirkuk")
STREETS = ("Karrada", "شارع الصناعة", "Sinaa Street", "Mansour", "شارع فلسطين", "")
LOCATIONS = (
    ("Main Warehouse", "line_item_only"),
    ("Wholesale Store", "general"),
    ("Retail Shop – Karrada", "general"),
    ("مخزن الصناعة", "line_item_only"),
    ("Returns & Repairs", "line_item_only"),
)
TERMS = (
    (0, "Due on Receipt"),
    (0, "Due on receipt"),  # the same words in another case: labels identify nothing
    (15, "Net 15"),
    (30, "Net 30"),
    (-3, "Due end of next month"),
    (-2, "Due end of the month"),
)
# name, currency, pricebook_type, pricing_scheme, sales_or_purchase_type, status
PRICE_LISTS = (
    ("Wholesale", "USD", "per_item", "unit", "sales", "active"),
    ("Wholesale IQD", "IQD", "per_item", "unit", "sales", "active"),
    ("Retail", "USD", "per_item", "unit", "sales", "active"),
    ("مفرد دينار", "IQD", "per_item", "unit", "sales", "active"),
    ("Dealers by Quantity", "USD", "per_item", "volume", "sales", "active"),
    ("Dealers by Quantity IQD", "IQD", "per_item", "volume", "sales", "inactive"),
    ("Staff 10% off", "", "fixed_percentage", "unit", "sales", "active"),
)
SALESPERSONS = ("حيدر", "Mustafa Adel", "زهراء")
DRIVERS = ("أبو علي", "Karrar", "شركة النقل")
CARRIERS = ("Al-Furat Express", "Own van", "برق للتوصيل")
NOTES = (
    "يرجى الاتصال قبل التوصيل",
    "الدفع نقداً عند الاستلام",
    "Deliver after 4 pm",
    "شكراً لتعاملكم  معنا",
    "\u200fخصم خاص للوكلاء <10%>",
    "Second floor\nring twice",
)
