"""What is sealed is read with the present key or one of those before, and with no other."""

import pytest

from crm import sealing


def test_what_was_sealed_is_read_again_and_never_looks_the_same():
    one, other = sealing.seal("whsec_あ"), sealing.seal("whsec_あ")

    assert sealing.unseal(one) == sealing.unseal(other) == "whsec_あ"
    assert one != other
    assert "whsec" not in one


def test_the_key_before_reads_until_what_it_sealed_is_renewed(settings):
    old = sealing.seal("secret")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another long and random key"

    new = sealing.renewed(old)
    assert sealing.unseal(old) == sealing.unseal(new) == "secret"

    settings.SECRET_KEY_FALLBACKS = []
    assert sealing.unseal(new) == "secret"
    for lost in (sealing.unseal, sealing.renewed):
        with pytest.raises(sealing.Unreadable):
            lost(old)


def test_what_somebody_tampered_with_is_not_read():
    token = sealing.seal("secret")

    with pytest.raises(sealing.Unreadable):
        sealing.unseal(token[:-4] + "AAAA")
