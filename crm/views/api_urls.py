from rest_framework.routers import SimpleRouter

from crm.views.fields_api import CustomFieldViewSet
from crm.views.notices_api import NoticeViewSet

router = SimpleRouter()
router.register("custom-fields", CustomFieldViewSet, "api-custom-field")
router.register("notices", NoticeViewSet, "api-notice")

urlpatterns = router.urls
