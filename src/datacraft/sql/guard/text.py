"""The text of a statement, before it is parsed: size, characters, comments, nesting, first word."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot.dialects.dialect import Dialect
from sqlglot.tokenizer_core import Token, TokenType

from datacraft.contracts.errors import UnsafeQuery
from datacraft.sql.guard.limits import GuardLimits

# Control characters apart from tab and line ends; marks that reorder or hide text; broken surrogates.
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
# The database never sees a comment. One that holds a statement's end, another comment or a hint is refused
# all the same: nobody who means well writes it, and whoever reads the log should see it.
_COMMENT_TRICK = re.compile(r"[;]|--|/\*|\*/|^\s*[!+]")

_OPENING = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE})
_CLOSING = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END})
_PREFIXES = frozenset({"-", "+", "~", "!", "@", "NOT", "INTERVAL", "DISTINCT", "ALL", "EXISTS"})
_MAX_PREFIXES = 8
_MAX_BRACKETS = 200
_STARTS = frozenset({TokenType.SELECT, TokenType.WITH, TokenType.FROM, TokenType.TABLE, TokenType.L_PAREN})


def tokens_of(sql: str, dialect: Dialect, limits: GuardLimits) -> list[Token]:
    """Return the tokens of `sql`, without semicolons at its end.

    Raises:
        UnsafeQuery: it is empty, too long, too deep, holds hidden characters or comment tricks, is more
            than one statement, or doesn't begin as a SELECT.
    """
    if len(sql) > limits.characters:
        raise UnsafeQuery(
            f"The SQL has {len(sql):,} characters; at most {limits.characters:,} are allowed.",
            hint="Ask for less at once.",
        )
    hidden = _HIDDEN.search(sql)
    if hidden:
        raise UnsafeQuery(
            f"The SQL holds a hidden character (U+{ord(hidden[0]):04X}) {_place(sql, hidden.start())}.",
            hint="Type the statement anew without control or direction marks.",
        )
    try:
        tokens = list(dialect.tokenize(sql))
    except Exception as error:  # odd text breaks the tokenizer in any way; that is a refusal
        raise UnsafeQuery(
            f"The SQL can't be read: {_first_line(error)}.", hint="Close every quote and comment."
        ) from error
    while tokens and tokens[-1].token_type == TokenType.SEMICOLON:
        _check_comments(tokens.pop())
    if not tokens:
        raise UnsafeQuery("There is no SQL statement.", hint="Write one SELECT.")
    _check_first(tokens[0])
    _check_tokens(tokens, limits)
    return tokens


def _check_first(token: Token) -> None:
    if token.token_type not in _STARTS:
        raise UnsafeQuery(
            f"Only one SELECT is allowed; the statement begins with {token.text[:40]!r}.",
            hint="Data can be read here, never changed, and settings can't be touched.",
        )


def _check_tokens(tokens: Sequence[Token], limits: GuardLimits) -> None:
    nesting = prefixes = joins = selects = brackets = 0
    for token in tokens:
        kind = token.token_type
        if kind in _OPENING:
            nesting += 1
        elif kind in _CLOSING:
            nesting -= 1
        elif kind == TokenType.SEMICOLON:
            raise UnsafeQuery(
                f"More than one statement: a semicolon {place(token)}.", hint="Send one SELECT alone."
            )
        elif kind == TokenType.JOIN:
            joins += 1
        elif kind == TokenType.SELECT:
            selects += 1
        prefixes = prefixes + 1 if token.text.upper() in _PREFIXES else 0
        if nesting > limits.nesting or prefixes > _MAX_PREFIXES:
            raise UnsafeQuery(f"The SQL is nested too deeply {place(token)}.", hint="Use fewer levels.")
        brackets += kind == TokenType.L_BRACKET
        if brackets > _MAX_BRACKETS:  # the parser takes quadratic time on x[1][1][1]...
            raise UnsafeQuery(f"The SQL has more than {_MAX_BRACKETS} lists and indexes.", hint="Use fewer.")
        if joins > limits.joins or selects > limits.queries:
            raise UnsafeQuery(
                f"The SQL has more than {limits.joins} joins or {limits.queries} SELECTs.",
                hint="Split it into smaller questions.",
            )
        _check_comments(token)


def _check_comments(token: Token) -> None:
    for comment in token.comments:
        if _COMMENT_TRICK.search(comment):
            raise UnsafeQuery(
                f"A comment near {place(token)[3:]} hides SQL or a hint.", hint="Leave the comment out."
            )


def place(token: Token) -> str:
    """Return where a token begins, for a message: `at line 2, column 7`."""
    return f"at line {token.line}, column {max(1, token.col - (token.end - token.start))}"


def _place(sql: str, index: int) -> str:
    line = sql.count("\n", 0, index) + 1
    return f"at line {line}, column {index - (sql.rfind(chr(10), 0, index) + 1) + 1}"


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)[:200]
