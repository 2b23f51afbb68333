"""What an operator sees: metrics (all declared in `metrics`), log lines (`log`), trace ids (`trace`).

Label values come from the contract and the tables alone, never from a client.
"""
