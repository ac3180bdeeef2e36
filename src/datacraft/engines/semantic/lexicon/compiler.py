"""The YAML files into `compiled.json`: phrases split, words inflected, indexes made, mistakes named.

Only a person who edits the lexicon, and the test that compares the two, run this; the engine reads the result.
In the YAML files a list of phrases is one string with commas between them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

import yaml

from datacraft.contracts.errors import ConfigError
from datacraft.engines.semantic.lexicon.inflection import compare, conjugate
from datacraft.engines.semantic.lexicon.loader import (
    COMPILED,
    Compiled,
    CompiledNouns,
    CompiledTime,
    noun_rules,
)
from datacraft.engines.semantic.lexicon.model import AdjectiveForm, Direction, OperatorKind
from datacraft.engines.semantic.lexicon.nouns import NounRules

Node = str | list["Node"] | dict[str, "Node"]

STRENGTHS = {"same": 1.0, "near": 0.8, "loose": 0.6}


def write_compiled(path: Path = COMPILED) -> None:
    """Compile the YAML files and write the result to `path`."""
    path.write_text(dumps(compile_lexicon()), encoding="utf-8")


def dumps(compiled: Compiled) -> str:
    """Return the text of `compiled.json`: one line per section, so that a change shows where it is."""
    sections = (f"{json.dumps(name)}:{_json(value)}" for name, value in compiled.items())
    return "{\n" + ",\n".join(sections) + "\n}\n"


def compile_lexicon(folder: Path = COMPILED.parent) -> Compiled:
    """Return the compiled form of the YAML files in `folder`.

    Raises:
        ConfigError: a file is missing, is no YAML, or holds something that doesn't belong there.
    """
    nouns = _nouns(_read(folder / "nouns.yaml"))
    rules = noun_rules(nouns)
    synonyms = _read(folder / "synonyms.yaml")
    groups = _synonym_groups(synonyms, rules)
    narrower = _narrower(_section(synonyms, "narrower", "synonyms.yaml"), rules)
    bases, forms = _adjectives(_read(folder / "adjectives.yaml"))
    verb_nouns, verb_forms = _verbs(_read(folder / "verbs.yaml"))
    equivalents = _read(folder / "equivalents.yaml")
    equivalent_groups = _equivalent_groups(equivalents)
    return {
        "nouns": nouns,
        "synonym_groups": groups,
        "synonym_index": _index(members for _, members in groups),
        "narrower": narrower,
        "broader": _inverse(narrower),
        "adjective_bases": bases,
        "adjective_forms": forms,
        "verb_nouns": verb_nouns,
        "verb_forms": verb_forms,
        "operators": _operators(_read(folder / "operators.yaml")),
        "time": _time(_read(folder / "time.yaml")),
        "equivalent_groups": equivalent_groups,
        "equivalent_index": _index(equivalent_groups),
        "opposites": _opposites(equivalents),
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _read(path: Path) -> dict[str, Node]:
    """Return a YAML file with every scalar as text: "no" and "on" are words here, not booleans."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"The lexicon file {path} can't be read: {error}", hint="Mend the file.") from error
    if not isinstance(content, dict):
        raise ConfigError(
            f"The lexicon file {path} holds no mapping.", hint="Start it with `name: ...` lines."
        )
    return content


def _section(node: Node, key: str, file: str) -> dict[str, Node]:
    found = node.get(key) if isinstance(node, dict) else None
    if not isinstance(found, dict):
        raise ConfigError(
            f"{file}: `{key}` is not a mapping.", hint=f"Write `{key}:` with `name: words` lines under it."
        )
    return found


def _phrases(node: Node, where: str) -> list[str]:
    """Return the phrases of a comma-separated string, checked: lower case, single blanks, no repeats."""
    if not isinstance(node, str):
        raise ConfigError(f"{where}: expected words with commas between them.", hint="Write `a, b c, d`.")
    phrases = [" ".join(part.split()) for part in node.split(",") if part.strip()]
    for phrase in phrases:
        if phrase != phrase.lower():
            raise ConfigError(f"{where}: `{phrase}` has upper-case letters.", hint="Write it in lower case.")
    repeated = sorted({phrase for phrase in phrases if phrases.count(phrase) > 1})
    if repeated:
        raise ConfigError(f"{where}: repeated {', '.join(repeated)}.", hint="Keep one of each.")
    return phrases


def _index(groups: Iterable[Iterable[str]]) -> dict[str, list[int]]:
    index: dict[str, list[int]] = {}
    for number, members in enumerate(groups):
        for member in members:
            index.setdefault(member, []).append(number)
    return index


