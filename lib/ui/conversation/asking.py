"""Making the calls of a conversation: each is a run like any other, started and then taken up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from lib.conversation import experiments
from lib.conversation.document import Asking, Document, Options
from lib.conversation.script import named, to_summarise
from lib.conversation.sending import prefill_of
from lib.conversation.turns import Call
from lib.domain.errors import InputError, LabError
from lib.domain.experiment import Experiment
from lib.providers.capabilities import profile_of
from lib.ui import credentials, resources
from lib.ui.compare import endpoints, trust
from lib.ui.conversation import limits, outlook, runs
from lib.ui.conversation.kept import Open
from lib.ui.conversation.outlook import Outlook

NAME = "Conversation"
_CONTINUED = frozenset({"continued", "echoed", "repeated"})


def takes_prefill(asking: Asking) -> bool:
    """Whether the endpoint is known to go on from a prefill."""
    try:
        return profile_of(limits.endpoint_of(asking)).prefill in _CONTINUED
    except InputError:
        return False


def ask(opened: Open, at: int, *, repeats: int = 1, prefill: str = "") -> None:
    """Ask for answers to a turn; first for a summary, where the way of keeping context needs one.

    The trouble of `opened` says why, if nothing was asked.
    """
    conversation, options = opened.document.conversation, opened.options
    known = limits.of(options.asking)
    branch = conversation.branch(at)
    look = outlook.of(conversation, branch, options, known, prefill=prefill)
    if look.needs_summary:
        _ask_for_summary(opened, at, look, repeats=repeats, prefill=prefill)
        return
    sent = [each.message for each in look.sent]
    number = sum(each.role == "user" for each in branch)
    run = start(
        opened,
        lambda: experiments.experiment(
            options.asking,
            {named(options.memory): sent},
            name=f"{NAME}, turn {number}",
            repeats=repeats,
        ),
    )
    if run is not None:
        _note(opened, Call(run=run, at=at, prefill=prefill_of(sent)))


def _ask_for_summary(opened: Open, at: int, look: Outlook, *, repeats: int, prefill: str) -> None:
    options, covered = opened.options, look.selection.summarised
    messages = to_summarise(
        opened.document.conversation, covered, begun=takes_prefill(options.asking)
    )
    run = start(
        opened,
        lambda: experiments.experiment(
            experiments.for_summaries(options.asking),
            {"Summary": messages},
            name=f"{NAME}, summary of {len(covered)} turns",
        ),
    )
    if run is not None:
        _note(
            opened,
            Call(
                run=run,
                at=at,
                purpose="summary",
                prefill=prefill_of(messages),
                covers=tuple(each.id for each in covered),
                then_repeats=repeats,
                then_prefill=prefill,
            ),
        )


def start(opened: Open, make: Callable[[], Experiment]) -> str | None:
    """Start a run within the conversation's budget; its id, or `None` and the trouble."""
    opened.trouble = ""
    options = opened.options
    try:
        experiment = make()
        asked = [each.endpoint for each in experiment.configurations]
        if keyless := endpoints.without_key(asked[:1]):
            raise InputError(f"{keyless[0]} has no key.", "Type one under Endpoints.")
        if not all(map(trust.is_trusted, asked)):
            raise InputError(
                "Nobody has said yet that this address is to be trusted with your messages.",
                "Say so beside Who is asked.",
            )
        run = resources.engine().start(
            experiment,
            keys=credentials.keys_of(asked),
            max_calls=_calls_left(opened.document, options),
            max_cost_usd=_usd_left(opened.document, options),
            watched=True,
        )
        opened.started.add(run)
        return run
    except LabError as error:
        opened.trouble = str(error)
        return None


def _calls_left(document: Document, options: Options) -> int | None:
    if options.budget_calls is None:
        return None
    left = options.budget_calls - runs.calls_made(document.runs)
    if left < 1:
        raise InputError(
            f"The budget of {options.budget_calls:,} calls for this conversation is used up.",
            "Raise it, or leave it empty.",
        )
    return left


def _usd_left(document: Document, options: Options) -> Decimal | None:
    if options.budget_usd is None:
        return None
    spent = runs.cost(document.runs).at_most
    if spent is None:
        raise InputError(
            "What this conversation has cost is not known, so a budget in USD can't be kept.",
            "Leave it empty, or set a budget in calls.",
        )
    return max(Decimal(0), Decimal(repr(options.budget_usd)) - spent)


def _note(opened: Open, call: Call) -> None:
    opened.change(lambda now: replace(now, conversation=now.conversation.called(call)))


def resume(opened: Open, call: Call) -> None:
    """Go on with a run that has not all of its answers: failed calls get new tries."""
    resume_run(opened, call.run)


def resume_run(opened: Open, run: str) -> None:
    """The same of a run by its id."""
    opened.trouble = ""
    found = runs.snapshot(run)
    if found is None:
        opened.trouble = "The run of this call is not in the store any more."
        return
    asked = [each.endpoint for each in found.experiment.configurations]
    try:
        resources.engine().resume(run, keys=credentials.keys_of(asked), retry_failed=True)
    except LabError as error:
        opened.trouble = str(error)
    else:
        opened.started.add(run)


def dismiss(opened: Open, run: str) -> None:
    """Take nothing of a run into the conversation. It stays in the store."""
    opened.change(lambda now: replace(now, conversation=now.conversation.settled(run)))


def carry_on(opened: Open, call: Call, text: str, sample: str) -> None:
    """Take one answer of a run into the conversation, and look at it."""
    if opened.change_turns(lambda now: now.answered(call, text, sample)):
        found = [t for t in opened.document.conversation.turns if t.run == call.run]
        opened.turn_to(next((t.id for t in found if t.sample == sample), opened.head))


def take_up(opened: Open) -> None:
    """Take up what calls have brought since the page was drawn last."""
    for call in opened.document.conversation.calls:
        if call.settled:
            continue
        found = runs.snapshot(call.run)
        if found is None or found.running:
            continue
        brought = runs.answers(found)
        if call.purpose == "summary":
            if brought and brought[0].text.strip():
                _take_summary(opened, call, brought[0].text, brought[0].slot.name)
        elif len(found.slots) == 1 and brought and opened.document.conversation.has(call.at):
            _take_answer(opened, call, brought[0].text, brought[0].slot.name)


def _take_answer(opened: Open, call: Call, text: str, sample: str) -> None:
    follow = opened.head == call.at
    opened.change(
        lambda now: replace(now, conversation=now.conversation.answered(call, text, sample))
    )
    made = [t.id for t in opened.document.conversation.turns if t.run == call.run]
    if follow and made:
        opened.turn_to(made[-1])


def _take_summary(opened: Open, call: Call, text: str, sample: str) -> None:
    took = opened.change(
        lambda now: replace(now, conversation=now.conversation.summarised(call, text, sample))
    )
    # Only where it was asked for: a page that is opened again must not spend anything by itself.
    if took and call.run in opened.started and opened.document.conversation.has(call.at):
        ask(opened, call.at, repeats=call.then_repeats, prefill=call.then_prefill)
