"""The rows of an answer: as a table on the page, and as a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from datacraft.contracts.answer import Answer, Cell, ResultColumn
from datacraft.serving.formats import unit_style
from datacraft.ui.words import counted

if TYPE_CHECKING:
    from streamlit.elements.lib.column_types import ColumnConfig

_ROW_HEIGHT = 35
_ROWS_AT_ONCE = 10
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def show_table(answer: Answer, key: str) -> None:
    """Draw the rows; they can be sorted, searched and enlarged."""
    frame = by_column([column.name for column in answer.columns], answer.rows)
    shown = min(len(answer.rows), _ROWS_AT_ONCE)
    st.dataframe(
        frame,
        hide_index=True,
        height=_ROW_HEIGHT * (shown + 1) + 3,
        column_config={column.name: _config(column) for column in answer.columns},
        key=key,
        alt=f"Table of {counted(len(answer.rows), 'row')}: {', '.join(c.label for c in answer.columns)}.",
    )


def by_column(names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> dict[str, list[Cell]]:
    """Return rows as the columns that Streamlit draws."""
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def csv_file(answer: Answer) -> bytes:
    """Return the rows as CSV, in UTF-8 with a mark that Excel needs to see that it is.

    Text that a spreadsheet would run as a formula is kept from it by an apostrophe.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.label or column.name for column in answer.columns])
    writer.writerows([_csv_cell(cell) for cell in row] for row in answer.rows)
    return text.getvalue().encode("utf-8-sig")


def _csv_cell(cell: Cell) -> object:
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return f"'{cell}"
    return cell


def _config(column: ResultColumn) -> ColumnConfig:
    title = column.label[:1].upper() + column.label[1:]
    match column.type:
        case "number" | "integer":
            style = unit_style(column.unit)
            if style.percent:
                return st.column_config.NumberColumn(title, format="percent")
            named = column.unit if column.unit and not style.prefix else ""
            title = f"{title} ({style.prefix or named})" if column.unit else title
            return st.column_config.NumberColumn(title, format="localized")
        case "date":
            return st.column_config.DateColumn(title, format="YYYY-MM-DD")
        case "timestamp":
            return st.column_config.DatetimeColumn(title, format="YYYY-MM-DD HH:mm")
        case "boolean":
            return st.column_config.CheckboxColumn(title)
        case _:
            return st.column_config.Column(title)
