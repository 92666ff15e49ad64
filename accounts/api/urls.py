from django.urls import path
from rest_framework.routers import SimpleRouter

from accounts.api import bulk, duplicates, privacy, saved_views, views, work
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
router.register("privacy-requests", privacy.PrivacyRequestViewSet, "api-privacy-request")
router.register("bulk-edits", bulk.BulkEditViewSet, "api-bulk-edit")
router.register("saved-views", saved_views.SavedViewViewSet, "api-saved-view")
router.register("imports", ImportViewSet, "api-import")
router.register("consents", work.ConsentViewSet, "api-consent")

urlpatterns = [
    path("search/", SearchView.as_view(), name="api-search"),
    path("privacy-people/", privacy.PeopleView.as_view(), name="api-privacy-people"),
    path("calendar/", work.CalendarView.as_view(), name="api-calendar"),
    *router.urls,
]
