"""Headers that tell a browser what a response may do: by default nothing, the page what Streamlit needs."""

from __future__ import annotations

from collections.abc import Mapping

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Data and errors as JSON: nothing of it is ever a page.
_DATA = {**_ALWAYS, "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
# Streamlit starts its own code from inline scripts and styles, compiles its table's WebAssembly, and makes workers
# and pictures from blobs. Nothing may come from, or go to, another site.
_PAGE = {
    **_ALWAYS,
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    ),
}


def headers_for(path: str) -> Mapping[str, str]:
    """Return the headers of a path's responses."""
    return _DATA if path.startswith("/api/") else _PAGE
