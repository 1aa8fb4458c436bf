from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_q.cluster import Cluster

from zoho_sync import tasks  # noqa: F401  (what jobs need is loaded here, once for all forks)
from zoho_sync.management.spoken import SpokenCommand
from zoho_sync.processes import tie_forks
from zoho_sync.processors import registry


class Command(SpokenCommand):
    help = _("The queue's processes without a supervisor. `run_worker` starts this one and watches it.")

    def handle(self, *args, **options):
        tie_forks()  # before the first fork: not one of them may live on alone
        registry.names()
        cluster = Cluster()
        cluster.start()
        cluster.sentinel.join()
