"""Everything opened from settings, without a console: what every face starts with."""

from typing import TYPE_CHECKING

from ..deferred import deferred

if TYPE_CHECKING:
    from .application import Application
    from .attached import attach, attached_library
    from .better_model import BetterModel, offer_text
    from .chat import Chat, ChatOptions
    from .collections import choose_collections
    from .corrections import corrections_left_out, progress_to_learning, usable_corrections, why_not_learnt
    from .counting import Uses, count_uses
    from .extras import Extra, SetupFailed, Step, find_extra, install_folder, requirements
    from .following import ModelFollower
    from .gains import Gains, measure_gains
    from .idle_probing import IdleProbing
    from .judging import Rating, keep_correction, keep_rating
    from .ladder import Machine, Rung, rungs
    from .learning import LearningBusy, improve_command, learning_lock, learning_workspace, mark_correction
    from .memory import memory_of, open_memory, open_refits, refits_of
    from .model_reranking import rerank_by_model
    from .purposes import in_keys, short_use_words, use_words
    from .reporter import Reporter
    from .second_reader import fact_reader, open_reading_model, reading_model, second_reader_of, why_it_cannot_read
    from .settings_file import set_in_file, write_settings
    from .slash import slash_command, slash_word, unknown_command
    from .tuning import CannotTune, loads_peft, serving_notes, taught_style, tuned_base, tuning_target
    from .usable import USES, Usable, event_usable_for, usable_for
else:
    __getattr__ = deferred(
        __name__,
        {
            "application": ["Application"],
            "attached": ["attach", "attached_library"],
            "better_model": ["BetterModel", "offer_text"],
            "chat": ["Chat", "ChatOptions"],
            "collections": ["choose_collections"],
            "corrections": ["corrections_left_out", "progress_to_learning", "usable_corrections", "why_not_learnt"],
            "counting": ["Uses", "count_uses"],
            "gains": ["Gains", "measure_gains"],
            "extras": ["Extra", "SetupFailed", "Step", "find_extra", "install_folder", "requirements"],
            "following": ["ModelFollower"],
            "idle_probing": ["IdleProbing"],
            "ladder": ["Machine", "Rung", "rungs"],
            "memory": ["memory_of", "open_memory", "open_refits", "refits_of"],
            "learning": ["LearningBusy", "improve_command", "learning_lock", "learning_workspace", "mark_correction"],
            "model_reranking": ["rerank_by_model"],
            "reporter": ["Reporter"],
            "second_reader": [
                *("fact_reader", "open_reading_model", "reading_model", "second_reader_of", "why_it_cannot_read")
            ],
            "settings_file": ["set_in_file", "write_settings"],
            "slash": ["slash_command", "slash_word", "unknown_command"],
            "usable": ["USES", "Usable", "event_usable_for", "usable_for"],
            "judging": ["Rating", "keep_correction", "keep_rating"],
            "purposes": ["in_keys", "short_use_words", "use_words"],
            "tuning": ["CannotTune", "loads_peft", "serving_notes", "taught_style", "tuned_base", "tuning_target"],
        },
    )

__all__ = [
    "USES",
    "Application",
    "BetterModel",
    "CannotTune",
    "Chat",
    "ChatOptions",
    "Extra",
    "Gains",
    "IdleProbing",
    "LearningBusy",
    "Machine",
    "ModelFollower",
    "Rating",
    "Reporter",
    "Rung",
    "SetupFailed",
    "Step",
    "Usable",
    "Uses",
    "attach",
    "attached_library",
    "choose_collections",
    "corrections_left_out",
    "count_uses",
    "event_usable_for",
    "fact_reader",
    "find_extra",
    "improve_command",
    "in_keys",
    "install_folder",
    "keep_correction",
    "keep_rating",
    "learning_lock",
    "learning_workspace",
    "loads_peft",
    "mark_correction",
    "measure_gains",
    "memory_of",
    "offer_text",
    "open_memory",
    "open_reading_model",
    "open_refits",
    "progress_to_learning",
    "reading_model",
    "refits_of",
    "requirements",
    "rerank_by_model",
    "rungs",
    "second_reader_of",
    "serving_notes",
    "set_in_file",
    "short_use_words",
    "slash_command",
    "slash_word",
    "taught_style",
    "tuned_base",
    "tuning_target",
    "unknown_command",
    "usable_corrections",
    "usable_for",
    "use_words",
    "why_it_cannot_read",
    "why_not_learnt",
    "write_settings",
]
