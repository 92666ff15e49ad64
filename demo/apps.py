from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"
    verbose_name = "Demonstration company"

    def ready(self) -> None:
        from crm import slots
        from demo import entrance

        slots.sign_in_cast.fill("demo", entrance.cast_members)
