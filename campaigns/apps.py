from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = "Suggestions and campaigns"

    def ready(self) -> None:
        from campaigns import notices, tasks
        from campaigns.actions.merging import STRATEGIES
        from campaigns.models import ArmMembership, Decision, GuardState
        from campaigns.queries import announcements, campaigns, decisions, fall_out, morning, proposals, today, voices
        from campaigns.queries import search as finding
        from campaigns.views import calls, panels, picking, search, segments
        from crm import slots

        slots.search_groups.fill(
            "campaigns",
            slots.SearchGroup(_("Campaigns and announcements"), kinds=finding.kinds, tell=search.told, mark="#"),
        )
        slots.account_commands.fill("suggestion", search.suggestion_of)
        slots.account_guards.fill("guard", decisions.badges_for)
        slots.account_guard_filters.fill("guard", fall_out.in_state)
        slots.account_topics.fill("campaigns", campaigns.topics_of)
        panels.register()
        slots.list_commands.fill("calls", calls.list_command)
        slots.bulk_commands.fill("calls", calls.bulk_command)
        slots.list_commands.fill("segment", segments.list_command)
        slots.bulk_commands.fill("campaign", picking.bulk_command)
        notices.register()
        slots.mail_parts.fill("announcements", morning.announcements, order=20)
        slots.mail_parts.fill("questions", morning.questions, order=30)
        for kind, words in {
            "campaign.launched": _("A campaign was launched"),
            "campaign.paused": _("A campaign was paused"),
            "campaign.ended": _("A campaign ended"),
            "guardrail.crossed": _("A guardrail of a campaign was crossed"),
            "suggestion.accepted": _("A rep accepted a suggestion"),
            "proposal.won": _("A proposal was won"),
            "feedback.given": _("Somebody gave feedback on a campaign"),
        }.items():
            slots.webhook_kinds.fill(kind, words)
        slots.merge_strategies.fill("campaigns", STRATEGIES)
        slots.worked_out.fill("guard", (GuardState, "account"))
        slots.worked_out.fill("decisions", (Decision, "account"))
        slots.worked_out.fill("arms", (ArmMembership, "account"))
        slots.after_rescore.fill("suggestions", tasks.after_rescore)
        slots.navigation.fill(
            "today",
            slots.NavigationItem(
                label=_("Today"),
                url_name="home",
                icon="sun",
                key="g t",
                roles=frozenset({"rep", "manager"}),
                count=today.waiting_tally,
                is_badge=True,
                on_phone=True,
            ),
            order=10,
        )
        slots.navigation.fill(
            "proposals",
            slots.NavigationItem(
                label=_("Proposals"),
                url_name="proposals",
                icon="sprout",
                key="g p",
                count=proposals.open_tally,
            ),
            order=30,
        )
        slots.navigation.fill(
            "campaigns",
            slots.NavigationItem(
                label=_("Campaigns"),
                url_name="campaigns",
                icon="flag",
                section=_("Campaigns and learning"),
                roles=frozenset({"planner", "admin", "manager"}),
                on_phone=True,
            ),
            order=40,
        )
        slots.navigation.fill(
            "voices",
            slots.NavigationItem(
                label=_("Field's voice"),
                url_name="voices",
                icon="message-square",
                section=_("Campaigns and learning"),
                count=voices.waiting_tally,
                is_badge=True,
            ),
            order=46,
        )
        slots.navigation.fill(
            "measures",
            slots.NavigationItem(
                label=_("Measure log"),
                url_name="measures",
                icon="history",
                section=_("Campaigns and learning"),
                roles=frozenset({"planner", "admin", "manager"}),
            ),
            order=42,
        )
        slots.navigation.fill(
            "playbook",
            slots.NavigationItem(
                label=_("Playbook"), url_name="playbook", icon="book-open", section=_("Campaigns and learning")
            ),
            order=48,
        )
        slots.navigation.fill(
            "announcements",
            slots.NavigationItem(
                label=_("Announcements"),
                url_name="announcements",
                icon="megaphone",
                section=_("Campaigns and learning"),
                key="g a",
                count=announcements.unread_tally,
                is_badge=True,
                on_phone=True,
            ),
            order=45,
        )
