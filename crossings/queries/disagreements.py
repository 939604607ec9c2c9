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
    testifies: bool = True  # False for a mere name

    @property
    def wires(self) -> tuple[str, ...]:
        """Names of the independent sources of the answer; none where spellings would count."""
        return tuple(sorted({passage.wire.name for passage in self.passages})) if self.testifies else ()


@dataclass(frozen=True, slots=True)
class CitedDisagreement:
    """A question with the answers that the chosen sources give."""

    row: Disagreement
    answers: tuple[CitedAnswer, ...]


def cited_disagreements(scope: Scope, rows: QuerySet[Disagreement]) -> list[CitedDisagreement]:
    """These questions, but for those that check one claim, or to which the chosen sources give one answer.

    Three queries.
    """
    passages = scope.passages().select_related("document__source_set", "wire").in_order()
    answers = Answer.objects.prefetch_related(Prefetch("passages", passages))
    found = []
    differing = rows.exclude(kind=Disagreement.Kind.CHECK)
    for row in differing.prefetch_related(Prefetch("answers", answers)):
        testifies = row.kind != Disagreement.Kind.NAMING
        given = (CitedAnswer(answer, tuple(answer.passages.all()), testifies) for answer in row.answers.all())
        cited = tuple(answer for answer in given if answer.passages)
        if len(cited) > 1:
            found.append(CitedDisagreement(row, cited))
    return found
