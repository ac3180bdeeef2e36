"""The wordings of what an invoice says, as tables; the more particular first, because the first that fits counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["code", "date", "amount", "name", "currency"]


@dataclass(frozen=True)
class Label:
    """What is asked of a document: how it is worded, and what a value of it looks like."""

    field: str
    kind: Kind
    wordings: tuple[str, ...]


LABELS = (
    Label("invoice_number", "code", (
        r"(?:tax )?invoice (?:number|num\.?|no\.?|nr\.?|id|ref(?:erence)?)", r"invoice ?#", r"inv\.? ?(?:no\.?|#)",
        r"rechnungs-?(?:nummer|nr\.?)", r"rechnung nr\.?", r"statement (?:number|no\.?|id)", r"statement ?#",
        r"bill (?:number|no\.?)", r"credit note (?:number|no\.?)", r"document (?:number|no\.?)", r"(?:facture|factura) (?:n[o°º]\.?|num[ée]ro)",
        r"invoice", r"our ref(?:erence)?\.?", r"number", r"no\.", r"#",
    )),
    Label("invoice_date", "date", (
        r"invoice date", r"date of (?:issue|invoice)", r"issue date", r"(?:date )?issued(?: on)?", r"statement date", r"bill(?:ing)? date",
        r"rechnungsdatum", r"tax point", r"dated", r"datum", r"date",
    )),
    Label("due_date", "date", (
        r"(?:payment )?due(?: date| on| by)?", r"pay(?:able|ment)? (?:by|before|until)", r"date due", r"fällig(?:keit| am| bis)?(?:sdatum)?", r"zahlbar bis",
    )),
    Label("currency", "currency", (r"currency", r"währung", r"all amounts (?:are )?in", r"amounts in", r"devise")),
    Label("seller", "name", (
        r"from", r"seller", r"supplier", r"vendor", r"sold by", r"issued by", r"issuer", r"lieferant", r"verkäufer", r"remit to",
    )),
    Label("buyer", "name", (
        r"bill(?:ed|ing)? to", r"invoice(?:d)? to", r"sold to", r"customer(?: name)?", r"client", r"buyer", r"billing address", r"account holder", r"kunde",
        r"rechnungsempfänger", r"rechnung an", r"to",
    )),
    Label("net_amount", "amount", (
        r"sub-? ?total", r"net (?:amount|total|value)", r"total (?:net|before (?:tax|vat)|excl(?:\.|uding)? (?:tax|vat))",
        r"(?:amount|sum) before (?:tax|vat)", r"taxable amount", r"netto(?:betrag|summe)?", r"zwischensumme", r"summe netto", r"total ht", r"net",
    )),
    Label("tax_amount", "amount", (
        r"(?:sales |total )?(?:tax|vat|gst|hst)(?: amount| total)?", r"(?:mwst|ust|mehrwertsteuer|umsatzsteuer)\.?(?:-?betrag)?", r"tva",
        r"value added tax",
    )),
    Label("total_amount", "amount", (
        r"(?:grand|invoice|final|overall) total", r"total (?:amount )?(?:due|payable|to pay)", r"amount (?:due|payable|to pay)", r"balance due", r"please pay",
        r"total (?:incl(?:\.|uding)? (?:tax|vat)|gross|amount)", r"gross (?:amount|total)", r"gesamt(?:betrag|summe)?", r"rechnungsbetrag",
        r"(?:zu zahlen|zahlbetrag|brutto(?:betrag)?|endbetrag)", r"closing balance", r"total ttc", r"total",
    )),
)  # fmt: skip

LINE_COLUMNS: dict[str, str] = {
    "description": r"(?:item )?description|items?|products?|services?|details|particulars|article|bezeichnung|beschreibung|artikel|leistung|désignation|goods",
    "item_code": r"sku|(?:item|product|article|part)[ -]?(?:code|no\.?|number|nr\.?|#)|code|art\.?-?(?:nr\.?|no\.?)|ref\.?",
    "quantity": r"quantity|qty\.?|units?|hours|hrs|pcs|menge|anzahl|stunden|qté|quantité",
    "unit_price": r"(?:unit |item |net )?(?:price|cost|rate)(?: each| per unit| \(.*\))?|price|each|rate|(?:einzel|stück)preis|preis|ep|prix(?: unitaire)?",
    "tax_rate": r"(?:tax|vat|gst)(?: rate)?(?: ?%| \(%\))?|(?:mwst|ust)\.?(?: ?%)?",
    "amount": r"(?:line |net |total )?(?:amount|total|price total|value)(?: \(.*\))?|gesamt(?:preis)?|betrag|summe|gp|montant|charges?|ext(?:ended)?\.? price",
    "line_date": r"date|datum",
}
"""The headers of a table of lines."""

KINDS_OF_DOCUMENT = re.compile(
    r"\b(invoice|rechnung|statement|credit note|gutschrift|bill|facture|factura|receipt)\b", re.IGNORECASE
)
_RATE = r"(?:\s*[@(]?\s*(?P<rate>\d{1,2}(?:[.,]\d{1,2})?)\s*%\s*\)?)?"
_UNIT = r"(?:\s*[(\[]?\s*(?:in )?(?:[A-Z]{3}|[$€£¥])\s*[)\]]?)?"


def compiled() -> list[tuple[Label, int, re.Pattern[str]]]:
    """Return every wording with its rank (0 is the most particular), as a pattern for the beginning of a text."""
    found: list[tuple[Label, int, re.Pattern[str]]] = []
    for label in LABELS:
        for rank, wording in enumerate(label.wordings):
            middle = _RATE + _UNIT if label.kind == "amount" else ""
            pattern = rf"(?:{wording}){middle}(?:\s*[:#.]+\s*|\s+|$)(?P<value>.*)"
            found.append((label, rank, re.compile(pattern, re.IGNORECASE)))
    return found
