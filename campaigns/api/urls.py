from rest_framework.routers import SimpleRouter

from campaigns.api import calls, learning, planning, views

router = SimpleRouter()
router.register("suggestions", views.SuggestionViewSet, "api-suggestion")
router.register("proposals", views.ProposalViewSet, "api-proposal")
router.register("campaigns", views.CampaignViewSet, "api-campaign")
router.register("revisions", views.RevisionViewSet, "api-revision")
router.register("announcements", views.AnnouncementViewSet, "api-announcement")
router.register("questions", views.QuestionViewSet, "api-question")
router.register("remarks", views.RemarkViewSet, "api-remark")
router.register("feedback", views.FeedbackViewSet, "api-feedback")
router.register("themes", views.ThemeViewSet, "api-theme")
router.register("revisions", learning.ActViewSet, "api-act")
router.register("changes", learning.ChangeViewSet, "api-change")
router.register("plays", learning.PlayViewSet, "api-play")
router.register("suggestions", learning.FittingViewSet, "api-fitting")
router.register("training", views.TrainingViewSet, "api-training")
router.register("call-rounds", calls.CallRoundViewSet, "api-call-round")
router.register("measures", learning.MeasureViewSet, "api-measure")
router.register("segments", planning.SegmentViewSet, "api-segment")
router.register("revisions", planning.PlanViewSet, "api-plan")
router.register("campaign-templates", planning.TemplateViewSet, "api-template")
router.register("campaign-choices", planning.ChoicesViewSet, "api-campaign-choices")
router.register("campaign-starters", planning.StarterViewSet, "api-starter")
router.register("campaign-calendar", planning.CalendarViewSet, "api-calendar")

urlpatterns = router.urls
