"""Language models: a question and a description of the data go out, a plan or SQL comes back and is tried.

The path: `prompting` (what is sent: `context` of the linked tables, `examples`, the conversation) -> `strategies`
-> `calls` -> `providers` -> `output` (the reply read) -> `diagnosis` of what came of the draft -> `engine`. What the
model writes is never trusted: the guard of `datacraft.sql` decides what runs, `telling` what of its words is shown.
Doesn't live here: model configs as files (`datacraft.engines.configs`), and which one answers (`serving`).
"""
