"""How the page looks: the style sheet, and the one script that moves the focus to the question box."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

TITLE = "DataCraft"
ICON = Path(__file__).with_name("icon.svg")

# "/" puts the cursor into the question box from anywhere outside another field. Streamlit runs this in the
# page itself; the flag keeps a rerun from adding a second listener.
_FOCUS = """
<script>
(() => {
  const box = () => document.querySelector('[data-testid="stChatInputTextArea"]');
  if (window.datacraftKeys) return;
  window.datacraftKeys = true;
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input, textarea, select, [contenteditable=true]");
    if (event.key === "/" && !field && !event.ctrlKey && !event.metaKey && box()) {
      event.preventDefault();
      box().focus();
    }
  });
})();
</script>
"""

# Streamlit keeps a page with a question box at its lower end, and what is drawn late moves it again. So the
# wanted place is held for a moment, unless the reader moves.
_SCROLL = """
<script>
(() => {
  const until = Date.now() + 6000;
  let moved = false;
  const stop = () => { moved = true; };
  for (const kind of ["wheel", "touchstart", "keydown", "mousedown"]) {
    window.addEventListener(kind, stop, { once: true, passive: true });
  }
  const hold = () => {
    const found = document.querySelectorAll("%s");
    if (found.length) found[found.length - 1].scrollIntoView({ block: "start" });
    if (!moved && Date.now() < until) setTimeout(hold, 120);
  };
  setTimeout(hold, 60);
})();
</script>
"""


def apply_style() -> None:
    """Set up the page; must come before anything is drawn."""
    st.set_page_config(
        page_title=TITLE,
        page_icon=str(ICON),
        layout="centered",
        initial_sidebar_state="auto",
        menu_items={"Get help": None, "Report a bug": None, "About": None},
    )
    st.html(f"<style>{_sheet()}</style>")
    st.html(_FOCUS, unsafe_allow_javascript=True)


def scroll_to(selector: str, occasion: str) -> None:
    """Bring the last element that a CSS selector names to the top of the window.

    Args:
        selector: ours, never a visitor's text.
        occasion: another one scrolls again; the same one, drawn again, does not.
    """
    st.html(f"{_SCROLL % selector}<!-- {occasion} -->", unsafe_allow_javascript=True)


@cache
def _sheet() -> str:
    return Path(__file__).with_name("style.css").read_text(encoding="utf-8")
