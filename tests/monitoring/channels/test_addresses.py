"""Addresses that staff enter: never into a private network, never without TLS, never without an end."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from monitoring import addresses
from monitoring.addresses import AddressRefused, NoAnswer


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.10",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",  # where clouds keep the machine's keys
        "100.64.0.1",  # carriers' own
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",  # 6to4 of 127.0.0.1
        "2002:c0a8:101::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # Teredo
        "2001:db8::1",
        "100::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_no_special_address_is_public(address):
    assert not addresses.is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_internet_are_public(address):
    assert addresses.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.com",
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "https://user@hooks.example.com/",
        "https://user:word@hooks.example.com/",
        "https://@hooks.example.com/",
        "https://hooks.example.com:22/",
        "https://hooks.example.com:99999/",
        "https://hooks.example.com\\@evil.example/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/\r\nX: y",
        "https://hooks.example.com/\x00",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://" + "a" * 3000,
    ],
)
def test_what_is_no_public_address_by_its_looks_is_refused(url):
    with pytest.raises(AddressRefused):
        addresses.check(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/x?y=1",
        "https://hooks.example.com:8443/",
        "https://8.8.8.8/",
        "https://bücher.example/",
    ],
)
def test_addresses_of_the_open_web_are_taken(url):
    assert addresses.check(url).scheme == "https"


@pytest.mark.parametrize("name", ["localhost", "127.1", "2130706433", "0x7f.1"])
def test_a_name_that_leads_home_is_refused_before_anything_is_sent(name, receiver):
    port = receiver.url.rpartition(":")[2]
    with pytest.raises(AddressRefused):
        addresses.post(f"https://{name}:{port}/", b"{}", {})
    assert receiver.got == []


def test_a_name_is_resolved_once_and_the_connection_goes_to_what_was_checked(
    receiver, private_allowed, monkeypatch
):
    """A second answer of a name server that has changed its mind in between is never asked for."""
    asked, real = [], socket.getaddrinfo

    def first_time_only(host, *rest, **options):
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else "192.0.2.1", *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", first_time_only)
    port = receiver.url.rpartition(":")[2]
    answer = addresses.post(f"http://changes.example:{port}/x?y=1", b"{}", {})
    assert (answer.status, asked) == (200, ["changes.example"])
    assert receiver.got[0]["path"] == "/x?y=1"
    assert receiver.got[0]["headers"]["Host"] == f"changes.example:{port}"


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    def both(host, port, **_options):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(AddressRefused):
        addresses.post("https://mixed.example/", b"{}", {})


def test_a_redirect_is_not_followed(receivers, private_allowed):
    first, second = receivers(), receivers()
    first.answers.append((302, {"Location": second.url}, b""))
    assert addresses.post(first.url, b"{}", {}).status == 302
    assert second.got == []


def test_proxies_of_the_environment_are_not_used(receivers, private_allowed, monkeypatch):
    proxy, receiver = receivers(), receivers()
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    addresses.post(receiver.url, b"{}", {})
    assert (len(proxy.got), len(receiver.got)) == (0, 1)


def test_of_a_long_answer_only_the_beginning_is_read(receiver, private_allowed):
    receiver.answers.append((200, {}, b"x" * 1_000_000))
    assert len(addresses.post(receiver.url, b"{}", {}).body) == addresses.MOST_BYTES


def test_a_server_that_never_answers_is_left_when_the_time_is_over(receiver, private_allowed):
    receiver.is_silent.set()
    with pytest.raises(NoAnswer):
        addresses.post(receiver.url, b"{}", {}, whole_seconds=0.2)


@pytest.mark.parametrize(
    "dripped", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"]
)
def test_a_server_that_drips_is_left_when_the_time_is_over(dripped, private_allowed):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        done = threading.Event()

        def drip():
            peer, _address = listening.accept()
            with peer:
                try:
                    peer.sendall(dripped)
                    while not done.wait(0.02):
                        peer.sendall(b"x")
                except OSError:
                    pass

        dripping = threading.Thread(target=drip, daemon=True)
        dripping.start()
        with pytest.raises(NoAnswer):
            addresses.post(f"http://127.0.0.1:{listening.getsockname()[1]}/", b"{}", {}, whole_seconds=0.3)
        done.set()
        dripping.join(5)


def test_what_went_wrong_is_told_without_the_address(private_allowed):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(NoAnswer) as told:
        addresses.post(f"http://127.0.0.1:{port}/secret-part?token=1", b"{}", {})
    assert "refuses the connection" in str(told.value) and "secret" not in str(told.value)
    assert told.value.__cause__ is None and told.value.__suppress_context__


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [
        ("7", 7, 7),
        ("", None, None),
        ("soon", None, None),
        ("-3", None, None),
        ("Fri, 01 Jan 2010 00:00:00 GMT", 0, 0),
    ],
)
def test_how_long_to_wait_is_read_in_seconds_or_as_a_date(header, low, high):
    found = addresses.Answer(429, {"retry-after": header}, b"").retry_after
    assert found == low == high


# --- TLS ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """An authority of our own, and a certificate of it for the name good.example: (its file, the server's file)."""
    folder = tmp_path_factory.mktemp("tls")
    files = [folder / "authority.pem", folder / "server.pem"]
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = certificate("authority", root_key.public_key(), root_key, "authority")
    server = certificate("good.example", key.public_key(), root_key, "authority", names=["good.example"])
    files[0].write_bytes(root.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    files[1].write_bytes(private + server.public_bytes(serialization.Encoding.PEM))
    return files


def certificate(name, public_key, signed_with, issuer, names=()):
    def named(text):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )
    if names:
        other = x509.SubjectAlternativeName([x509.DNSName(each) for each in names])
        made = made.add_extension(other, critical=False).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signed_with.public_key()), critical=False
        )
    else:
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        made = made.add_extension(usage, critical=True)
    return made.sign(signed_with, hashes.SHA256())


@pytest.fixture
def secure(authority, monkeypatch, private_allowed):
    """A server that speaks TLS as good.example; every name leads to it. Its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority[1])
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                peer, _address = listening.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(peer, server_side=True) as safe:
                    while not safe.recv(10_000).endswith(b"{}"):
                        continue
                    safe.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            except OSError:
                continue

    threading.Thread(target=serve, daemon=True).start()
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: real("127.0.0.1", *rest, **more))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[0]))
    yield listening.getsockname()[1]
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()


def test_the_certificate_is_verified_against_the_name_although_the_address_is_pinned(secure):
    assert addresses.post(f"https://good.example:{secure}/", b"{}", {}).body == b"ok"


def test_a_certificate_of_another_name_is_refused(secure):
    with pytest.raises(NoAnswer, match="does not prove"):
        addresses.post(f"https://bad.example:{secure}/", b"{}", {})


def test_an_unknown_authority_is_refused(secure, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(NoAnswer, match="does not prove"):
        addresses.post(f"https://good.example:{secure}/", b"{}", {})