def _inverse(mapping: Mapping[str, list[str]]) -> dict[str, list[str]]:
    inverse: dict[str, list[str]] = {}
    for key, values in mapping.items():
        for value in values:
            inverse.setdefault(value, []).append(key)
    return inverse


def _nouns(content: dict[str, Node]) -> CompiledNouns:
    irregular = _section(content, "irregular_plurals", "nouns.yaml")
    return {
        "irregular": {plural: str(singular) for plural, singular in irregular.items()},
        "uninflected": sorted(set(str(content["uninflected"]).split())),
        "silent_e": sorted(set(str(content["silent_e"]).split())),
    }


def _lemmas(phrases: list[str], rules: NounRules) -> list[str]:
    return list(
        dict.fromkeys(" ".join(rules.singular(word) for word in phrase.split()) for phrase in phrases)
    )


def _synonym_groups(content: dict[str, Node], rules: NounRules) -> list[tuple[float, list[str]]]:
    groups: list[tuple[float, list[str]]] = []
    for domain in content:
        if domain == "narrower":
            continue
        for name, entries in _section(content, domain, "synonyms.yaml").items():
            where = f"synonyms.yaml: {domain}.{name}"
            if name not in STRENGTHS or not isinstance(entries, list):
                raise ConfigError(f"{where} is unknown.", hint=f"Use lists under {', '.join(STRENGTHS)}.")
            for entry in entries:
                members = _lemmas(_phrases(entry, where), rules)
                if len(members) < 2:
                    raise ConfigError(
                        f"{where}: `{entry}` is a group of one.", hint="Add a synonym or drop it."
                    )
                groups.append((STRENGTHS[name], members))
    return groups


def _narrower(section: dict[str, Node], rules: NounRules) -> dict[str, list[str]]:
    return {
        _lemmas([broad], rules)[0]: _lemmas(_phrases(kinds, f"synonyms.yaml: narrower.{broad}"), rules)
        for broad, kinds in section.items()
    }


AdjectiveBases = dict[str, tuple[list[tuple[str, Direction]], Direction | None]]
AdjectiveForms = dict[str, tuple[str, AdjectiveForm, bool]]


def _adjectives(content: dict[str, Node]) -> tuple[AdjectiveBases, AdjectiveForms]:
    bases: AdjectiveBases = {}
    forms: AdjectiveForms = {}
    explicit: AdjectiveForms = {}
    for base in content:
        entry = _section(content, base, "adjectives.yaml")
        where = f"adjectives.yaml: {base}"
        unknown = set(entry) - {"up", "down", "any", "comparative", "superlative", "also"}
        if unknown:
            raise ConfigError(
                f"{where}: unknown {', '.join(sorted(unknown))}.", hint="Use up, down, any or forms."
            )
        attributes: list[tuple[str, Direction]] = [
            (noun, cast(Direction, way))
            for way in entry
            if way in ("up", "down")
            for noun in _phrases(entry[way], where)
        ]
        bases[base] = (attributes, cast(Direction, entry["any"]) if "any" in entry else None)
        for form in ("base", "comparative", "superlative"):
            for phrase in _phrases(entry.get(form, ""), where):
                explicit[phrase] = (base, cast(AdjectiveForm, form), False)
        for phrase in _phrases(entry.get("also", ""), where):
            explicit[phrase] = (base, "base", False)
        forms |= _graded(base, has_explicit="superlative" in entry)
    return bases, forms | explicit


def _graded(base: str, *, has_explicit: bool) -> AdjectiveForms:
    graded: AdjectiveForms = {
        base: (base, "base", False),
        f"more {base}": (base, "comparative", False),
        f"most {base}": (base, "superlative", False),
        f"less {base}": (base, "comparative", True),
        f"least {base}": (base, "superlative", True),
    }
    one_word = None if has_explicit else compare(base)
    if one_word:
        graded[one_word[0]] = (base, "comparative", False)
        graded[one_word[1]] = (base, "superlative", False)
    return graded


def _verbs(content: dict[str, Node]) -> tuple[dict[str, list[str]], dict[str, str]]:
    irregular = _section(content, "irregular", "verbs.yaml")
    doubled = set(str(content["doubled"]).split())
    nouns: dict[str, list[str]] = {}
    forms: dict[str, str] = {}
    for domain in content:
        if domain in ("irregular", "doubled", "phrases"):
            continue
        for verb, implied in _section(content, domain, "verbs.yaml").items():
            if verb in nouns:
                raise ConfigError(f"verbs.yaml: `{verb}` stands there twice.", hint="Merge the two lines.")
            nouns[verb] = _phrases(implied, f"verbs.yaml: {domain}.{verb}")
    bases = set(nouns)
    for verb in nouns:
        head = verb.split()[0]
        parts = str(irregular.get(head, "")).split()
        past, participle = (parts[0], parts[-1]) if parts else (None, None)
        for form in conjugate(verb, past=past, participle=participle, double=head in doubled).all():
            if form == verb or form not in bases:
                forms.setdefault(form, verb)
    for phrase, implied in _section(content, "phrases", "verbs.yaml").items():
        nouns[phrase] = _phrases(implied, f"verbs.yaml: phrases.{phrase}")
        forms[phrase] = phrase
    return nouns, forms


