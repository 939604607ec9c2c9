"""Questions that documents answer differently and that no map can hold, with the passages of each answer."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from crossings.models import Answer, Disagreement, Passage

from .scope import Scope


@dataclass(frozen=True, slots=True)
class CitedAnswer:
    """One answer with those of its passages that the chosen sources hold."""

    answer: Answer
    passages: tuple[Passage, ...]

    @property
    def wires(self) -> tuple[str, ...]:
        """Names of the independent sources of the answer."""
        return tuple(sorted({passage.wire.name for passage in self.passages}))


@dataclass(frozen=True, slots=True)
class CitedDisagreement:
    """A question with the answers that the chosen sources give."""

    row: Disagreement
    answers: tuple[CitedAnswer, ...]


def cited_disagreements(scope: Scope, rows: QuerySet[Disagreement]) -> list[CitedDisagreement]:
    """These questions, but for those that the chosen sources answer in one way or that check one claim.

    Three queries.
    """
    passages = scope.passages().select_related("document__source_set", "wire").in_order()
    answers = Answer.objects.prefetch_related(Prefetch("passages", passages))
    found = []
    differing = rows.exclude(kind=Disagreement.Kind.CHECK)
    for row in differing.prefetch_related(Prefetch("answers", answers)):
        given = (CitedAnswer(answer, tuple(answer.passages.all())) for answer in row.answers.all())
        cited = tuple(answer for answer in given if answer.passages)
        if len(cited) > 1:
            found.append(CitedDisagreement(row, cited))
    return found
