"""The page's script: `streamlit run frontend/app.py`, or `datacraft serve` with the API on the same port."""

from datacraft.ui.page import show_page

show_page()
