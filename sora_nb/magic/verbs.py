"""What each verb of %sora does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sora_nb.client.client import Client


def _tasks(client: Client, _wait: bool) -> object:
    return client.tasks()


def _show(client: Client, _wait: bool, key: str) -> object:
    from sora_nb.display.presenter import show_tasks

    task = client.get(key)
    show_tasks([task], player=True)
    return task


def _resume(client: Client, wait: bool) -> object:
    from sora_nb.display.presenter import show_tasks

    tasks = client.resume()
    if not tasks:
        print("nothing to resume: no task is unfinished")
        return None
    show_tasks(tasks, wait=wait)
    return tasks


def _rescue(client: Client, wait: bool) -> object:
    from sora_nb.display.presenter import show_tasks
    from sora_nb.display.text.report import rescue_text

    taken, lost = client.rescue()
    print(rescue_text(taken, lost))
    show_tasks(taken, wait=wait)
    return taken or None


def _save(client: Client, _wait: bool, key: str, path: str) -> None:
    print(client.get(key).video().save(path))


def _stop(client: Client, _wait: bool, key: str) -> None:
    task = client.get(key)
    task.stop()
    print(
        f"task {task.key}: no longer watched. The remote task goes on and may be charged; "
        "%sora resume watches it again."
    )


def _retry(client: Client, wait: bool, key: str) -> object:
    from sora_nb.display.presenter import show_tasks

    task = client.get(key).retry()
    show_tasks([task], wait=wait)
    return task


def _adopt(client: Client, wait: bool, key: str, task_id: str) -> object:
    from sora_nb.display.presenter import show_tasks

    task = client.get(key).adopt(task_id)
    show_tasks([task], wait=wait)
    return task


def _forget(client: Client, _wait: bool, key: str) -> None:
    task = client.get(key)
    task.forget()
    print(f"task {task.key}: forgotten. It is kept in the journal as failed.")


def _balance(client: Client, _wait: bool) -> None:
    settings = client.settings
    where = "simulator: made up, nothing is charged" if settings.simulated else settings.service_url
    print(f"{client.balance():.2f} USD ({where})")


def _config(client: Client, _wait: bool) -> None:
    from sora_nb.display.text.report import config_text

    print(config_text(client.settings, client.journal_mode()))


def _doctor(client: Client, _wait: bool) -> None:
    from sora_nb.doctor.findings import Finding, findings, text_of
    from sora_nb.doctor.gather import gather_here
    from sora_nb.doctor.page_check import show_browser_check

    facts = gather_here(client.settings, client.notebook_folder, client.balance)
    print(text_of(findings(facts)))
    if facts.host.has_page:
        show_browser_check(client.settings.media, facts.host, lambda one: text_of([Finding(**one)]))


_DO: Mapping[str, Callable[..., object]] = {
    "tasks": _tasks,
    "show": _show,
    "resume": _resume,
    "rescue": _rescue,
    "save": _save,
    "stop": _stop,
    "retry": _retry,
    "adopt": _adopt,
    "forget": _forget,
    "balance": _balance,
    "config": _config,
    "doctor": _doctor,
}
