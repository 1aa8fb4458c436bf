"""What goes wrong with a backup, each as one sentence for people.

BackupError
├── Damaged         the file is cut short, changed, or none of ours
├── WrongPassphrase none was given, or another one than it was sealed with
├── Newer           a later release has made it
└── NotEmpty        the database that it should go into holds data
"""

from __future__ import annotations


class BackupError(Exception):
    """Nothing was done by halves: no file that looks whole, no database that looks restored."""


class Damaged(BackupError):
    """The file is cut short, was changed since it was written, or is no backup at all."""


class WrongPassphrase(BackupError):
    """The file is encrypted, and what was given does not open it."""


class Newer(BackupError):
    """It knows migrations that this release does not."""


class NotEmpty(BackupError):
    """The database holds data, and nobody said that it may go."""
