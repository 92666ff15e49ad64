"""See the package."""

from __future__ import annotations

import argparse
import os
import secrets

from bench.screens import __doc__ as words


def main() -> None:
    options = arguments()
    os.environ["DATABASE_URL"] = options.database_url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    # One key for the session that is written here and for the server that reads it.
    os.environ.setdefault("SODATE_SECRET_KEY", secrets.token_urlsafe(48))
    import django

    django.setup()
    from bench.screens.run import run

    run(options)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.screens", description=words)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="", help="Pages whose name holds this text.")
    parser.add_argument("--slowest", action="store_true", help="Show the dearest statements of each page.")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--seconds", type=float, default=10.0, help="For each address under four clients.")
    parser.add_argument("--no-server", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
