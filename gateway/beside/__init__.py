"""Very large messages: translated in a process of their own, so that small ones hardly wait for them.

A map: `job` (what is asked, and what the codecs are called), `process` (the other process: it builds the same
configuration and answers), `translator` (this side: starts it, asks it, does without it), `dialects` (the two halves of
a dialect that ask it first). Whatever it cannot do, or refuses, is done in this process as if it were not there.
"""
