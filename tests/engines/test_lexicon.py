"""The English of the semantic engine: what words mean, that the files agree, that loading is quick."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from datacraft.contracts.errors import ConfigError
from datacraft.engines.semantic.lexicon import (
    OperatorKind,
    lemma,
    lemma_phrase,
    load_lexicon,
    loader,
    verb_lemma,
)
from datacraft.engines.semantic.lexicon.compiler import compile_lexicon, dumps
from datacraft.engines.semantic.lexicon.inflection import compare, conjugate
from datacraft.engines.semantic.lexicon.source import read_source

CASES = yaml.safe_load(Path(__file__).with_name("test_lexicon_cases.yaml").read_text(encoding="utf-8"))
LEXICON = load_lexicon()


def pairs(name: str) -> list[tuple[str, object]]:
    return [(str(word), expected) for word, expected in CASES[name].items()]


def test_the_compiled_file_says_what_the_yaml_files_say() -> None:
    assert loader.COMPILED.read_text(encoding="utf-8") == dumps(compile_lexicon()), (
        "run `python -m datacraft.engines.semantic.lexicon`"
    )


@pytest.mark.parametrize(("word", "expected"), pairs("nouns"))
def test_a_noun_has_its_lemma(word: str, expected: str) -> None:
    assert lemma(word) == str(expected)


@pytest.mark.parametrize(("word", "expected"), pairs("verbs"))
def test_a_verb_form_has_its_base(word: str, expected: str) -> None:
    spelling = {"enrol": "enroll"}
    assert spelling.get(verb_lemma(word), verb_lemma(word)) == expected


@pytest.mark.parametrize(("phrase", "expected"), pairs("adjectives"))
def test_an_adjective_measures_its_attribute(phrase: str, expected: list[str]) -> None:
    base, form, noun, direction = expected
    sense = LEXICON.adjective(phrase)
    assert sense is not None
    assert (sense.base, sense.form, sense.direction(noun)) == (base, form, direction)


@pytest.mark.parametrize(("phrase", "expected"), pairs("verb_senses"))
def test_a_verb_implies_its_nouns(phrase: str, expected: list[str]) -> None:
    base, noun = expected
    sense = LEXICON.verb(phrase)
    assert sense is not None
    assert sense.base == base
    assert noun in sense.nouns


@pytest.mark.parametrize(("phrase", "expected"), pairs("operators"))
def test_an_operator_phrase_has_its_sense(phrase: str, expected: list[str]) -> None:
    assert tuple(expected) in {(sense.kind.value, sense.value) for sense in LEXICON.operator(phrase)}


@pytest.mark.parametrize(("phrase", "expected"), pairs("synonyms"))
def test_a_noun_has_its_synonym_both_ways(phrase: str, expected: str) -> None:
    assert LEXICON.synonyms(phrase)[expected] >= 0.6
    assert lemma_phrase(phrase) in LEXICON.synonyms(expected)


@pytest.mark.parametrize(("value", "expected"), pairs("equivalents"))
def test_a_value_has_its_equivalent(value: str, expected: str) -> None:
    assert expected in LEXICON.equivalents(value)


def test_every_noun_is_written_in_a_form_that_the_lemma_keeps() -> None:
    unstable = {phrase for phrase in LEXICON._synonyms if lemma_phrase(phrase) != phrase}
    assert not unstable


def test_synonyms_are_symmetric_and_never_the_word_itself() -> None:
    for phrase in LEXICON._synonyms:
        others = LEXICON.synonyms(phrase)
        assert phrase not in others
        for other, strength in others.items():
            assert 0 < strength <= 1
            assert LEXICON.synonyms(other)[phrase] == strength


def test_narrower_and_broader_are_inverse() -> None:
    assert "patient" in LEXICON.narrower("people")
    assert "person" in LEXICON.broader("patients")
    for broad, kinds in LEXICON._narrower.items():
        assert all(broad in LEXICON.broader(kind) for kind in kinds)


def test_only_listed_phrases_have_two_operator_senses() -> None:
    listed = set(read_source(loader.COMPILED.with_name("operators.yaml")).phrases("ambiguous"))
    found = {" ".join(tokens) for tokens, senses in LEXICON.operator_phrases().items() if len(senses) > 1}
    assert found == listed


def test_less_and_least_turn_an_adjective_round() -> None:
    most, least = LEXICON.adjective("most profitable"), LEXICON.adjective("least profitable")
    assert most is not None
    assert least is not None
    assert most.direction("profit") == "up"
    assert least.direction("profit") == "down"
    assert LEXICON.adjective("most frobnicable") is None


def test_a_generic_superlative_has_a_direction_on_any_number() -> None:
    highest = LEXICON.adjective("highest")
    assert highest is not None
    assert highest.direction("number of sunspots") == "up"
    longest = LEXICON.adjective("longest")
    assert longest is not None
    assert longest.direction("number of sunspots") is None


def test_words_that_may_name_data_are_no_stop_words() -> None:
    assert all(
        LEXICON.is_stop(word) for word in ("please", "the", "of", "their", "which", "show me", "and", "in")
    )
    assert not any(
        LEXICON.is_stop(word) for word in ("state", "name", "us", "may", "price", "how many", "not")
    )


def test_codes_that_are_ordinary_words_are_given_but_not_looked_up() -> None:
    assert LEXICON.equivalents("in") == []
    assert LEXICON.equivalents("or") == []
    assert "in" in LEXICON.equivalents("Indiana")
    assert "or" in LEXICON.equivalents("Oregon")


def test_opposites_go_both_ways() -> None:
    assert "closed" in LEXICON.opposite("open")
    for word, others in LEXICON._opposites.items():
        assert all(word in LEXICON.opposite(other) for other in others)


def test_time_words_cover_the_calendar() -> None:
    words = LEXICON.time
    assert set(words.months.values()) == set(range(1, 13))
    assert set(words.weekdays.values()) == set(range(1, 8))
    assert set(words.quarters.values()) == {1, 2, 3, 4}
    assert words.seasons["winter"] == (12, 1, 2)
    assert words.day_sets["weekend"] == (6, 7)
    assert words.grains["monthly"] == "month"
    assert words.parts["day of the week"] == "weekday_name"
    assert words.relatives["last"] == -1
    assert words.anchors["yesterday"] == ("day", -1)
    assert words.to_date["ytd"] == "year"
    assert words.number_words["twelve"] == 12
    assert words.multipliers["million"] == 1e6
    assert words.ordinals["3rd"] == 3
    assert "may" in words.ambiguous


def test_time_words_name_units_and_parts_that_plans_have() -> None:
    from datacraft.contracts.plan import DatePart, TimeUnit

    units, parts = {unit.value for unit in TimeUnit}, {part.value for part in DatePart}
    words = LEXICON.time
    assert set(words.units.values()) | set(words.grains.values()) | set(words.to_date.values()) <= units
    assert {unit for unit, _ in words.anchors.values()} <= units
    assert set(words.parts.values()) <= parts


def test_every_operator_kind_is_used() -> None:
    used = {sense.kind for senses in LEXICON.operator_phrases().values() for sense in senses}
    assert used == set(OperatorKind)


def test_the_lexicon_is_broad() -> None:
    assert len(LEXICON._synonyms) > 3000
    assert len({sense.base for sense in LEXICON._verbs.values()}) > 600
    assert len({adjective.base for adjective in LEXICON._adjectives.values()}) > 200


def test_an_upper_case_phrase_is_an_error_that_names_the_place(tmp_path: Path) -> None:
    file = tmp_path / "operators.yaml"
    file.write_text("share:\n  share: Percentage of\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"operators.yaml: share: share: `Percentage of` has upper-case"):
        read_source(file).section("share").phrases("share")


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nouns.yaml"):
        compile_lexicon(tmp_path)


@pytest.mark.parametrize(
    ("verb", "past", "ing", "third"),
    [
        ("ship", "shipped", "shipping", "ships"),
        ("visit", "visited", "visiting", "visits"),
        ("carry", "carried", "carrying", "carries"),
        ("tie", "tied", "tying", "ties"),
        ("agree", "agreed", "agreeing", "agrees"),
        ("pass", "passed", "passing", "passes"),
        ("play", "played", "playing", "plays"),
        ("sign up", "signed up", "signing up", "signs up"),
    ],
)
def test_regular_verbs_are_inflected(verb: str, past: str, ing: str, third: str) -> None:
    forms = conjugate(verb)
    assert (forms.past, forms.ing, forms.third) == (past, ing, third)


@pytest.mark.parametrize(
    ("adjective", "expected"),
    [
        ("big", ("bigger", "biggest")),
        ("large", ("larger", "largest")),
        ("heavy", ("heavier", "heaviest")),
        ("slow", ("slower", "slowest")),
        ("cheap", ("cheaper", "cheapest")),
        ("narrow", ("narrower", "narrowest")),
        ("simple", ("simpler", "simplest")),
        ("expensive", None),
        ("recent", None),
    ],
)
def test_regular_adjectives_are_compared(adjective: str, expected: tuple[str, str] | None) -> None:
    assert compare(adjective) == expected


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=20))
def test_lemmas_never_fail_on_any_text(text: str) -> None:
    assert isinstance(lemma(text), str)
    assert isinstance(verb_lemma(text), str)
    LEXICON.synonyms(text)
    LEXICON.adjective(text)


def test_a_new_process_reads_the_compiled_lexicon_and_no_yaml() -> None:
    code = (
        "import sys, datacraft.engines.semantic.lexicon as lexicon\n"
        "lexicon.load_lexicon(); print('yaml' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert shown.strip() == "False"


def test_loading_again_is_free() -> None:
    assert load_lexicon() is LEXICON
