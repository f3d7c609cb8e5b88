"""What is trained on, for whoever is to answer with it; and whether it can be asked then."""

from __future__ import annotations

from ..errors import Unsupported
from ..export import family_of
from ..methods import Base, base_config, find_base, find_served_base
from .workspace import Workspace


def target_base(workspace: Workspace, named: str | None) -> Base:
    """The base that a person `named`, or that of the workspace's target.

    Raises:
        NotFound: there is no such model.
        BaseUnreachable: the hub does not give it.
    """
    target = workspace.target
    if target.base is None:
        return find_base(named, workspace.models, workspace.chat)
    return find_served_base(named or target.weights or target.base, target.base, workspace.models)


def check_measurable(base: Base, workspace: Workspace) -> None:
    """See that what is learnt on `base` can be asked.

    Raises:
        Unsupported: it cannot; the hint names who could.
    """
    config = base_config(base.path)
    if workspace.target.base is not None:
        return
    if workspace.target.form == "gguf":
        family_of(config)
    chat = workspace.models.info(workspace.chat).name
    if base.gguf is None or base.name != chat:
        raise Unsupported(
            f"{base.name} is not the model in use ({chat}), nor of its shape: what is learnt on it cannot be measured here.",
            hint="`ayllu train sft --base …` trains without measuring; or make it the model in use (`models.chat`), or that"
            " of a backend that loads adapters in PEFT's form (transformers, vLLM).",
        )
