"""A file that is cut short, changed, sealed under another passphrase or of another release is refused, and changes
nothing."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest

from backups import archive, checking, keys, restoring, saving, schema, sealing
from backups.errors import BackupError, Damaged, Newer, WrongPassphrase
from tests.backups.conftest import empty_all, every_row
from zoho_sync.encryption import SecretUnreadable
from zoho_sync.models import OAuthToken

PASSPHRASE = "correct-horse-battery"


def read_all(path, passphrase=""):
    with archive.opened(path, passphrase) as reader:
        saving.exhaust(reader)
        return reader.finish()


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_a_file_that_is_cut_anywhere_is_refused(world, folder, tmp_path, passphrase):
    whole = saving.save(folder, passphrase=passphrase).path.read_bytes()
    cut = tmp_path / "cut"
    # Behind the manifest a tar only pads itself with zeros, which say nothing.
    end = len(whole) if passphrase else len(whole.rstrip(b"\0"))
    for length in [0, 1, 7, 8, 47, 48, 600, *range(1000, end - 1, end // 12), end - 1]:
        cut.write_bytes(whole[:length])
        with pytest.raises(BackupError):
            read_all(cut, passphrase)


def test_a_cut_file_is_not_restored(world, saved, tmp_path):
    whole = saved.path.read_bytes()
    cut = tmp_path / "cut"
    cut.write_bytes(whole[: len(whole) * 9 // 10])
    rows = every_row()

    for replace in (True, False):
        if not replace:
            empty_all()
            rows = every_row()
        with pytest.raises(Damaged):
            restoring.restore(cut, replace=replace)
        assert every_row() == rows


def test_one_changed_byte_of_an_encrypted_file_is_found_wherever_it_is(world, folder, tmp_path):
    whole = saving.save(folder, passphrase=PASSPHRASE).path.read_bytes()
    bent = tmp_path / "bent"
    for place in [0, 8, 9, 10, 11, 27, 40, *range(50, len(whole), len(whole) // 12), len(whole) - 1]:
        bent.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(BackupError):
            read_all(bent, PASSPHRASE)


def test_blocks_that_change_places_or_go_do_not_open():
    made = io.BytesIO()
    seal = sealing.Seal(made, PASSPHRASE)
    seal.write(b"".join(bytes([number]) * sealing.CHUNK for number in range(4)))
    seal.close()
    whole = made.getvalue()
    head, block = whole[: sealing.HEAD_BYTES], sealing.CHUNK + sealing.TAG
    blocks = [whole[start : start + block] for start in range(sealing.HEAD_BYTES, len(whole), block)]
    assert len(head + b"".join(blocks)) == len(whole) == sealing.HEAD_BYTES + 4 * block

    def told(blocks, head=head):
        return sealing.Unseal(io.BytesIO(head + b"".join(blocks)), PASSPHRASE).read()

    assert len(told(blocks)) == 4 * sealing.CHUNK
    for wrong in (
        [blocks[1], blocks[0], *blocks[2:]],
        [blocks[0], *blocks[2:]],
        [*blocks, blocks[3]],
        blocks[:3],
        [],
    ):
        with pytest.raises(Damaged):
            told(wrong)


def test_nothing_at_all_can_be_sealed_too():
    made = io.BytesIO()
    sealing.Seal(made, PASSPHRASE).close()

    made.seek(0)
    assert sealing.Unseal(made, PASSPHRASE).read() == b""


def test_rows_that_somebody_changed_are_found(world, saved, tmp_path):
    """As by somebody with `tar` and `gzip`, who leaves everything in its form."""
    bent = tmp_path / "bent.tar"
    with tarfile.open(saved.path) as old, tarfile.open(bent, "w") as new:
        for member in old:
            content = old.extractfile(member).read()
            if member.name == "rows/inventory_product/00000001.jsonl.gz":
                content = gzip.compress(gzip.decompress(content).replace(b"CB-", b"XX-"))
                member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    rows = every_row()

    with pytest.raises(Damaged, match="inventory_product"):
        read_all(bent)
    with pytest.raises(Damaged, match="inventory_product"):
        restoring.restore(bent, replace=True)

    assert every_row() == rows


def test_a_picture_cannot_be_put_elsewhere(world, saved, tmp_path, folder):
    bent = tmp_path / "bent.tar"
    made = io.BytesIO()
    with archive.opened(saved.path) as reader:
        writer = archive.Writer(made, reader.about)
        for name, rows in reader.tables():
            writer.table(name, rows, None)
        writer.media("../../escaped.webp", b"x")
        writer.close()
    bent.write_bytes(made.getvalue())

    with pytest.raises(Damaged, match="no picture's name"):
        restoring.restore(bent, replace=True)

    assert not list(tmp_path.rglob("escaped*"))


def test_another_passphrase_is_told_from_a_damaged_file(world, folder):
    made = saving.save(folder, passphrase=PASSPHRASE)

    with pytest.raises(WrongPassphrase, match="not the one"):
        read_all(made.path, PASSPHRASE + "x")
    with pytest.raises(WrongPassphrase, match="BACKUP_PASSPHRASE"):
        read_all(made.path)
    assert read_all(made.path, PASSPHRASE)["tables"]


@pytest.mark.parametrize(
    "content",
    [b"", b"no backup", b"\0" * 20_000, gzip.compress(b"{}")],
    ids=["nothing", "words", "zeros", "another-gzip"],
)
def test_what_is_no_backup_is_called_so(transactional_db, tmp_path, content):
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(Damaged):
        read_all(tmp_path / "file")


def test_a_file_that_is_not_there_is_one_sentence(transactional_db, tmp_path, command):
    told = command("verify_backup", tmp_path / "none.tar")

    assert told.code == 1
    assert told.err.strip().endswith("none.tar cannot be read: No such file or directory.")


def test_one_of_a_newer_release_is_refused(world, saved, rewritten):
    state = dict(schema.known())
    newer = rewritten(saved.path, migrations=state | {"inventory": [*state["inventory"], "9999_later"]})

    for judge in (checking.verify, lambda path: restoring.restore(path, replace=True)):
        with pytest.raises(Newer, match=r"inventory\.9999_later"):
            judge(newer)
    with pytest.raises(Newer, match="newer form"):
        read_all(rewritten(saved.path, format=archive.FORMAT + 1))


def test_a_machine_without_the_key_is_told_which_one_it_lacks(world, saved, settings):
    told = keys.fingerprint(settings.SECRET_KEY)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = (
        "another key of fifty and some more characters, surely",
        [],
    )
    empty_all()

    done = restoring.restore(saved.path)

    [sentence] = done.missing_keys
    assert told in sentence
    assert "SECRET_KEY" in sentence
    with pytest.raises(SecretUnreadable):
        list(OAuthToken.objects.all())


def test_with_the_former_key_beside_its_own_nothing_is_missing(world, saved, settings):
    settings.ENCRYPTION_KEYS = ["the new machine's own key", settings.SECRET_KEY]
    empty_all()

    assert restoring.restore(saved.path).missing_keys == []
    assert OAuthToken.objects.get().refresh_token
