"""The headers of every answer: what a page may load, run and use, and who may keep it (trust W8, W9)."""

from __future__ import annotations

from flask import Response, g, request


def _policies(*, scripts: str, camera: str) -> tuple[str, str]:
    """Return what a page may load and run, and what of the device it may use."""
    content = (
        f"default-src 'self'; script-src 'self'{scripts}; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self'; object-src 'none'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
    )
    return content, f"camera={camera}, geolocation=(self), microphone=()"


_WITHOUT_CAMERA = _policies(scripts="", camera="()")
_WITH_CAMERA = _policies(scripts=" 'wasm-unsafe-eval'", camera="(self)")
#: what pages depend on besides their address
_VARIES = ("HX-Request", "HX-Boosted", "Cookie", "Accept-Language")


def allow_camera() -> None:
    """Let this page use the camera and the WebAssembly decoder; no other page may."""
    g.camera = True


def add(response: Response) -> Response:
    """Add them; what a view said itself stays."""
    headers = response.headers
    policy, features = _WITH_CAMERA if "camera" in g else _WITHOUT_CAMERA
    headers.setdefault("Content-Security-Policy", policy)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = features
    if request.endpoint == "static":
        return response
    if "Vary" in headers:
        response.vary.update(_VARIES)
    else:
        headers["Vary"] = ", ".join(_VARIES)
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response
