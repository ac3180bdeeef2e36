"""SQL as telemetry keeps it: by its tokens, which takes a tenth of the time of parsing it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import Token, TokenType

_LITERALS = {
    TokenType.STRING,
    TokenType.NUMBER,
    TokenType.RAW_STRING,
    TokenType.BYTE_STRING,
    TokenType.HEX_STRING,
    TokenType.BIT_STRING,
    TokenType.NATIONAL_STRING,
    TokenType.UNICODE_STRING,
    TokenType.HEREDOC_STRING,
}
_NAMES = {TokenType.VAR, TokenType.IDENTIFIER}


def read_tokens(sql: str, dialect: str) -> Sequence[Token] | None:
    """Return the tokens of a statement; None where it can't be read."""
    try:
        return Dialect.get_or_raise(dialect).tokenize(sql)
    except TokenError:
        return None


def masked(sql: str, tokens: Sequence[Token]) -> str:
    """Return `sql` with every literal replaced by `?`."""
    pieces: list[str] = []
    position = 0
    for token in tokens:
        if token.token_type in _LITERALS:
            pieces += [sql[position : token.start], "?"]
            position = token.end + 1
    return "".join([*pieces, sql[position:]])


def tables_read(tokens: Sequence[Token]) -> tuple[str, ...]:
    """Return the tables that a SELECT reads, without their schemas, in the order of the alphabet."""
    named_here = {
        one.text.casefold()
        for one, alias, opened in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if one.token_type in _NAMES and alias.token_type is TokenType.ALIAS
        if opened.token_type is TokenType.L_PAREN
    }
    found: set[str] = set()
    selects = [
        False
    ]  # for each open parenthesis, whether it holds a SELECT: EXTRACT(YEAR FROM x) names no table
    for place, token in enumerate(tokens):
        kind = token.token_type
        if kind is TokenType.L_PAREN:
            selects.append(False)
        elif kind is TokenType.R_PAREN and len(selects) > 1:
            selects.pop()
        elif kind is TokenType.SELECT:
            selects[-1] = True
        elif (kind is TokenType.FROM and selects[-1]) or kind is TokenType.JOIN:
            if place and tokens[place - 1].token_type is TokenType.DISTINCT:  # IS DISTINCT FROM
                continue
            name = _name_at(tokens, place + 1)
            if name is not None and name.casefold() not in named_here:
                found.add(name)
    return tuple(sorted(found))


def _name_at(tokens: Sequence[Token], place: int) -> str | None:
    """Return the last part of the dotted name that stands at a place."""
    name = None
    while place < len(tokens) and tokens[place].token_type in _NAMES:
        name = tokens[place].text
        if place + 1 >= len(tokens) or tokens[place + 1].token_type is not TokenType.DOT:
            break
        place += 2
    return name.rsplit(".", 1)[-1] if name else None  # BigQuery quotes `project.data.table` as one name
