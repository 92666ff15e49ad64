"""How gunicorn serves: threads for pages, and nothing shared between two checkouts on one machine."""

import gc
import os
from typing import Any

wsgi_app = "crm.wsgi:application"
worker_class = "gthread"
workers = int(os.environ.get("SODATE_WEB_WORKERS") or 2)
threads = 4
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """What was loaded with the application stays: the collector need not walk through it on every tenth page.

    Nor need it look at a page five times: hardly anything that a page makes is in a circle.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
