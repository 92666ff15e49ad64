from django.urls import path

from campaigns.views import announcements, board, campaigns, checking, proposals, suggestions, today

REVISION = "campaigns/revisions/<int:revision_id>/"

urlpatterns = [
    path("", today.home, name="home"),
    path("today/follow-ups/<int:follow_up_id>/", today.follow_up, name="follow-up"),
    path("suggestions/<int:suggestion_id>/accept/", suggestions.accept, name="suggestion-accept"),
    path("suggestions/<int:suggestion_id>/later/", suggestions.later, name="suggestion-later"),
    path("suggestions/<int:suggestion_id>/dismiss/", suggestions.dismiss, name="suggestion-dismiss"),
    path("suggestions/<int:suggestion_id>/undo/", suggestions.undo, name="suggestion-undo"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/<int:proposal_id>/", proposals.proposal, name="proposal"),
    path("proposals/<int:proposal_id>/propose/", proposals.propose, name="proposal-propose"),
    path("proposals/<int:proposal_id>/won/", proposals.won, name="proposal-won"),
    path("proposals/<int:proposal_id>/lost/", proposals.lost, name="proposal-lost"),
    path("campaigns/", campaigns.campaign_list, name="campaigns"),
    path("campaigns/new/", campaigns.new_campaign, name="new-campaign"),
    path("campaigns/<int:campaign_id>/", campaigns.campaign, name="campaign"),
    path(REVISION, board.board, name="campaign-board"),
    path(f"{REVISION}missed/", checking.missed, name="campaign-missed"),
    path(f"{REVISION}plan/", campaigns.builder, name="campaign-builder"),
    path(f"{REVISION}outlook/", campaigns.outlook_fragment, name="campaign-outlook"),
    path(f"{REVISION}field-view/", campaigns.field_view, name="campaign-field-view"),
    path(f"{REVISION}approval/", campaigns.approval, name="campaign-approval"),
    path(f"{REVISION}launch/", campaigns.launch, name="campaign-launch"),
    path(f"{REVISION}revise/", campaigns.revise, name="campaign-revise"),
    path(f"{REVISION}end/", campaigns.end, name="campaign-end"),
    path(f"{REVISION}feedback/", board.give_feedback, name="campaign-feedback"),
    path(f"{REVISION}themes/", board.name_theme, name="campaign-themes"),
    path("themes/<int:theme_id>/answer/", board.answer_theme, name="theme-answer"),
    path("announcements/", announcements.announcements, name="announcements"),
    path("announcements/<int:announcement_id>/", announcements.announcement, name="announcement"),
    path("announcements/<int:announcement_id>/react/", announcements.react, name="announcement-react"),
]
