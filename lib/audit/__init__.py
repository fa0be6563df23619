"""What an endpoint honours: experiments on it, and judgements of what came back.

`plan` says what would be asked; `carry` asks it, tells its progress, can be stopped, and keeps its
report (`lib.audit.background` does that for a page); `latest` finds the newest report again.
"""

from lib.audit.carrying import carry
from lib.audit.latest import Standing, latest, standing
from lib.audit.order import AuditProgress, How, Stopped
from lib.audit.planning import AuditPlan, plan
from lib.audit.probes import SETTINGS
from lib.audit.report import AuditReport, SettingReport, as_json

__all__ = [
    "SETTINGS",
    "AuditPlan",
    "AuditProgress",
    "AuditReport",
    "How",
    "SettingReport",
    "Standing",
    "Stopped",
    "as_json",
    "carry",
    "latest",
    "plan",
    "standing",
]
