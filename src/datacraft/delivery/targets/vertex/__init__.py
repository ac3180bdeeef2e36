"""The target `vertex`: the same image as a custom container behind an endpoint of Vertex AI, for predictions alone.

Lives here: the resources as Vertex AI writes them (`resources`), the calls (`wire`), how settings become resources
and resources words for people (`shape`), and the face of it all (`target`).
Doesn't live here: how the container answers predictions (`http.predicting`).
"""
