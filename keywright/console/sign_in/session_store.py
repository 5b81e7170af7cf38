"""Stores sessions under the hash of their key, so that a copy of the database opens none of them."""

from __future__ import annotations

import hashlib
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone


def kept_as(session_key: str) -> str:
    """Return the stored key of a session: 160 bits of the SHA-256 of its key, to fit the column.

    The key is random with more than 160 bits, so it needs neither salt nor a slow hash.
    """
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


class SessionStore(DatabaseStore):
    """Django's database sessions, with only the hash of the key in the database."""

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        row = None
        if self.session_key:
            rows = self.model.objects.filter(session_key=kept_as(self.session_key), expire_date__gt=timezone.now())
            row = rows.first()
        if row is None:
            self._session_key = None
        return row

    def exists(self, session_key: str) -> bool:
        """Return True if there is a session with this key."""
        return super().exists(kept_as(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """Return the database row of the session."""
        row = super().create_model_instance(data)
        row.session_key = kept_as(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """Delete a session, by default this one."""
        if key := session_key or self.session_key:
            super().delete(kept_as(key))

    async def _aget_session_from_db(self) -> AbstractBaseSession | None:
        return await sync_to_async(self._get_session_from_db)()

    async def aexists(self, session_key: str) -> bool:
        """Do as ``exists``."""
        return await sync_to_async(self.exists)(session_key)

    async def acreate_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """Do as ``create_model_instance``."""
        return await sync_to_async(self.create_model_instance)(data)

    async def adelete(self, session_key: str | None = None) -> None:
        """Do as ``delete``."""
        await sync_to_async(self.delete)(session_key)
