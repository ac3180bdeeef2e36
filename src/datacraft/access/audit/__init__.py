"""The audit log: `chain` is what makes a change of it seen, `log` keeps it in the state database."""

from __future__ import annotations

from datacraft.access.audit.chain import Break, Head, find_break
from datacraft.access.audit.log import AuditLog, Deed, recorded

__all__ = ["AuditLog", "Break", "Deed", "Head", "find_break", "recorded"]
