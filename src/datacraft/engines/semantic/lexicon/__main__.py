"""Write `compiled.json` from the YAML files: `python -m datacraft.engines.semantic.lexicon`."""

from datacraft.engines.semantic.lexicon.compiler import write_compiled

write_compiled()
