REFUSED: dict[str, tuple[str, str]] = {}
