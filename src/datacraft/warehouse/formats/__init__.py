"""How text may write values: each `Format` is one consistent way, as a pattern and as DuckDB SQL."""

from datacraft.warehouse.formats.format import NULL_TOKENS, PLACEHOLDERS, Format, most_fitting
from datacraft.warehouse.formats.known import candidate_formats

__all__ = ["NULL_TOKENS", "PLACEHOLDERS", "Format", "candidate_formats", "most_fitting"]
