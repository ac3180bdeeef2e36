"""`HistoryStore`: conversations that survive reload and restart, each seen by its owner alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, delete, func, insert, select, true, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from datacraft.access.database import open_engine
from datacraft.access.database.tables import conversations, feedback, turns
from datacraft.access.history.documents import read_answer, shortened, title_of
from datacraft.access.history.records import Conversation, Feedback, SavedTurn, Thumb
from datacraft.access.text import storable
from datacraft.contracts.answer import Answer
from datacraft.contracts.errors import DataCraftError, InputError
from datacraft.contracts.proposal import Turn

_ID_LENGTH = 64
_ATTEMPTS = 5  # of saving a turn while others of the same conversation are being saved


class HistoryUnavailable(DataCraftError):
    """The history's database did not do what it was asked for."""

    code = "history_unavailable"


class HistoryStore:
    """Conversations, turns and feedback in a database. Safe to use from several threads and processes.

    Every method but `turns` takes the owner, and nobody sees or changes what belongs to somebody else: a
    conversation of another owner is as unknown as one that was never there.

    Args:
        database: opened already, or its address as SQLAlchemy writes it: `sqlite:///folder/file.db`,
            `postgresql://user:password@host/database`.
        clock: returns the present in UTC.

    Raises:
        ConfigError: the database can't be opened.
    """

    def __init__(
        self, database: str | Engine, *, clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    ) -> None:
        self._engine = open_engine(database) if isinstance(database, str) else database
        self._clock = clock

    def save_turn(self, owner: str, answer: Answer) -> None:
        """Save an answer with its question; its session is the conversation, made where it is new.

        Of long results the first 1,000 rows are kept, and the saved answer says so.

        Raises:
            InputError: the answer belongs to no session, or to one of somebody else.
            HistoryUnavailable: the database failed.
        """
        session = answer.session
        if not session or len(session) > _ID_LENGTH:
            raise InputError(
                f"The answer {answer.question_id} belongs to no conversation that can be saved.",
                hint=f"Ask with a session id of 1 to {_ID_LENGTH} characters.",
            )
        with _told():
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    with self._engine.begin() as connection:
                        self._save(connection, owner, session, answer)
                except IntegrityError:  # the conversation got another turn at the same moment
                    if attempt == _ATTEMPTS:
                        raise
                else:
                    return

    def list_conversations(self, owner: str | None, limit: int = 50) -> list[Conversation]:
        """Return the owner's conversations, the latest used first; everybody's for None."""
        count = (
            select(func.count()).where(turns.c.conversation_id == conversations.c.id).scalar_subquery()
        )  # fmt: skip
        query = (
            select(conversations, count.label("turns"))
            .where(conversations.c.owner == owner if owner is not None else true())
            .order_by(conversations.c.updated_at.desc(), conversations.c.id)
            .limit(limit)
        )
        with self._reading() as connection:
            return [
                Conversation(row.id, row.title, row.created_at, row.updated_at, row.turns, row.owner)
                for row in connection.execute(query)
            ]

    def load_conversation(self, owner: str, conversation: str) -> list[SavedTurn]:
        """Return a conversation's turns, oldest first.

        Raises:
            InputError: the owner has no such conversation.
        """
        query = (
            select(turns.c.question_id, turns.c.answer, feedback.c.thumb, feedback.c.comment)
            .outerjoin(feedback, feedback.c.question_id == turns.c.question_id)
            .where(turns.c.conversation_id == conversation)
            .order_by(turns.c.position)
        )
        with self._reading() as connection:
            self._check_owner(connection, owner, conversation)
            rows = connection.execute(query).all()
        saved: list[SavedTurn] = []
        for row in rows:
            answer = read_answer(row.question_id, row.answer)
            if answer is not None:
                saved.append(SavedTurn(answer, Feedback(row.thumb, row.comment) if row.thumb else None))
        return saved

    def turns(self, conversation: str) -> list[Turn]:
        """Return the answered questions that follow-ups build on, oldest first; for `Sessions(restore=...)`.

        The caller has checked whose conversation it is. An unknown one has no turns.
        """
        query = (
            select(turns.c.question_id, turns.c.answer)
            .where(turns.c.conversation_id == conversation)
            .order_by(turns.c.position)
        )
        with self._reading() as connection:
            rows = connection.execute(query).all()
        answers = (read_answer(row.question_id, row.answer) for row in rows)
        return [
            Turn(question=answer.question, plan=answer.plan, sql=answer.sql)
            for answer in answers
            if answer is not None and (answer.plan or answer.sql) and answer.error is None
        ]

    def owns(self, owner: str, conversation: str) -> bool:
        """Whether a conversation is the owner's, or still nobody's."""
        query = select(conversations.c.owner).where(conversations.c.id == conversation)
        with self._reading() as connection:
            return connection.execute(query).scalar_one_or_none() in (None, owner)

    def rename(self, owner: str, conversation: str, title: str) -> None:
        """Give a conversation another title.

        Raises:
            InputError: the owner has no such conversation, or the title is empty.
        """
        if not title.strip():
            raise InputError("The title is empty.", hint="Give a few words.")
        with self._writing() as connection:
            self._check_owner(connection, owner, conversation)
            connection.execute(
                update(conversations).where(conversations.c.id == conversation).values(title=title_of(title))
            )

    def delete(self, owner: str, conversation: str) -> None:
        """Delete a conversation with all its turns and feedback.

        Raises:
            InputError: the owner has no such conversation.
        """
        with self._writing() as connection:
            self._check_owner(connection, owner, conversation)
            asked = select(turns.c.question_id).where(turns.c.conversation_id == conversation)
            connection.execute(delete(feedback).where(feedback.c.question_id.in_(asked)))
            connection.execute(delete(turns).where(turns.c.conversation_id == conversation))
            connection.execute(delete(conversations).where(conversations.c.id == conversation))

    def save_feedback(self, owner: str, question_id: str, thumb: Thumb, comment: str | None = None) -> None:
        """Save what the owner thinks of an answer; the latest opinion counts.

        Raises:
            InputError: the owner never asked this.
        """
        whose = (
            select(conversations.c.owner)
            .join(turns, turns.c.conversation_id == conversations.c.id)
            .where(turns.c.question_id == question_id)
        )
        with self._writing() as connection:
            if connection.execute(whose).scalar_one_or_none() != owner:
                raise InputError(
                    f"There is no answer {question_id!r} to comment on.", hint="Reload the conversation."
                )
            connection.execute(delete(feedback).where(feedback.c.question_id == question_id))
            connection.execute(
                insert(feedback).values(
                    question_id=question_id,
                    thumb=thumb,
                    comment=storable(comment) if comment else None,
                    given_at=self._clock(),
                )
            )

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _save(self, connection: Connection, owner: str, conversation: str, answer: Answer) -> None:
        now = self._clock()
        query = select(conversations.c.owner).where(conversations.c.id == conversation).with_for_update()
        known = connection.execute(query).scalar_one_or_none()
        if known is None:
            connection.execute(
                insert(conversations).values(
                    id=conversation,
                    owner=owner,
                    title=title_of(answer.question),
                    created_at=now,
                    updated_at=now,
                )
            )
        elif known != owner:
            raise _unknown(conversation)
        last = select(func.max(turns.c.position)).where(turns.c.conversation_id == conversation)
        position = (connection.execute(last).scalar_one_or_none() or 0) + 1
        connection.execute(
            insert(turns).values(
                question_id=answer.question_id,
                conversation_id=conversation,
                position=position,
                question=storable(answer.question),
                answer=shortened(answer).model_dump_json(),
                asked_at=answer.asked_at,
            )
        )
        connection.execute(
            update(conversations).where(conversations.c.id == conversation).values(updated_at=now)
        )

    def _check_owner(self, connection: Connection, owner: str, conversation: str) -> None:
        query = select(conversations.c.owner).where(conversations.c.id == conversation)
        if connection.execute(query).scalar_one_or_none() != owner:
            raise _unknown(conversation)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _told(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with _told(), self._engine.begin() as connection:
            yield connection


@contextmanager
def _told() -> Iterator[None]:
    """Turn a database's errors into ours."""
    try:
        yield
    except DatabaseError as error:
        raise HistoryUnavailable(
            f"The history is not available: {str(error.orig).strip().splitlines()[0]}.",
            hint="Answers go on without it; check the database of `database_url`.",
        ) from error


def _unknown(conversation: str) -> InputError:
    return InputError(f"There is no conversation {conversation!r}.", hint="Start a new one.")
