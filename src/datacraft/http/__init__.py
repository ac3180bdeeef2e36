"""The HTTP face: one process and one port for the page, the API and the probes.

`server` starts it, `app` puts it together, `api` and `probes` are the routes, `service` is what they share,
`workers` bounds what runs at a time, `uploads` keeps people's own files. How a question is answered is
decided in `serving`; how the page looks, in `ui`.
"""

from __future__ import annotations

from datacraft.http.server import serve

__all__ = ["serve"]
