"""The admin's own pages, and people, groups and tokens."""

from __future__ import annotations

from tests.access.matrix import Row
from tests.access.pages import CONFIGURERS, NOBODY, action, at, both, model, to

STAFF, NOT_FOUND = "302 302 200 200 200 200", "302 302 404 404 404 404"
POSTED = "302 302 405 405 405 405"
REST, APPS = (
    "admin/(?P<url>.*)$",
    "admin/^(?P<app_label>inventory|zoho_sync|django_q|monitoring|access|auth|audit)/$",
)
ON_SITE, PASSWORD = "admin/r/<path:content_type_id>/<path:object_id>/", "admin/auth/user/<id>/password/"
TOKEN = "admin/access/apitoken/"
TRAIL = "admin/audit/auditline/"
VIEW, FILE = f"{TRAIL}views/<int:view_id>/remove/", f"{TRAIL}export/<str:form>/"
OWN = f"{TOKEN}<path:object_id>/"

ROWS = [
    *both("", "302 302 302 302 302 302"),
    *both("favicon.ico", "302 302 302 302 302 302"),
    *both("admin/", STAFF),
    *both("admin/search/", STAFF, POSTED),
    *both("admin/search/results/", STAFF, POSTED),
    Row("admin/login/", "GET", "200 200 302 302 302 302"),
    Row("admin/login/", "POST", "200 200 200 200 200 200"),
    Row("admin/logout/", "GET", "302 302 405 405 405 405"),
    Row("admin/logout/", "POST", STAFF),
    *both("admin/password_change/", STAFF),
    *both("admin/password_change/done/", STAFF, POSTED),
    *both("admin/jsi18n/", STAFF, POSTED),
    *both("admin/autocomplete/", to(NOBODY), POSTED),
    *both(ON_SITE, NOT_FOUND, path="/admin/r/1/1/"),
    *both(REST, NOT_FOUND, path="/admin/nothing/"),
    *both(APPS, "302 302 404 200 200 200", path="/admin/inventory/"),
    *both("i18n/setlang/", "302 302 302 302 302 302"),
    *model("auth", "user", sees=CONFIGURERS, adds=CONFIGURERS, changes=CONFIGURERS, deletes=CONFIGURERS),
    *both(PASSWORD, to(CONFIGURERS), path=at(PASSWORD, "user")),
    *model("auth", "group", sees=CONFIGURERS, adds=CONFIGURERS, changes=CONFIGURERS, deletes=CONFIGURERS),
    # Everybody with a role sees and makes tokens of his own; this one is somebody else's, and is not found.
    *both(TOKEN, "302 302 403 200 200 200"),
    *both(f"{TOKEN}add/", "302 302 403 200 200 200"),
    *both(OWN, "302 302 302 302 302 302", path=at(OWN, "apitoken")),
    *both(f"{OWN}history/", "302 302 302 302 302 200", path=at(f"{OWN}history/", "apitoken")),
    *both(f"{OWN}change/", "302 302 403 302 302 200", to(NOBODY), path=at(f"{OWN}change/", "apitoken")),
    *both(f"{OWN}delete/", to(NOBODY), path=at(f"{OWN}delete/", "apitoken")),
    *action("access", "apitoken", "revoke_one", CONFIGURERS),
    *model("access", "loginlock", sees=CONFIGURERS),
    *action("access", "loginlock", "lift_one", CONFIGURERS),
    *action("auth", "user", "reset_second_factor", CONFIGURERS),
    *both("admin/login/code/", "302 302 302 302 302 302"),
    *both("admin/second-factor/", STAFF),
    *both("admin/second-factor/confirm/", "302 302 302 302 302 302"),
    *both("admin/second-factor/codes/", "302 302 302 302 302 302"),
    *both("admin/second-factor/off/", "302 302 302 302 302 302"),
    *model("audit", "auditline", sees=CONFIGURERS),
    *both(f"{TRAIL}columns/", to(CONFIGURERS, 405), to(CONFIGURERS, 302)),
    *both(f"{TRAIL}views/", to(CONFIGURERS, 405), to(CONFIGURERS, 302)),
    *both(VIEW, to(CONFIGURERS, 405), to(CONFIGURERS, 404), path=f"/{TRAIL}views/999999/remove/"),
    *both(FILE, to(CONFIGURERS, 405), to(CONFIGURERS), path=f"/{TRAIL}export/csv/"),
]
