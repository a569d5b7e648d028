"""Why a task rests without a film, as the error that a person gets."""

from __future__ import annotations

from sora_nb.core.advice import advise, commands
from sora_nb.core.errors import (
    AuthenticationError,
    InsufficientCredits,
    InvalidRequest,
    LinkExpired,
    ModelUnavailable,
    PermissionDenied,
    ServiceError,
    SoraError,
    SubmitUnsure,
    TaskFailed,
)
from sora_nb.core.task import State, TaskRecord

_REFUSALS: dict[str, type[SoraError]] = {
    cls.__name__: cls
    for cls in (
        AuthenticationError,
        InsufficientCredits,
        InvalidRequest,
        ModelUnavailable,
        PermissionDenied,
        ServiceError,
    )
}


def error_of(record: TaskRecord, task: object) -> SoraError | None:
    """The error of ``record``, with ``task`` as the one it is about; None while all is well."""
    failure = record.failure
    if failure is None or not record.finished:
        return None
    advice = advise(failure)
    hint = "\n".join(commands(record))
    text = f"{advice.text}\n{hint}" if hint else advice.text
    if record.state is State.UNSURE:
        return SubmitUnsure(f"task {record.key}: {failure.message}", advice=text, task=task)
    message = f"task {record.key}: {advice.title.lower()}: {failure.message}"
    if failure.kind == "refused" and failure.error in _REFUSALS:
        refusal = _REFUSALS[failure.error](message, advice=text, task=task)
        if isinstance(refusal, ServiceError) and failure.code is not None:
            refusal.status = int(failure.code)
        return refusal
    if failure.error == LinkExpired.__name__:
        return LinkExpired(message, advice=text, task=task)
    return TaskFailed(message, code=failure.code, advice=text, task=task)
