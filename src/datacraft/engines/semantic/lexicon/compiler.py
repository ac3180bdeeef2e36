"""The YAML files into `compiled.json`: phrases split and checked, words inflected, nouns reduced to lemmas.

Only a person who edits the lexicon, and the test that compares the two, run this; the engine reads the result.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from datacraft.engines.semantic.lexicon.inflection import compare, conjugate
from datacraft.engines.semantic.lexicon.loader import (
    COMPILED,
    SEPARATOR,
    Compiled,
    CompiledAdjective,
    CompiledNouns,
    CompiledTime,
    Phrases,
    noun_rules,
)
from datacraft.engines.semantic.lexicon.model import OperatorKind
from datacraft.engines.semantic.lexicon.nouns import NounRules
from datacraft.engines.semantic.lexicon.source import Section, read_source

STRENGTHS = {"same": "1.0", "near": "0.8", "loose": "0.6"}
_ADJECTIVE_KEYS = frozenset({"up", "down", "any", "bare", "also", "comparative", "superlative"})


def write_compiled(path: Path = COMPILED) -> None:
    """Compile the YAML files and write the result to `path`."""
    path.write_text(dumps(compile_lexicon()), encoding="utf-8")


def dumps(compiled: Compiled) -> str:
    """Return the text of `compiled.json`, an entry a line, so that a change shows where it is."""
    return json.dumps(compiled, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n"


def compile_lexicon(folder: Path = COMPILED.parent) -> Compiled:
    """Return the compiled form of the YAML files in `folder`.

    Raises:
        ConfigError: a file is missing, is no YAML, or holds something that doesn't belong there.
    """
    nouns = _nouns(read_source(folder / "nouns.yaml"))
    rules = noun_rules(nouns)
    synonyms = read_source(folder / "synonyms.yaml")
    verbs = read_source(folder / "verbs.yaml")
    operators = read_source(folder / "operators.yaml")
    equivalents = read_source(folder / "equivalents.yaml")
    return {
        "nouns": nouns,
        "synonyms": _synonyms(synonyms, rules),
        "narrower": _narrower(synonyms.section("narrower"), rules),
        "adjectives": {
            base: _adjective(base, entry, rules)
            for base, entry in read_source(folder / "adjectives.yaml").sections()
        },
        "verbs": _verbs(verbs, rules),
        "verb_phrases": _verb_phrases(verbs.section("phrases"), rules),
        "verb_lemmas": _verb_lemmas(verbs),
        "operators": _operators(operators),
        "content_words": _joined(operators.phrases("content")),
        "time": _time(read_source(folder / "time.yaml")),
        "equivalents": [
            _joined(group)
            for name in equivalents.content
            if name not in ("opposites", "ordinary_words")
            for group in equivalents.groups(name)
        ],
        "ordinary_words": _joined(equivalents.phrases("ordinary_words")),
        "opposites": _opposites(equivalents),
    }


def _joined(phrases: Iterable[str]) -> Phrases:
    return SEPARATOR.join(dict.fromkeys(phrases))


def _lemma(phrase: str, rules: NounRules) -> str:
    return " ".join(rules.singular(word) for word in phrase.split())


def _lemmas(phrases: Iterable[str], rules: NounRules) -> list[str]:
    return list(dict.fromkeys(_lemma(phrase, rules) for phrase in phrases))


def _nouns(source: Section) -> CompiledNouns:
    irregular = source.section("irregular_plurals")
    return {
        "irregular": {plural: irregular.text(plural) for plural in irregular.content},
        "uninflected": _joined(sorted(source.text("uninflected").split())),
        "silent_e": _joined(sorted(source.text("silent_e").split())),
    }


def _synonyms(source: Section, rules: NounRules) -> dict[str, list[Phrases]]:
    groups: dict[str, list[Phrases]] = {strength: [] for strength in STRENGTHS.values()}
    for _, domain in source.sections("narrower"):
        for name in domain.content:
            if name not in STRENGTHS:
                raise domain.error(name, "no strength of synonyms", f"Use one of {', '.join(STRENGTHS)}.")
            for group in domain.groups(name):
                members = _lemmas(group, rules)
                if len(members) < 2:
                    raise domain.error(
                        name, f"`{', '.join(group)}` is a group of one", "Add a word or drop it."
                    )
                groups[STRENGTHS[name]].append(_joined(members))
    return groups


def _narrower(source: Section, rules: NounRules) -> dict[str, Phrases]:
    return {_lemma(broad, rules): _joined(_lemmas(source.phrases(broad), rules)) for broad in source.content}


def _adjective(base: str, entry: Section, rules: NounRules) -> CompiledAdjective:
    unknown = entry.content.keys() - _ADJECTIVE_KEYS
    if unknown:
        raise entry.error(", ".join(sorted(unknown)), "unknown", f"Use {', '.join(sorted(_ADJECTIVE_KEYS))}.")
    signs = {"up": "+", "down": "-"}
    made = (
        compare(base) if "superlative" not in entry.content and "comparative" not in entry.content else None
    )
    words = [base, *entry.phrases("also")]
    return {
        "attributes": _joined(
            signs[way] + noun
            for way in entry.content
            if way in signs
            for noun in _lemmas(entry.phrases(way), rules)
        ),
        "generic": signs.get(entry.text("any"), ""),
        "words": _joined(words),
        "base": _joined(words[1:] if entry.text("bare") == "no" else words),
        "comparative": _joined([made[0]] if made else entry.phrases("comparative")),
        "superlative": _joined([made[1]] if made else entry.phrases("superlative")),
    }


_NO_VERBS = ("irregular", "doubled", "doubled_or_not", "phrases", "auxiliary")


def _verbs(source: Section, rules: NounRules) -> dict[str, tuple[Phrases, Phrases]]:
    """Return verb -> (nouns, forms); a form that is itself a verb of the file is left to that verb."""
    nouns: dict[str, list[str]] = {}
    for _, domain in source.sections(*_NO_VERBS):
        for verb in domain.content:
            if verb in nouns:
                raise domain.error(verb, "stands there twice", "Merge the two lines.")
            nouns[verb] = _lemmas(domain.phrases(verb), rules)
    return {
        verb: (
            _joined(implied),
            _joined(form for form in _forms(source, verb) if form == verb or form not in nouns),
        )
        for verb, implied in nouns.items()
    }


def _forms(source: Section, verb: str) -> tuple[str, ...]:
    head = verb.split()[0]
    parts = source.section("irregular").text(head).split()
    past, participle = (parts[0], parts[-1]) if parts else (None, None)
    either = head in source.text("doubled_or_not").split()
    double = either or head in source.text("doubled").split()
    forms = conjugate(verb, past=past, participle=participle, double=double).all()
    return forms + conjugate(verb).all() if either else forms


def _verb_phrases(source: Section, rules: NounRules) -> dict[str, Phrases]:
    return {phrase: _joined(_lemmas(source.phrases(phrase), rules)) for phrase in source.content}


def _verb_lemmas(source: Section) -> dict[str, str]:
    """Return form -> base of the auxiliaries and of irregular verbs, whether or not they imply nouns."""
    auxiliary = source.section("auxiliary")
    lemmas = {form: base for base in auxiliary.content for form in auxiliary.phrases(base)}
    listed = {verb for _, domain in source.sections(*_NO_VERBS) for verb in domain.content}
    for verb in source.section("irregular").content:
        if verb not in listed:
            for form in _forms(source, verb):
                lemmas.setdefault(form, verb)
    return lemmas


def _operators(source: Section) -> dict[str, Phrases]:
    kinds = {kind.value for kind in OperatorKind}
    found: dict[str, Phrases] = {}
    for kind, values in source.sections("ambiguous", "content"):
        if kind not in kinds:
            raise source.error(kind, "no operator kind", f"Use one of {', '.join(sorted(kinds))}.")
        for value in values.content:
            written = values.phrases(value)
            found[f"{kind} {value}"] = _joined(
                spelling for phrase in written for spelling in _spellings(phrase)
            )
    return found


def _spellings(phrase: str) -> list[str]:
    """Return a phrase as written, with its hyphens as blanks, and its "n't" and "'s" without apostrophe."""
    spellings = [phrase]
    if "-" in phrase.strip("-"):
        spellings.append(" ".join(phrase.replace("-", " ").split()))
    if "n't" in phrase or "'s" in phrase.lstrip("'"):
        spellings.append(phrase.replace("'", ""))
    return spellings


def _inverted(source: Section, name: str) -> dict[str, str]:
    """Return phrase -> key of a section that lists the phrases under each key."""
    section = source.section(name)
    return {
        spelling: key
        for key in section.content
        for phrase in section.phrases(key)
        for spelling in _spellings(phrase)
    }


def _integers(source: Section, name: str) -> dict[str, int]:
    return {phrase: int(key) for phrase, key in _inverted(source, name).items()}


def _numbers(source: Section, name: str) -> dict[str, float]:
    return {phrase: float(key) for phrase, key in _inverted(source, name).items()}


def _sets(source: Section, name: str) -> dict[str, list[int]]:
    return {
        phrase: [int(number) for number in key.split()] for phrase, key in _inverted(source, name).items()
    }


def _time(source: Section) -> CompiledTime:
    anchors: dict[str, tuple[str, int]] = {}
    for phrase, key in _inverted(source, "anchors").items():
        unit, _, offset = key.partition(" ")
        anchors[phrase] = (unit, int(offset))
    return {
        "months": _integers(source, "months"),
        "weekdays": _integers(source, "weekdays"),
        "day_sets": _sets(source, "day_sets"),
        "quarters": _integers(source, "quarters"),
        "seasons": _sets(source, "seasons"),
        "halves": _integers(source, "halves"),
        "units": _inverted(source, "units"),
        "grains": _inverted(source, "grains"),
        "parts": _inverted(source, "parts"),
        "relatives": _integers(source, "relatives"),
        "anchors": anchors,
        "to_date": _inverted(source, "to_date"),
        "number_words": _numbers(source, "number_words"),
        "multipliers": _numbers(source, "multipliers"),
        "ordinals": _integers(source, "ordinals"),
        "ambiguous": _joined(source.phrases("ambiguous")),
    }


def _opposites(source: Section) -> dict[str, Phrases]:
    """Return word -> words of the other side, from lines like `open / closed, shut`."""
    opposites: dict[str, list[str]] = {}
    for line in source.lines("opposites"):
        sides = [[" ".join(word.split()) for word in side.split(",")] for side in line.split("/")]
        if len(sides) != 2:
            raise source.error("opposites", f"`{line}` has not two sides", "Write `open / closed, shut`.")
        for words, others in (sides, sides[::-1]):
            for word in words:
                opposites.setdefault(word, []).extend(others)
    return {word: _joined(others) for word, others in opposites.items()}
