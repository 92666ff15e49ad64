"""Made-up customers: no time limits on a busy machine, and no folder of examples left behind."""

from hypothesis import HealthCheck, settings

settings.register_profile("sodate", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sodate")
