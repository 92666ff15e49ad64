"""What goes into the log, and what would only drown the rest."""

import logging


class IsNews(logging.Filter):
    """Keeps the signs of life themselves out of the log: one every few seconds would drown the rest."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        sign = "crm.heartbeat" in text or "crm.sweep_outbox" in text or text.endswith(": /health/")
        return record.levelno >= logging.CRITICAL or not sign
