from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = "Suggestions and campaigns"

    def ready(self) -> None:
        from campaigns import tasks
        from campaigns.queries import decisions
        from crm import slots

        slots.account_guards.fill("guard", decisions.guards_for)
        slots.after_rescore.fill("suggestions", tasks.after_rescore)
