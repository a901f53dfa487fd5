"""Makes the database, with the accounts of the scenarios: ``python -m tests.live.django_scenarios.prepare``."""

from __future__ import annotations

import os

os.environ.update({"MIZAN_MWT_SECRET": "", "MIZAN_BROKER_URL": "", "MIZAN_LIVE": "{}"})
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.live.django_scenarios.settings"

if __name__ == "__main__":
    import django
    from django.core.management import call_command

    django.setup()

    from django.contrib.auth.models import User

    call_command("migrate", run_syncdb=True, verbosity=0)
    for name in ("ada", "bob"):
        User.objects.create(username=name, password="!")
