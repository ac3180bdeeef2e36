"""The page's sections, one module each: what was gathered becomes markup, or nothing where it was not made."""
