"""How fast the screens are, beside the bare SQL for the same rows and beside the budgets.

    python -m bench.screens --database-url postgres://sodate@127.0.0.1:5432/sodate

The pages are played in this process through the real views, inside a transaction that is taken back; then gunicorn
is started on a free port for the requests a second and stopped again. Nothing is left in the database.
"""