def _operators(content: dict[str, Node]) -> dict[str, list[tuple[str, str]]]:
    senses: dict[str, list[tuple[str, str]]] = {}
    kinds = {kind.value for kind in OperatorKind}
    for kind in content:
        if kind == "ambiguous":
            continue
        if kind not in kinds:
            raise ConfigError(
                f"operators.yaml: `{kind}` is no operator kind.", hint=f"Use one of {sorted(kinds)}."
            )
        for value, node in _section(content, kind, "operators.yaml").items():
            for written in _phrases(node, f"operators.yaml: {kind}.{value}"):
                for phrase in _spellings(written):
                    pairs = senses.setdefault(phrase, [])
                    if (kind, value) not in pairs:
                        pairs.append((kind, value))
    return senses


def _spellings(phrase: str) -> list[str]:
    """Return a phrase as written, with its hyphens as blanks, and its "n't" and "'s" without apostrophe."""
    spellings = [phrase]
    if "-" in phrase.strip("-"):
        spellings.append(" ".join(phrase.replace("-", " ").split()))
    if "n't" in phrase or "'s" in phrase:
        spellings.append(phrase.replace("'", ""))
    return spellings


def _inverted(content: dict[str, Node], name: str) -> dict[str, str]:
    """Return phrase -> key of a section that lists the phrases under each key."""
    section = _section(content, name, "time.yaml")
    return {
        spelling: key
        for key, node in section.items()
        for phrase in _phrases(node, f"time.yaml: {name}.{key}")
        for spelling in _spellings(phrase)
    }


def _integers(content: dict[str, Node], name: str) -> dict[str, int]:
    return {phrase: int(key) for phrase, key in _inverted(content, name).items()}


def _numbers(content: dict[str, Node], name: str) -> dict[str, float]:
    return {phrase: float(key) for phrase, key in _inverted(content, name).items()}


def _time(content: dict[str, Node]) -> CompiledTime:
    anchors: dict[str, tuple[str, int]] = {}
    for phrase, key in _inverted(content, "anchors").items():
        unit, _, offset = key.partition(" ")
        anchors[phrase] = (unit, int(offset))
    return {
        "months": _integers(content, "months"),
        "weekdays": _integers(content, "weekdays"),
        "quarters": _integers(content, "quarters"),
        "seasons": {
            phrase: [int(month) for month in key.split()]
            for phrase, key in _inverted(content, "seasons").items()
        },
        "halves": _integers(content, "halves"),
        "units": _inverted(content, "units"),
        "grains": _inverted(content, "grains"),
        "parts": _inverted(content, "parts"),
        "relatives": _integers(content, "relatives"),
        "anchors": anchors,
        "to_date": _inverted(content, "to_date"),
        "number_words": _numbers(content, "number_words"),
        "multipliers": _numbers(content, "multipliers"),
        "ordinals": _integers(content, "ordinals"),
        "ambiguous": _phrases(content["ambiguous"], "time.yaml: ambiguous"),
    }


def _equivalent_groups(content: dict[str, Node]) -> list[list[str]]:
    groups: list[list[str]] = []
    for name, entries in content.items():
        if name == "opposites":
            continue
        if not isinstance(entries, list):
            raise ConfigError(
                f"equivalents.yaml: `{name}` is no list.", hint="Write `- a, b` lines under it."
            )
        groups += [_phrases(entry, f"equivalents.yaml: {name}") for entry in entries]
    return groups


def _opposites(content: dict[str, Node]) -> dict[str, list[str]]:
    """Return word -> words of the other side, from lines like `open / closed, shut`."""
    entries = content["opposites"]
    opposites: dict[str, list[str]] = {}
    for entry in entries if isinstance(entries, list) else []:
        sides = [_phrases(side, "equivalents.yaml: opposites") for side in str(entry).split("/")]
        if len(sides) != 2:
            raise ConfigError(
                f"equivalents.yaml: `{entry}` has not two sides.", hint="Write `open / closed, shut`."
            )
        for words, others in (sides, sides[::-1]):
            for word in words:
                known = opposites.setdefault(word, [])
                known += [other for other in others if other not in known]
    return opposites
