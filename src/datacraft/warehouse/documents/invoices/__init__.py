"""Invoices and statements: their fields by the labels beside them, their lines, and whether the sums are right.

No layout is known by name: a field is found by any of its wordings, beside or above its value.
"""
