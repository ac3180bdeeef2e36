"""Reading the lexicon's YAML files: every scalar as text, lists of phrases checked, mistakes named by place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from datacraft.contracts.errors import ConfigError

Node = str | list["Node"] | dict[str, "Node"]


@dataclass(frozen=True, slots=True)
class Section:
    """A mapping of a YAML file and where it stands, for messages."""

    where: str
    content: dict[str, Node]

    def section(self, key: str) -> Section:
        """Return the mapping under `key`."""
        found = self.content.get(key)
        if not isinstance(found, dict):
            raise self.error(key, "expected a mapping", "Write `name: words` lines under it.")
        return Section(f"{self.where}: {key}", found)

    def sections(self, *skipped: str) -> list[tuple[str, Section]]:
        """Return every mapping in this one, by name, in the file's order."""
        return [(key, self.section(key)) for key in self.content if key not in skipped]

    def text(self, key: str, default: str = "") -> str:
        """Return the text under `key`."""
        found = self.content.get(key, default)
        if not isinstance(found, str):
            raise self.error(key, "expected words with commas between them", "Write `a, b c, d`.")
        return found

    def phrases(self, key: str) -> list[str]:
        """Return the phrases of the comma-separated text under `key`, none where there is no such key."""
        return self._checked(key, self.text(key))

    def groups(self, key: str) -> list[list[str]]:
        """Return the groups of phrases listed under `key`, one a line."""
        return [self._checked(key, line) for line in self.lines(key)]

    def lines(self, key: str) -> list[str]:
        """Return the list of texts under `key`."""
        found = self.content.get(key)
        if not isinstance(found, list):
            raise self.error(key, "expected a list", "Write `- a, b` lines under it.")
        return [line for line in found if isinstance(line, str)]

    def error(self, key: str, problem: str, hint: str) -> ConfigError:
        """Return the error that names this place."""
        return ConfigError(f"{self.where}: {key}: {problem}.", hint=hint)

    def _checked(self, key: str, text: str) -> list[str]:
        found = [" ".join(part.split()) for part in text.split(",") if part.strip()]
        for phrase in found:
            if phrase != phrase.lower():
                raise self.error(key, f"`{phrase}` has upper-case letters", "Write it in lower case.")
            if "|" in phrase:
                raise self.error(key, f"`{phrase}` has a vertical bar", "Leave the bar out.")
        repeated = sorted({phrase for phrase in found if found.count(phrase) > 1})
        if repeated:
            raise self.error(key, f"repeated {', '.join(repeated)}", "Keep one of each.")
        return found


def read_source(path: Path) -> Section:
    """Return the content of a YAML file, every scalar as text: "no" and "on" are words here, not booleans.

    Raises:
        ConfigError: the file is missing, is no YAML, or holds no mapping.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"The lexicon file {path} can't be read: {error}", hint="Mend the file.") from error
    if not isinstance(content, dict):
        raise ConfigError(
            f"The lexicon file {path} holds no mapping.", hint="Start it with `name: ...` lines."
        )
    return Section(path.name, content)
