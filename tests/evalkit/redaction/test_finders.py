"""Every finder: what it finds, what it must leave alone, and that check digits are checked."""

import pytest
from hypothesis import given as for_all, strategies as st

from evalkit.redaction.finders.digits import luhn, mod_11_10, mod_97_10
from evalkit.redaction.finders.table import finders
from evalkit.redaction.redaction import Redaction

#: Numbers that those who issue them publish as examples, or reserve for them.
PUBLISHED = {
    # The IBAN registry of SWIFT.
    "DE89370400440532013000": "IBAN",
    "GB29 NWBK 6016 1331 9268 19": "IBAN",
    "FR14 2004 1010 0505 0001 3M02 606": "IBAN",
    "NO93 8601 1117 947": "IBAN",
    "MT84MALT011000012345MTLCAST001S": "IBAN",
    # Test numbers of the card networks.
    "4111 1111 1111 1111": "CARD",
    "5555-5555-5555-4444": "CARD",
    "378282246310005": "CARD",
    "3782 822463 10005": "CARD",
    "6011111111111117": "CARD",
    "30569309025904": "CARD",
    # Wikipedia's articles on each of the ids, but for the first two.
    "219-09-9999": "ID",  # an advertisement of the Social Security Administration, 1940
    "QQ 12 34 56 C": None,  # HMRC's example begins as none that is issued does
    "AB 12 34 56 C": "ID",
    "12345678Z": "ID",
    "X1234567L": "ID",
    "2 55 08 14 168 025 38": "ID",
    "RSSMRA85T10A562S": "ID",
    "86095742719": "ID",
    "85.07.30-033.28": "ID",
    "44051401359": "ID",
    "811228-9874": "ID",
    "131052-308T": "ID",
    # Addresses kept for documentation: RFC 5737, RFC 3849.
    "203.0.113.7": "IP",
    "2001:db8::8a2e:370:7334": "IP",
    # Numbers kept for drama by Ofcom and the Federal Communications Commission, and Berlin's
    # numbers for the same (Bundesnetzagentur).
    "020 7946 0958": "PHONE",
    "(202) 555-0143": "PHONE",
    "+44 20 7946 0958": "PHONE",
    "+49 (0)30 23125 000": "PHONE",
    "ada.lovelace+tag@mail.example.co.uk": "EMAIL",
    "ada (at) example (dot) org": "EMAIL",
    "9007199254740993": "NUMBER",
}


def kind_of(text: str) -> str | None:
    """Return the kind of a text that is replaced as a whole."""
    redaction = Redaction(n_findings=1)
    if redaction.text(f"It says {text} here") == f"It says {text} here":
        return None
    (finding,) = redaction.findings
    assert finding.written == text
    return finding.kind.value


@pytest.mark.parametrize(("text", "kind"), PUBLISHED.items())
def test_a_published_example_is_found_as_a_whole(text, kind):
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "DE88370400440532013000",  # its check digits are 89
        "DE89 3704 0044 0532 0130",  # too short for Germany
        "XX89370400440532013000",  # no country
        "4111 1111 1111 1112",  # Luhn
        "1234-5678-9012-3452",  # passes Luhn, of no network
        "12345678A",  # its letter is Z
        "666-12-3456",  # no such area
        "256.1.1.1",
        "127.0.0.1",
        "10.0.0.0/8",
        "12:30:45",
        "std::vector",
        "abc::def",
        "00:1B:44:11:3A:B7",
        "550e8400-e29b-41d4-a716-446655440000",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "2026-11-30 12:40:59.123",
        "20261130124059",
        "1732960000",
        "1732960000123",
        "0.12345678901234",
        "3.14159265358979",
        "1,000,000,000,000",
        "10000000000",
        "logo@2x.png",
        "user@localhost",
        "@app.route",
        "https://example.org/a?page=2",
        "https://example.org/a#the-heading",
        "task-1234567890",
        "sk-learn-contrib-packages-of-us",
        "password: required",
        "token: none",
        "api_key=$API_KEY",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text):
    assert kind_of(text) is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("see git@github.com:team/repo.git", "see git@github.com:team/repo.git"),
        ("Order 4500012345 is late", "Order 4500012345 is late"),
        ("Bestellnummer: 4500012345", "Bestellnummer: 4500012345"),
        ("version 10.2.3.4 of it", "version 10.2.3.4 of it"),
        ("Chrome/120.0.6099.109 Safari", "Chrome/120.0.6099.109 Safari"),
        ("01.02.2026 - 03.04.2026", "01.02.2026 - 03.04.2026"),
        ("ISBN 9783161484100", "ISBN 9783161484100"),
        ("https://ada:s3cret@example.org/x", "https://[LOGIN_1]@example.org/x"),
        ("https://example.org/x?user=7&t=ab.", "https://example.org/x?[QUERY_1]."),
        ("(https://example.org/x?user=7)", "(https://example.org/x?[QUERY_1])"),
        ("password=hunter2;", "password=[KEY_1];"),
        ('{"api_key": "9f8a7b6c5d4e3f2a1b0c"}', '{"api_key": "[KEY_1]"}'),
        ("Authorization: Bearer 9f8a7b6c5d4e3f2a1b0c", "Authorization: Bearer [KEY_1]"),
        ("Tel.: 612 345 678", "Tel.: [PHONE_1]"),
        ("the sum 612 345 678", "the sum 612 345 678"),
        ("BSN 111222333", "BSN [ID_1]"),
        ("row 111222333", "row 111222333"),
        ("mail <a@b.example>, 'c@d.example'", "mail <[EMAIL_1]>, '[EMAIL_2]'"),
    ],
)
def test_what_stands_around_it_tells(text, left):
    assert Redaction().text(text) == left


