"""`QuestionSet`: versioned cases that candidates are judged on; a case is a question and the SQL that answers it."""

from __future__ import annotations

import hashlib
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Split = Literal["tune", "select", "holdout"]
SPLITS: tuple[Split, ...] = ("tune", "select", "holdout")

Answerable = Literal["answerable", "ambiguous", "unanswerable"]
ChartKind = Literal["number", "table", "line", "bar", "grouped_bar", "stacked_bar", "scatter", "histogram"]


def split_of(case_id: str) -> Split:
    """Return the part that a case belongs to: stable, spread evenly, and not chosen by anyone.

    Half of the cases are for tuning, 30 % for selection, 20 % are held out.
    """
    first, second = hashlib.sha256(case_id.encode()).digest()[:2]
    if first % 2 == 0:
        return "tune"
    return "select" if second % 5 < 3 else "holdout"


class Case(BaseModel):
    """A question and the SQL of each reading of it that is right."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", description="Unique in the set.")
    question: str = Field(min_length=1, description="As a person would type it.")
    gold: tuple[str, ...] = Field(
        default=(), description="SQL, any one of which is right; empty where the question can't be answered."
    )
    ordered: bool = Field(default=False, description="The sequence of the rows counts.")
    answerable: Answerable = Field(
        default="answerable",
        description="Of an ambiguous question, asking back is right, and so is any gold.",
    )
    chart: ChartKind | None = Field(default=None, description="The chart that suits the answer.")
    tags: tuple[str, ...] = Field(default=(), description="What has to be understood: total, top, join, ...")
    topic: str | None = Field(default=None, description="What of the business it is about.")
    difficulty: Literal["easy", "medium", "hard"] | None = None
    phrasing: str | None = Field(default=None, description="How it is asked: formal, terse, typo, ...")
    sensitive: tuple[str, ...] = Field(
        default=(), description="Attributes of people or places that it touches, such as region or gender."
    )
    paraphrase_of: str | None = Field(default=None, description="The case that asks the same in other words.")
    note: str | None = Field(default=None, description="For whoever reviews the case.")
    split: Split = Field(
        default_factory=lambda known: split_of(str(known.get("paraphrase_of") or known.get("id", ""))),
        description="Follows the id where it is left out; a paraphrase goes where its original is.",
    )

    def slices(self) -> dict[str, tuple[str, ...]]:
        """Return the values of every dimension that results are broken down by."""
        single = {"topic": self.topic, "difficulty": self.difficulty, "phrasing": self.phrasing}
        found: dict[str, tuple[str, ...]] = {name: (value,) for name, value in single.items() if value}
        found["answerable"] = (self.answerable,)
        if self.tags:
            found["kind"] = self.tags
        if self.sensitive:
            found["sensitive"] = self.sensitive
        return found


class QuestionSet(BaseModel):
    """Cases over one data set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: Literal[1] = 1
    name: str
    version: int = Field(ge=1, description="Raised with every change that changes what is measured.")
    data: str | None = Field(
        default=None, description="`sample`, or files beside the set; null: what the settings name."
    )
    cases: tuple[Case, ...] = Field(min_length=1)

    def of(self, split: Split | None) -> tuple[Case, ...]:
        """Return the cases of one part; all of them for None."""
        return tuple(case for case in self.cases if split is None or case.split == split)

    def digest(self) -> str:
        """Return 12 hex digits that change with any change of content."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]
