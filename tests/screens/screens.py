"""Every screen that is photographed: a function brings the window there."""

from collections.abc import Callable

from tests.screens import chat, pages, trouble
from tests.screens.rig import Rig

Screen = Callable[[Rig], None]

_ALL: tuple[Screen, ...] = (
    *(chat.empty, chat.rich, chat.diagram, chat.streaming, chat.writing, chat.tool_card),
    *(chat.variants, chat.editing, chat.run_card, chat.find, chat.palette, chat.palette_commands),
    *(chat.search, chat.trash, chat.toast, chat.menu, chat.narrow, chat.quick, chat.quick_answer),
    *(chat.preset, chat.prompts, chat.slash, chat.coverage),
    *(pages.onboarding, pages.onboarding_model, pages.onboarding_privacy),
    *(pages.onboarding_question, pages.documents_empty, pages.documents, pages.documents_search),
    *(pages.citation, pages.attached, pages.models_page, pages.models_too_large),
    *(pages.side_by_side, pages.endpoint_off, pages.endpoint, pages.endpoint_connect),
    *(pages.settings, pages.settings_search, pages.settings_models, pages.settings_documents),
    *(pages.settings_privacy, pages.shortcuts, pages.advanced, pages.about),
    *(trouble.engine_stopped, trouble.engine_again, trouble.answer_failed, trouble.full_disk),
    *(trouble.too_long, trouble.in_use, trouble.port_taken, trouble.safe_mode),
    *(trouble.model_broken, trouble.confirm),
)
SCREENS = {function.__name__.replace("_", "-"): function for function in _ALL}
