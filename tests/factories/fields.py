import factory

from crm.models import CustomField

COLOURS = [{"key": "red", "ja": "赤", "en": "Red"}, {"key": "blue", "ja": "青", "en": "Blue"}]


class FieldFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CustomField

    on = "account"
    key = factory.Sequence(lambda n: f"field_{n}")
    kind = "text"
    name_ja = factory.LazyAttribute(lambda field: f"項目 {field.key}")
    name_en = factory.LazyAttribute(lambda field: f"Field {field.key}")
    position = factory.Sequence(lambda n: n)

    @factory.lazy_attribute
    def choices(self):
        return COLOURS if self.kind in ("choice", "multi") else []
