"""The version of an exchange's JSON form."""

VERSION = 2  # 1: what 0.1.0 wrote, which had no number
