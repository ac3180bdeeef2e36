"""How one column of text is read: the formats, the evidence for them, and the SQL of the typed value."""

from __future__ import annotations

from dataclasses import dataclass, field

from datacraft.contracts.semantic import ColumnType
from datacraft.warehouse.formats import NULL_TOKENS, PLACEHOLDERS, Format
from datacraft.warehouse.loading.quoting import literals
from datacraft.warehouse.loading.staged import RawColumn


@dataclass(frozen=True)
class Unread:
    """A value that the format of its column does not read: how often, and in which row first (from 1)."""

    text: str
    count: int
    row: int | None


@dataclass
class ColumnReading:
    """How a column of text is read, with the evidence.

    Attributes:
        formats: the formats that read it, tried in turn; none: it stays text.
        values: non-blank values. `nulls`: of these, words that mean "no value"; both are known for text
            only once it is written.
        sampled: how many different values it was judged by first.
        codes: all values are short codes in capitals, among which NA is one (Namibia, North America).
        trusted: text that stays text is left exactly as its source has it.
        whole_days: no value has a time of day.
        candidates: each candidate format with the number of values it reads.
    """

    column: RawColumn
    text: str
    trusted: bool = False
    sampled: int = 0
    codes: bool = False
    formats: list[Format] = field(default_factory=list)
    values: int = 0
    nulls: int = 0
    whole_days: bool = True
    candidates: dict[Format, int] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    unread_count: int = 0
    rejected: Format | None = None

    @property
    def has_leading_zeros(self) -> bool:
        """Whether some unread values are codes such as 007, which no number may take the place of."""
        texts = (unread.text.lstrip("+-") for unread in self.unread)
        return any(text.startswith("0") and text.isdigit() for text in texts)

    @property
    def value(self) -> str:
        """SQL of what the formats read, before dates lose their empty times."""
        values = [format_.parse(self.text) for format_ in self.formats]
        return values[0] if len(values) == 1 else f"COALESCE({', '.join(values)})"

    @property
    def parsed(self) -> str:
        """SQL of the typed value."""
        if not self.formats and self.trusted:
            return self.column.expression
        if not self.formats:
            return f"CASE WHEN NOT {_is_null_token(self.text, codes=self.codes)} THEN {self.text} END"
        return f"CAST({self.value} AS DATE)" if self.type is ColumnType.DATE else self.value

    @property
    def left(self) -> str:
        """SQL of the text of a value that no format reads, unless it is a word for a missing one."""
        parsed = " AND ".join(f"({format_.parse(self.text)}) IS NULL" for format_ in self.formats)
        return f"CASE WHEN {parsed} AND NOT {is_placeholder(self.text)} THEN {self.text} END"

    @property
    def type(self) -> ColumnType:
        """The contract's type of the values."""
        if not self.formats:
            return ColumnType.TEXT
        kind = self.formats[0].type
        return ColumnType.DATE if kind is ColumnType.TIMESTAMP and self.whole_days else kind


def rival_format(reading: ColumnReading, chosen: Format) -> Format | None:
    """Return the format that reads as many values as the chosen one, but otherwise."""
    count = reading.candidates.get(chosen)
    for other, read in reading.candidates.items():
        if read == count and (other.label == chosen.rival or other.rival == chosen.label):
            return other
    return None


def is_placeholder(text: str) -> str:
    """SQL of whether a text is a word for a missing value in a column of numbers, dates or booleans."""
    longest = max(len(word.encode()) for word in PLACEHOLDERS)
    return f"(strlen({text}) <= {longest} AND lower({text}) IN ({literals(PLACEHOLDERS)}))"


def _is_null_token(text: str, *, codes: bool) -> str:
    tokens = [token for token in NULL_TOKENS if not (codes and token == "NA")]
    # The length is checked first because it is cheap.
    return f"(strlen({text}) <= {max(map(len, tokens))} AND {text} IN ({literals(tokens)}))"
