"""Structured logs: one JSON object a line, with a request id, without phones, tokens or what was typed."""

from __future__ import annotations

import json
import logging
import sys
import time
import uuid
from datetime import UTC, datetime

from flask import Flask, Response, g, request


class JsonLines(logging.Formatter):
    """Format a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def init_app(app: Flask) -> None:
    """Log to standard error and one line per answered request, by route and not by path (paths carry codes)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("engage")
    if not logger.handlers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
    app.before_request(_start)
    app.after_request(_answered)


def _start() -> None:
    g.request_id = uuid.uuid4().hex[:16]
    g.started = time.perf_counter()


def _answered(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    # The vote routes write nothing that could be laid beside a ballot (talks §4.8).
    if request.endpoint not in {None, "static"} and not (request.endpoint or "").startswith("votes."):
        logging.getLogger("engage.requests").info(
            "answered",
            extra={
                "facts": {
                    "request": g.get("request_id"),
                    "route": str(request.url_rule),
                    "method": request.method,
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
                }
            },
        )
    return response
