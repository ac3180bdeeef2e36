"""The target `cloudrun`: a service of Google Cloud Run, by Google's own client.

Lives here: the calls and what their errors mean (`wire`), what a service looks like (`shape`), and the face of it
all (`target`). Google's libraries are imported when the target is opened.
"""
