"""`datacraft chat`: a conversation in the terminal."""

from __future__ import annotations

import typer

from datacraft.cli.options import DataOption, ModelOption
from datacraft.cli.start import open_handler, settings_for


def chat(context: typer.Context, data: DataOption = None, model: ModelOption = None) -> None:
    """Ask one question after the other; each may follow up on the one before.

    Tab completes names and values of the data, the up arrow brings earlier questions back. Where DataCraft asks
    back, type the number of a choice. `/sql` shows the last SQL, `/new` starts anew, `/quit` or Ctrl-D leaves.

    \b
    Examples:
      datacraft chat --data sales.csv
      printf 'total sales\\nand by region?\\n' | datacraft chat --data sales.csv
    """
    from datacraft.cli.conversation import Conversation
    from datacraft.cli.prompt import questions_from

    settings = settings_for(context, data, llm__answer_with=model)
    with open_handler(settings) as handler:
        conversation = Conversation(handler)
        for line in questions_from(settings.state_dir / "chat_history", handler.model):
            if not conversation.hear(line):
                break
