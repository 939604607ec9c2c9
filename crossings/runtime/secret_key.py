"""The key that signs sign-ins and forms, and the folder that keeps it."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from environs import ValidationError

from .environment import SECRET_KEY_MINIMUM, SettingsError, is_random

SECRET_KEY_LENGTH = 64


def writable_folder(folder: Path) -> Path:
    """The folder, made where it is missing; SettingsError when nothing can be written in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        writable = False
    if not writable:
        raise SettingsError(f"The folder {folder} cannot be written to: choose another with DATA_DIR.")
    return folder


def private_folder(folder: Path) -> Path:
    """The folder, closed to everybody but its owner, as what this process makes from now on will be.

    Whatever the umask was. SettingsError when nothing can be written in it.
    """
    os.umask(0o077)
    writable_folder(folder)
    with suppress(PermissionError):  # another account's folder that we may write to: theirs to close
        folder.chmod(0o700)
    return folder


def stored_secret_key(folder: Path) -> str:
    """The key kept in folder/secret_key (mode 0600), generated on the first start.

    It is linked into place complete, so two processes starting together read the same key.
    """
    path = writable_folder(folder) / "secret_key"
    try:
        if not path.exists():
            draft = path.with_name(f".secret_key.{os.getpid()}")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(SECRET_KEY_LENGTH)[:SECRET_KEY_LENGTH])
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        key = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The secret key in {path} cannot be read or written: check DATA_DIR.") from error
    try:
        is_random(key)
    except ValidationError as error:
        raise SettingsError(
            f"The secret key in {path} must be at least {SECRET_KEY_MINIMUM} random characters: "
            "delete the file and start again; everybody then signs in anew."
        ) from error
    return key
