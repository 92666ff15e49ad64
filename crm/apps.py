from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = "Sodate CRM"

    def ready(self) -> None:
        from crm import tasks  # noqa: F401 (their names must be known wherever work is enqueued)
