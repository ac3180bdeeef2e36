"""General English for the semantic engine: which words can name what, in any question about any database.

The knowledge lives in YAML files that a person reads and edits, one story each:

- `synonyms.yaml`: nouns that name the same thing, and nouns narrower than others;
- `adjectives.yaml`: what "long", "cheapest" or "most popular" measure, and in which direction;
- `verbs.yaml`: what "earn", "was born" or "directed" say about nouns;
- `operators.yaml`: the closed-class words of questions ("how many", "more than", "for each", "not");
- `time.yaml`: months, weekdays, seasons, grains, relative periods, number words, ordinals;
- `equivalents.yaml`: values that mean the same ("California", "CA"), and opposites ("open", "closed");
- `nouns.yaml`: irregular plurals and words whose final s is no plural.

Nothing about a particular data set belongs here; that lives in the semantic model.

Parsing YAML at every start would cost more than answering a question, so `compiled.json` holds the same
knowledge with its indexes made. After editing a YAML file run `python -m datacraft.engines.semantic.lexicon`;
a test fails while the two differ.

Phrases are lower case. Nouns are looked up by lemma, token by token, so that "Sales Orders" finds
"sale order"; what `Lexicon.synonyms` returns is in that form too.
"""

from datacraft.engines.semantic.lexicon.loader import lemma, lemma_phrase, load_lexicon, verb_lemma
from datacraft.engines.semantic.lexicon.model import (
    AdjectiveForm,
    AdjectiveSense,
    Direction,
    Lexicon,
    OperatorKind,
    OperatorSense,
    TimeWords,
    VerbSense,
)

__all__ = [
    "AdjectiveForm",
    "AdjectiveSense",
    "Direction",
    "Lexicon",
    "OperatorKind",
    "OperatorSense",
    "TimeWords",
    "VerbSense",
    "lemma",
    "lemma_phrase",
    "load_lexicon",
    "verb_lemma",
]
