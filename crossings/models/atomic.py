"""Saving a row together with all that follows from it."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction


class AtomicModel(models.Model):
    """Saved in one transaction with its version and the edition that it makes."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic(using=kwargs.get("using")):
            super().save(*args, **kwargs)
