from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = "Sodate CRM"

    def ready(self) -> None:
        from crm import signin, tasks  # noqa: F401 (tasks' names must be known wherever work is enqueued)

        signin.listen()
