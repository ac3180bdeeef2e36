"""The demonstration: a sample, its profile, a model chosen for it, ten questions, one to documents, a gallery."""

from __future__ import annotations

import gc
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

import typer

from datacraft.cli.asking import Show, show_answer
from datacraft.cli.demo_documents import ask_documents
from datacraft.cli.output.page import write_page
from datacraft.cli.output.talk import say
from datacraft.cli.parts import require_evaluation_parts
from datacraft.cli.profiling import profile_data_of
from datacraft.cli.start import open_handler
from datacraft.contracts.errors import QueryFailed

if TYPE_CHECKING:
    from datacraft.config import Settings

TITLE = "Ten questions to a shop's orders, and one to its documents"


def demo_questions() -> list[str]:
    """Return the questions that the demonstration asks."""
    text = files("datacraft.cli").joinpath("demo_questions.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line]


def run_demo(settings: Settings, out: Path) -> Path:
    """Run the demonstration in a folder; return the gallery's path.

    Raises:
        QueryFailed: a question was not answered, which should not happen.
        NoWinner: no candidate reached the floors, which should not happen either.
        DataCraftError: a file can't be written.
    """
    from datacraft.warehouse.sample import make_orders

    require_evaluation_parts()
    (path,) = settings.data.paths
    say(f"Making a sample: {make_orders(path)}")
    say(f"Profiling it: {profile_data_of(settings).semantic}")
    report = _choose(settings)
    answers = []
    with open_handler(settings) as handler:
        for question in demo_questions():
            typer.echo(f"\n? {question}")
            answer = handler.ask(question)
            show_answer(answer, Show())
            answers.append(answer)
    of_documents = ask_documents(settings, out)
    if of_documents is not None:
        typer.echo(f"\n? {of_documents.question}")
        show_answer(of_documents, Show())
        answers.append(of_documents)
    gc.unfreeze()  # opening the handler froze what choosing had left, which DuckDB would complain of at the end
    gallery = out / "index.html"
    write_page(gallery, answers, title=TITLE)
    unanswered = [answer.question for answer in answers if answer.error is not None]
    if unanswered:
        raise QueryFailed(f"Not answered: {'; '.join(unanswered)}.", hint=f"The others are in {gallery}.")
    say(f"\nWhat answered is {', '.join(sorted({str(answer.release_id) for answer in answers}))}.")
    say(f"Why it was chosen: {report}")
    say(f"All {len(answers)} questions are answered. Open the gallery with their charts in a browser:")
    return gallery


def _choose(settings: Settings) -> Path:
    """Choose and publish a model; return the report's place."""
    from datacraft.cli.publishing import PipelineRun, pipeline_place, run_in
    from datacraft.pipeline import NoWinner

    say("Choosing a model:")
    chosen = PipelineRun("retail")
    with pipeline_place(settings, chosen) as place:
        outcome = run_in(place, chosen)
    if outcome.release_id is None:
        raise NoWinner(outcome.selection)
    registry = Path(url2pathname(urlsplit(settings.registry_url).path))
    return registry / "models" / outcome.release_id / "report.html"
