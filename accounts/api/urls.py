from django.urls import path
from rest_framework.routers import SimpleRouter

from accounts.api import duplicates, views, work
from accounts.api.imports import ImportViewSet
from accounts.api.search import SearchView

router = SimpleRouter()
router.register("accounts", views.AccountViewSet, "api-account")
router.register("contacts", views.ContactViewSet, "api-contact")
router.register("files", views.FileViewSet, "api-file")
router.register("subscriptions", views.SubscriptionViewSet, "api-subscription")
router.register("usage", views.UsageViewSet, "api-usage")
router.register("activities", work.ActivityViewSet, "api-activity")
router.register("needs", views.NeedViewSet, "api-need")
router.register("cases", work.CaseViewSet, "api-case")
router.register("nps-responses", views.NpsViewSet, "api-nps")
router.register("follow-ups", work.FollowUpViewSet, "api-follow-up")
router.register("duplicates", duplicates.DuplicateViewSet, "api-duplicate")
router.register("merges", duplicates.MergeViewSet, "api-merge")
router.register("imports", ImportViewSet, "api-import")
router.register("consents", work.ConsentViewSet, "api-consent")

urlpatterns = [
    path("search/", SearchView.as_view(), name="api-search"),
    path("calendar/", work.CalendarView.as_view(), name="api-calendar"),
    *router.urls,
]
