"""How the next token is chosen."""

import numpy as np
from ayllu.backends.transformers.generation import Sampling
from ayllu.backends.transformers.sampling import Sampler, log_probabilities


def test_a_sampler_is_greedy_or_cuts_off_and_repeats_itself_by_its_seed() -> None:
    scores = np.log(np.array([0.05, 0.5, 0.3, 0.15], np.float32))

    def draw(**options: float) -> list[int]:
        sampler = Sampler(Sampling(**options))
        return [sampler.choose(scores) for _ in range(400)]

    assert set(draw()) == {1}
    free = draw(temperature=1.0, seed=3)
    assert free == draw(temperature=1.0, seed=3)
    assert abs(free.count(1) / 400 - 0.5) < 0.1
    assert set(draw(temperature=1.0, top_p=0.7)) == {1, 2}
    assert set(draw(temperature=1.0, top_k=3)) == {1, 2, 3}
    assert draw(temperature=0.2, seed=0).count(1) > 350
    np.testing.assert_allclose(np.exp(log_probabilities(scores)).sum(), 1)
