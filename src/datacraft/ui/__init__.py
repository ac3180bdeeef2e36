"""The page, drawn by Streamlit: one file per section, one typed object of state, no business logic.

`app` is the script that Streamlit runs for each visitor, `page` puts the sections together, `state` is what a
visitor's page remembers. Answers, history and uploads come from the service in `http`.
"""