@pytest.mark.parametrize(
    "key",
    [
        # Made up in the form that each issuer documents.
        "sk-proj-abcDEF1234567890abcdef",
        "sk-ant-api03-abcDEF1234567890",
        "ghp_" + "a1B2" * 9,
        "github_pat_" + "a1B2" * 10,
        "xoxb-123456789012-abcdefGHIJKL",
        "AKIAIOSFODNN7EXAMPLE",  # Amazon's documentation
        "AIza" + "a1B2c" * 7,
        "hf_" + "aBcDe" * 7,
        "sk_live_" + "a1B2c3" * 4,
        # RFC 7519, 3.1, shortened.
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODB9.dBjftJeZ4CVP",
    ],
)
def test_the_keys_of_issuers_are_found(key):
    assert kind_of(key) == "KEY"


def test_a_private_key_is_found_with_all_its_lines():
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----"

    assert Redaction().text(f"a\n{key}\nb") == "a\n[KEY_1]\nb"


@pytest.mark.parametrize(
    ("check", "right"),
    [
        (luhn, "4111111111111111"),
        (mod_97_10, "370400440532013000DE89"),
        (mod_11_10, "86095742719"),
    ],
)
def test_a_digit_that_is_wrong_is_noticed(check, right):
    # All three detect every error in one digit: ISO/IEC 7812-1 and ISO 7064.
    assert check(right)
    for place, digit in enumerate(right):
        for other in "0123456789" if digit.isdigit() else "":
            assert check(right[:place] + other + right[place + 1 :]) == (other == digit)


@for_all(st.text(alphabet="0123456789aA.:-+@/?#=&[]_ \n()DE", max_size=200))
def test_what_is_found_stands_where_it_is_said_to(text):
    for find in finders():
        for span in find(text):
            assert 0 <= span.start < span.end <= len(text)
            assert span.value


@pytest.mark.parametrize(
    "piece",
    # Blanks part them; "_" stands for one within a piece.
    [
        "1",
        "1_",
        "a@",
        "@a.",
        ":",
        "::",
        "a:",
        "[EMAIL_",
        "://a?",
        "://a:b",
        "A1",
        "+1",
        "(0",
        "pwd",
        "key=",
        "token=a1b2c3d4e5f6",
        "a@b.cc_",
        "0.",
        "sk-",
        "203.0.113.7_",
        "https://a:b@c/?d=e&",
        "-----BEGIN_PRIVATE_KEY-----",
        "eyJa.",
        "1-",
        "00_",
        "E1",
        "[at]",
        "12.",
    ],
)
def test_no_text_takes_long(piece):
    # What takes the square of 20,000 signs does not end before the tests are stopped.
    text = piece.replace("_", " ") * (20_000 // len(piece))

    assert Redaction().redacted(text).text
