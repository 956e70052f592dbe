"""Sealed text opens with its key and at its place, and not otherwise."""

import pytest

from registry.session_log import sealing
from registry.session_log.sealing import CannotOpen, seal, seal_anew, unseal

PLACE = "mentoring.sessionnote:1:2"


@pytest.fixture(autouse=True)
def keys(settings):
    settings.NOTES_KEYS = ["a long and random string", "the one before"]
    return settings.NOTES_KEYS


def sealed_under(settings, key, text="Words", place=PLACE):
    before, settings.NOTES_KEYS = settings.NOTES_KEYS, [key]
    made = seal(text, place=place)
    settings.NOTES_KEYS = before
    return made


@pytest.mark.parametrize("text", ["", "Words", "Zoë’s\nnote: 日本", "x" * 4000])
def test_what_is_sealed_opens_at_its_place(text):
    sealed = seal(text, place=PLACE)
    assert sealed.isascii()
    assert len(text) < 5 or text not in sealed
    assert unseal(sealed, place=PLACE) == text


def test_the_same_words_never_look_the_same():
    assert seal("Words", place=PLACE) != seal("Words", place=PLACE)


@pytest.mark.parametrize(
    "place", ["", "mentoring.sessionnote:1:3", "mentoring.sessionnote:2:2", "programmes.setnote:1:2"]
)
def test_what_was_written_for_another_place_does_not_open(place):
    with pytest.raises(CannotOpen):
        unseal(seal("Words", place=PLACE), place=place)


def test_nobody_makes_words_that_open_at_another_place():
    for text, place in (("\0Words", PLACE), ("Words", f"{PLACE}\0")):
        with pytest.raises(ValueError, match="null character"):
            seal(text, place=place)


@pytest.mark.parametrize("sealed", ["", "nonsense", "Z0FBQUFB", "\0", "é"])
def test_what_is_no_seal_does_not_open(sealed):
    for act in (lambda: unseal(sealed, place=PLACE), lambda: seal_anew(sealed)):
        with pytest.raises(CannotOpen):
            act()


def test_a_changed_character_does_not_open():
    sealed = seal("Words", place=PLACE)
    middle = len(sealed) // 2
    changed = sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :]
    with pytest.raises(CannotOpen):
        unseal(changed, place=PLACE)


def test_the_first_key_seals_and_all_of_them_open(settings, keys):
    assert unseal(sealed_under(settings, keys[1]), place=PLACE) == "Words"
    made = seal("Words", place=PLACE)
    settings.NOTES_KEYS = keys[:1]
    assert unseal(made, place=PLACE) == "Words"
    settings.NOTES_KEYS = keys[1:]
    with pytest.raises(CannotOpen):
        unseal(made, place=PLACE)


def test_sealing_anew_changes_the_key_and_not_the_words(settings, keys):
    old = sealed_under(settings, keys[1])
    anew = seal_anew(old)
    assert seal_anew(anew) is None
    settings.NOTES_KEYS = keys[:1]
    assert unseal(anew, place=PLACE) == "Words"
    with pytest.raises(CannotOpen):
        unseal(old, place=PLACE)
    with pytest.raises(CannotOpen):
        unseal(anew, place="elsewhere")


def test_changing_the_secret_of_sessions_changes_no_key(settings):
    made = seal("Words", place=PLACE)
    settings.SECRET_KEY = "another"
    sealing._fernet.cache_clear()
    assert unseal(made, place=PLACE) == "Words"
