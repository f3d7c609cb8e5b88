"""The version of an exchange's JSON form."""

VERSION = 3  # 1: what 0.1.0 wrote, which had no number; 2: without what the critic and the search went by
