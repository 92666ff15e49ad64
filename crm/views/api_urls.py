from rest_framework.routers import SimpleRouter

from crm.views.notices_api import NoticeViewSet

router = SimpleRouter()
router.register("notices", NoticeViewSet, "api-notice")

urlpatterns = router.urls
