"""The site behind a real nginx and the project's own web server, in production: TLS, names, addresses, sizes."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from tests.checks import PRODUCTION
from tests.conftest import PROJECT
from tests.factories import OrganizationFactory
from tests.zoho_sync.test_processes import wait_until
from zoho_sync.models import WebhookDelivery
from zoho_sync.webhooks import keys
from zoho_sync.webhooks.proofs import signature

pytestmark = pytest.mark.deploy
HOST, SECRET = "erp.example.com", "Secret1234567890abc"
DOOR = "/api/zoho/webhooks/products"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Site:
    """nginx on two free ports, in front of gunicorn on a third."""

    def __init__(self, folder: Path, environment: dict[str, str]):
        self.plain, self.tls, web = free_port(), free_port(), free_port()
        self.folder = folder
        environment = environment | PRODUCTION | {
            "ALLOWED_HOSTS": HOST,
            "PORT": str(web),
            "WEB_PROCESSES": "1",
            "SECRET_KEY": environment["SECRET_KEY"],  # by which it reads what this process has encrypted
            "ENCRYPTION_KEYS": "",
            "WEBHOOK_REFUSED_PER_MINUTE": "2",
        }  # fmt: skip
        manage = [sys.executable, str(PROJECT / "manage.py")]
        subprocess.run([*manage, "collectstatic", "--noinput", "-v0"], env=environment, check=True)
        self._make_certificate()
        (folder / "nginx.conf").write_text(self._configuration(web))
        self.nginx = ["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
        log = (folder / "web.log").open("wb")
        with log:
            words = ["-m", "gunicorn", "-c", "tsh_erp/webserver.py", "tsh_erp.wsgi"]
            self._processes = [
                subprocess.Popen(
                    [sys.executable, *words], cwd=PROJECT, env=environment, stdout=log, stderr=log
                ),
                subprocess.Popen([*self.nginx, "-g", "daemon off;"]),
            ]

    def _make_certificate(self) -> None:
        words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj"]
        files = ["-keyout", str(self.folder / "key.pem"), "-out", str(self.folder / "cert.pem")]
        subprocess.run([*words, f"/CN={HOST}", *files], check=True, capture_output=True)

    def _configuration(self, web: int) -> str:
        """The file as it is handed out, with this machine's ports and certificate; by IPv4, which every machine has."""
        site = (PROJECT / "deploy" / "nginx.conf").read_text()
        changes = {
            r"listen \[::\].*;\n": "\n",
            r"listen 80;": f"listen 127.0.0.1:{self.plain};",
            r"listen 443 ": f"listen 127.0.0.1:{self.tls} ",
            r"server 127\.0\.0\.1:8000;": f"server 127.0.0.1:{web};",
            r"/etc/letsencrypt/live/erp\.example\.com/fullchain\.pem": str(self.folder / "cert.pem"),
            r"/etc/letsencrypt/live/erp\.example\.com/privkey\.pem": str(self.folder / "key.pem"),
        }
        for old, new in changes.items():
            site, count = re.subn(old, new, site)
            assert count, f"{old} is not in the file any more"
        places = "\n".join(
            f"{kind}_temp_path {self.folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        return (
            f"{'user root;' if os.geteuid() == 0 else ''}\npid {self.folder}/nginx.pid;\nevents {{}}\n"
            f"http {{\naccess_log off;\n{places}\n{site}\n}}\n"
        )

    def ask(
        self, method: str, path: str, body: bytes = b"", *, name: str = HOST, **headers: str
    ) -> http.client.HTTPResponse:
        """By TLS; the answer is read whole, its text in `.text`."""
        trust = ssl.create_default_context(cafile=str(self.folder / "cert.pem"))
        trust.check_hostname = name == HOST
        raw = socket.create_connection(("127.0.0.1", self.tls), 60)
        with closing(http.client.HTTPSConnection(HOST)) as wire:
            wire.sock = trust.wrap_socket(raw, server_hostname=name)
            told = {key.replace("_", "-"): value for key, value in headers.items()}
            wire.request(method, path, body, {"Host": name, **told})
            answer = wire.getresponse()
            answer.text = answer.read()  # type: ignore[attr-defined]
            return answer

    def is_up(self) -> bool:
        try:
            return self.ask("GET", "/health/ready").status == 200
        except OSError:
            return False

    def stop(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(60)
        print((self.folder / "error.log").read_text(), (self.folder / "web.log").read_text()[-2000:])


@pytest.fixture
def site(process_environment, tmp_path) -> Iterator[Site]:
    keys.make_secret(
        OrganizationFactory(), "first", value=SECRET
    )  # before the server looks, for it looks seldom
    site = Site(tmp_path, process_environment)
    try:
        wait_until(site.is_up, 90)
        yield site
    finally:
        site.stop()


def test_the_site(site):
    """One server for all of it: it takes seconds to come up."""
    assert subprocess.run([*site.nginx, "-t"], capture_output=True).returncode == 0
    plain_requests_are_sent_to_tls(site)
    pages_come_by_tls_and_say_so(site)
    other_names_are_nobody(site)
    static_files_come_compressed(site)
    metrics_are_for_programs_with_a_token(site)
    what_the_program_would_refuse_as_too_large_does_not_reach_it(site)
    deliveries_come_in_and_nobody_hides_behind_an_address(site)


def plain_requests_are_sent_to_tls(site: Site) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", site.plain, timeout=60)) as wire:
        wire.request("GET", "/admin/?q=1", headers={"Host": HOST})
        answer = wire.getresponse()
        assert (answer.status, answer.getheader("Location")) == (308, f"https://{HOST}/admin/?q=1")


def pages_come_by_tls_and_say_so(site: Site) -> None:
    answer = site.ask("GET", "/admin/login/", X_Forwarded_Proto="http")
    assert answer.status == 200  # a redirect to https would go round for ever
    assert "max-age=31536000" in answer.getheader("Strict-Transport-Security", "")
    assert "Secure" in answer.getheader("Set-Cookie", "")
    assert answer.getheader("Server") == "nginx"


def other_names_are_nobody(site: Site) -> None:
    with pytest.raises(ssl.SSLError):
        site.ask("GET", "/admin/login/", name="other.example.com")


def static_files_come_compressed(site: Site) -> None:
    answer = site.ask("GET", "/static/unfold/css/styles.css", Accept_Encoding="gzip")
    assert (answer.status, answer.getheader("Content-Encoding")) == (200, "gzip")


def metrics_are_for_programs_with_a_token(site: Site) -> None:
    assert site.ask("GET", "/metrics").status == 401


def what_the_program_would_refuse_as_too_large_does_not_reach_it(site: Site) -> None:
    limit = min(settings.WEBHOOKS["MAX_BYTES"], settings.API["MAX_BYTES"])
    for path in (DOOR, "/api/v1/runs/"):
        assert site.ask("POST", path, b"x" * limit, Content_Type="application/json").status == 401
        assert site.ask("POST", path, b"x" * (limit + 1), Content_Type="application/json").status == 413


def deliveries_come_in_and_nobody_hides_behind_an_address(site: Site) -> None:
    body = json.dumps({"item": {"item_id": "1"}}).encode()
    signed = signature(SECRET.encode(), body)
    taken = site.ask("POST", DOOR, body, Content_Type="application/json", X_Zoho_Webhook_Signature=signed)
    assert taken.status == 202, taken.text
    assert WebhookDelivery.objects.count() == 1
    answers = [
        site.ask(
            "POST", DOOR, body, X_Forwarded_For=f"10.0.0.{number}", X_Zoho_Webhook_Signature="0" * 64
        ).status
        for number in range(4)
    ]
    assert answers == [401, 429, 429, 429]  # one was refused above, whoever it claims to be now
