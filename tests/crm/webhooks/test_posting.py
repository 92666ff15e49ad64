"""A post reaches public servers only, under their own name, and nobody keeps us waiting or fills our memory."""

import ipaddress
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crm.webhooks import addresses, posting
from tests.crm.webhooks.receiver import listening

INSIDE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.5.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",  # noqa: S104 (what a hostile address would be)
    "255.255.255.255",
    "224.0.0.1",
    "192.0.0.192",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
]


def post(url, **options):
    return posting.post(url, body=b"{}", headers={"Content-Type": "application/json"}, **options)


def leads_to(monkeypatch, *found):
    """Every name leads to these addresses; the calls are counted."""
    asked = []

    def resolved(host, port, *args, **options):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", resolved)
    return asked


@pytest.fixture
def reached(monkeypatch):
    """Where a connection was tried to; none is made."""
    tried = []

    def connect(address, *args, **options):
        tried.append(address)
        raise ConnectionRefusedError("tried")

    monkeypatch.setattr(posting.socket, "create_connection", connect)
    return tried


@pytest.mark.parametrize("address", INSIDE)
def test_what_lies_inside_a_network_is_not_called(address):
    assert not addresses.may_be_called(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_what_is_public_is_called(address):
    assert addresses.may_be_called(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", INSIDE[:8])
def test_a_name_that_leads_inside_is_refused_before_anything_is_sent(monkeypatch, reached, address):
    leads_to(monkeypatch, address)

    assert (post("https://hooks.example.com/").problem, reached) == ("not_public", [])


def test_one_inner_address_among_public_ones_is_enough_to_refuse(monkeypatch, reached):
    leads_to(monkeypatch, "8.8.8.8", "127.0.0.1")

    assert (post("https://hooks.example.com/").problem, reached) == ("not_public", [])


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]"],
)
def test_an_inner_address_in_any_spelling_is_refused_when_it_is_entered(host):
    with pytest.raises(addresses.NotAllowed, match="not_public"):
        addresses.read(f"https://{host}/")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://hooks.example.com/", "not_https"),
        ("ftp://hooks.example.com/", "not_https"),
        ("file:///etc/passwd", "not_an_address"),
        ("https://user:secret@hooks.example.com/", "not_an_address"),
        ("https://", "not_an_address"),
        ("https://hooks.example.com:99999/", "not_an_address"),
        ("https://[::1/", "not_an_address"),
    ],
)
def test_other_ways_and_nonsense_are_refused(url, code):
    assert post(url).problem == code


def test_the_name_is_asked_once_and_the_address_that_was_looked_at_is_called(monkeypatch, reached):
    asked = leads_to(monkeypatch, "8.8.8.8")

    post("https://hooks.example.com:8443/")

    assert (asked, reached) == (["hooks.example.com"], [("8.8.8.8", 8443)])


def test_this_machine_is_called_only_where_that_is_allowed(receiver, settings):
    assert post(receiver.url).status == 204

    settings.WEBHOOKS_TO_LOOPBACK = False
    assert post(receiver.url).problem == "not_https"
    assert post(receiver.url.replace("http:", "https:")).problem == "not_public"


def test_a_redirect_is_not_followed(receiver):
    def elsewhere(handler):
        handler.send_response(302)
        handler.send_header("Location", "http://169.254.169.254/latest/meta-data/")
        handler.end_headers()

    receiver.answers = [elsewhere]

    answer = post(receiver.url)

    assert (answer.status, answer.problem, answer.is_taken, len(receiver.heard)) == (302, "redirect", False, 1)


def test_an_endless_answer_is_read_no_further_than_what_is_kept(receiver):
    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65_536)

    receiver.answers = [endless]

    answer = post(receiver.url)

    assert (answer.is_taken, len(answer.body)) == (True, posting.MOST_BYTES)


def test_a_drop_now_and_then_keeps_nobody_longer_than_the_deadline(receiver):
    """Each read succeeds in time; only the whole does not."""

    def dripping(handler):
        for _ in range(200):
            handler.wfile.write(b"HTTP/1.1 200 "[:1])
            handler.wfile.flush()
            time.sleep(0.05)

    receiver.answers = [dripping]
    begun = time.monotonic()

    answer = post(receiver.url, seconds=0.4)

    assert answer.problem == "too_slow"
    assert time.monotonic() - begun < 2


def test_silence_ends_at_the_deadline(receiver):
    receiver.answers = [lambda handler: time.sleep(2)]

    assert post(receiver.url, seconds=0.3).problem == "too_slow"


def test_nobody_at_home_is_no_answer(settings):
    settings.WEBHOOKS_TO_LOOPBACK = True
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    assert post(f"http://127.0.0.1:{port}/").problem.startswith("no_answer")


def test_a_name_that_leads_nowhere_says_so(monkeypatch):
    def unknown(*args, **options):
        raise socket.gaierror("unknown")

    monkeypatch.setattr(addresses.socket, "getaddrinfo", unknown)

    assert post("https://hooks.example.com/").problem == "no_such_name"


def test_zeros_in_an_answer_can_be_kept(receiver):
    def zeros(handler):
        handler.send_response(500)
        handler.end_headers()
        handler.wfile.write(b"a\x00b\xff")

    receiver.answers = [zeros]

    assert post(receiver.url).body == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"


# -- Under its own name --------------------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path):
    """For hooks.example.com, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example.com")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(now - timedelta(days=5000))
    builder = builder.not_valid_after(now + timedelta(days=5000))
    names = x509.SubjectAlternativeName([x509.DNSName("hooks.example.com")])
    signed = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    path = tmp_path / "certificate.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@pytest.fixture
def secret_receiver(certificate, settings, monkeypatch):
    """Listens with TLS, and remembers which name it was asked for."""
    settings.WEBHOOKS_TO_LOOPBACK = True
    leads_to(monkeypatch, "127.0.0.1")
    names = []

    def wrap(server):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda _socket, name, _context: names.append(name)
        server.socket = context.wrap_socket(server.socket, server_side=True)

    with listening(wrap) as receiver:
        receiver.names = names
        yield receiver


def test_over_https_the_name_stands_in_the_handshake_and_in_the_host(secret_receiver, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    answer = post(f"https://hooks.example.com:{secret_receiver.port}/")

    assert answer.status == 204
    assert secret_receiver.names == ["hooks.example.com"]
    assert secret_receiver.heard[0][1]["host"] == f"hooks.example.com:{secret_receiver.port}"


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent(secret_receiver):
    answer = post(f"https://hooks.example.com:{secret_receiver.port}/")

    assert answer.problem.startswith("not_trusted")
    assert secret_receiver.heard == []


def test_a_certificate_of_somebody_else_is_refused(secret_receiver, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    assert post(f"https://other.example.com:{secret_receiver.port}/").problem.startswith("not_trusted")
