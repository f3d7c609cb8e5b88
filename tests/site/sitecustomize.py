"""Read by every Python process that a test starts: it reaches no host but this one, unless the test is marked `model`."""

import os

if os.environ.get("TESTS_STAY_ON_THIS_MACHINE"):
    import loopback_only

    loopback_only.enforce()
