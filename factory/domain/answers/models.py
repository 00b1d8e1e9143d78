"""Answers that were given, as rows: one for each request that named itself."""

from django.db import models


class KeptAnswer(models.Model):
    """What a request that named itself got, or that it is being answered.

    Nothing in the row says who asked what: `identity` and `fingerprint` are digests, and `sealed` opens only with the
    name that the client gave. `answered_at` is null while it is being answered, by who holds `turn`.
    """

    identity = models.CharField(max_length=64, unique=True)
    caller = models.CharField(max_length=64, db_index=True)
    fingerprint = models.CharField(max_length=64)
    turn = models.CharField(max_length=16)
    began_at = models.DateTimeField(db_index=True)
    answered_at = models.DateTimeField(null=True, default=None)
    sealed = models.BinaryField(default=b"")

    def __str__(self) -> str:
        return self.identity[:12]
